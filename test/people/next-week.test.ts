import { describe, expect, test } from 'vitest'
import { isCovered, isSaidBy, nextMonday } from '../../server/people/next-week.ts'

describe('the next week of 2nd line', () => {
  test.each([
    ['2026-11-23', '2026-11-30'],
    ['2026-11-26', '2026-11-30'],
    ['2026-11-29', '2026-11-30'],
    ['2026-11-30', '2026-12-07'],
    ['2026-12-28', '2027-01-04'],
    ['2028-02-24', '2028-02-28'],
  ])('after %s begins on %s', (today, monday) => {
    expect(nextMonday(today)).toBe(monday)
  })
  test.each([
    ['Wednesday', '2026-11-25', false],
    ['Thursday', '2026-11-26', true],
    ['Sunday', '2026-11-29', true],
    ['Monday', '2026-11-30', false],
  ])('is said to be empty on %s: %s %s', (_name, today, said) => {
    expect(isSaidBy(today)).toBe(said)
  })
  test('is covered by a week that holds its Monday, not by one that ends on it', () => {
    expect(isCovered([{ starts: '2026-11-23', ends: '2026-11-30' }], '2026-11-30')).toBe(false)
    expect(isCovered([{ starts: '2026-11-30', ends: '2026-12-07' }], '2026-11-30')).toBe(true)
    expect(isCovered([{ starts: '2026-11-23', ends: '2026-12-07' }], '2026-11-30')).toBe(true)
  })
})
