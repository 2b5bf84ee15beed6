import { expect, test } from 'vitest'
import { isOverCeiling } from '../../server/rules/removal-ceiling.ts'

/** More than a number *and* a share: a small team may lose two of three, a big one ten of a thousand. */

const ceiling = { share: 0.2, number: 10 }

test.each([
  ['one of one: never', 1, 1, false],
  ['two of two: a small team', 2, 2, false],
  ['exactly the number', 10, 20, false],
  ['over the number, and under the share', 11, 1000, false],
  ['exactly the share', 20, 100, false],
  ['over both', 21, 100, true],
  ['everybody', 300, 300, true],
])('%s', (_what, concerned, all, over) => {
  expect(isOverCeiling(concerned, all, ceiling)).toBe(over)
})

test('one person’s revocation never stops, whatever is configured', () => {
  expect(isOverCeiling(1, 1, { share: 0, number: 0 })).toBe(false)
})
