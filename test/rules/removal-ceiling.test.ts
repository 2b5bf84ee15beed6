import { describe, expect, test } from 'vitest'
import { isOverCeiling } from '../../server/rules/removal-ceiling.ts'

/** More than a number *and* a share: a small team may lose two of three, a big one ten of a thousand. */

const ceiling = { share: 0.2, number: 10, items: { share: 0.5, number: 30 } }
const none = { people: 1000, items: 10_000 }

describe('of people', () => {
  test.each([
    ['one of one: never', 1, 1, false],
    ['two of two: a small team', 2, 2, false],
    ['exactly the number', 10, 20, false],
    ['over the number, and under the share', 11, 1000, false],
    ['exactly the share', 20, 100, false],
    ['over both', 21, 100, true],
    ['everybody', 300, 300, true],
  ])('%s', (_what, people, all, over) => {
    expect(isOverCeiling({ people, items: 0 }, { ...none, people: all }, ceiling)).toBe(over)
  })
})

describe('of what they hold, by few people', () => {
  test.each([
    ['exactly the number', 30, 40, false],
    ['over the number, and under the share', 31, 1000, false],
    ['exactly the share', 50, 100, false],
    ['over both', 51, 100, true],
    ['more than the record knows', 40, 0, true],
  ])('%s', (_what, items, all, over) => {
    expect(isOverCeiling({ people: 2, items }, { ...none, items: all }, ceiling)).toBe(over)
  })
})

test('one person’s revocation never stops, whatever is configured and however much it takes', () => {
  const nothing = { share: 0, number: 0, items: { share: 0, number: 0 } }
  expect(isOverCeiling({ people: 1, items: 40 }, { people: 1, items: 40 }, nothing)).toBe(false)
})
