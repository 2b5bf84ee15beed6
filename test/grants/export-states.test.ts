import { expect, test } from 'vitest'
import { type ExportPolicy, exportDueSince } from '../../server/grants/export-states.ts'

/** An export is due at once where a step waits for it, and else by its rhythm; where nobody is asked for one, never. */

const now = new Date('2026-11-24T12:00:00Z')
const day = (ago: number) => new Date(now.getTime() - ago * 86_400_000)
const weekly: ExportPolicy = { owner: 'second-line', everyDays: 7 }

const rows: [string, Parameters<typeof exportDueSince>[0], ExportPolicy, Date | null][] = [
  ['nothing is held, and nothing done', { made: null, waiting: [], first: null }, weekly, null],
  ['the newest is of yesterday', { made: day(1), waiting: [], first: day(90) }, weekly, null],
  ['the newest is a week old', { made: day(7), waiting: [], first: day(90) }, weekly, day(0)],
  ['the newest is nine days old', { made: day(9), waiting: [], first: day(90) }, weekly, day(2)],
  ['a step waits since this morning', { made: day(1), waiting: [day(0)], first: day(0) }, weekly, day(0)],
  ['two steps wait, and the oldest counts', { made: day(6), waiting: [day(1), day(3)], first: day(3) }, weekly, day(3)],
  ['late: both', { made: day(20), waiting: [day(3)], first: day(90) }, weekly, day(13)],
  ['nobody ever brought one: not at once', { made: null, waiting: [day(2)], first: day(2) }, weekly, null],
  ['nobody ever brought one in a week', { made: null, waiting: [day(8)], first: day(8) }, weekly, day(1)],
  ['another rhythm', { made: day(9), waiting: [], first: day(90) }, { owner: 'keeper', everyDays: 30 }, null],
  [
    'nobody is asked for one',
    { made: day(90), waiting: [day(9)], first: day(90) },
    { owner: 'nobody', everyDays: 7 },
    null,
  ],
]
test.each(rows)('%s', (_, standing, policy, since) => {
  expect(exportDueSince(standing, policy, now)).toEqual(since)
})
