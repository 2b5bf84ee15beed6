/**
 * So that a wrong import, or a defect, does not take access from half the office in one run: what would concern more people,
 * or more things that people hold, than a number *and* a share stops, and asks. One person's revocation never does.
 */
export interface RemovalCeiling extends Ceiling {
  /** The same for the things that people hold, each in its system and environment. */
  items: Ceiling
}

interface Ceiling {
  /** Of all that the run looks at, 0 to 1. */
  share: number
  number: number
}

export interface HowMany {
  people: number
  /** Things that people hold. */
  items: number
}

/** @param concerned how many people would lose something, or be asked about, in one run, and of how much; `all` of how many */
export function isOverCeiling(concerned: HowMany, all: HowMany, { items, ...people }: RemovalCeiling): boolean {
  if (concerned.people <= 1) return false
  return isOver(concerned.people, all.people, people) || isOver(concerned.items, all.items, items)
}

const isOver = (concerned: number, all: number, { share, number }: Ceiling) =>
  concerned > number && concerned > share * all
