/** Two ways of doing the same, measured in turn within one run, so that a busy machine is busy for both. */

export interface Side {
  name: string
  /** Does all of it once. What it needs beforehand is made in `before`, which is not counted. */
  run(): Promise<unknown>
  before?(): Promise<unknown>
}

export interface Figure {
  name: string
  unit: 'ms' | 'bytes'
  median: number
  min: number
  max: number
}

export interface Compared {
  /** The product's own way first, what it is held against second. */
  figures: [Figure, Figure]
  /** First median by second: larger is worse. */
  ratio: { name: string; value: number }
}

/**
 * Runs the two sides by turns, and who begins changes each round.
 * @param rounds measured ones; one more goes before, so that code is warm for both
 */
export async function compare(name: string, rounds: number, ours: Side, other: Side): Promise<Compared> {
  const times = new Map<Side, number[]>([
    [ours, []],
    [other, []],
  ])
  for (let round = 0; round <= rounds; round += 1)
    for (const side of round % 2 === 0 ? [ours, other] : [other, ours]) {
      await side.before?.()
      const began = performance.now()
      await side.run()
      if (round > 0) times.get(side)?.push(performance.now() - began)
    }
  const figure = (side: Side) => figureOf(`${name}: ${side.name}`, times.get(side) ?? [])
  const figures: [Figure, Figure] = [figure(ours), figure(other)]
  return {
    figures,
    ratio: { name: `${name}: ${ours.name} / ${other.name}`, value: figures[0].median / figures[1].median },
  }
}

function figureOf(name: string, times: number[]): Figure {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (place: number) => sorted[place] ?? Number.NaN
  const middle = (sorted.length - 1) / 2
  return {
    name,
    unit: 'ms',
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    min: at(0),
    max: at(sorted.length - 1),
  }
}
