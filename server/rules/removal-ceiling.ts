/**
 * So that a wrong import, or a defect, does not take access from half the office in one run: what would concern more people
 * than a number *and* a share stops, and asks. One person's revocation never does.
 */
export interface RemovalCeiling {
  /** Of all whom the run looks at, 0 to 1. */
  share: number
  number: number
}

/** @param concerned how many people would lose something, or be asked about, in one run; `all` of how many */
export function isOverCeiling(concerned: number, all: number, { share, number }: RemovalCeiling): boolean {
  return concerned > 1 && concerned > number && concerned > share * all
}
