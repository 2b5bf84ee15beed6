import { expect, test } from 'vitest'
import { atWords, brief } from '../../client/words.ts'

test('an alert keeps whole sentences', () => {
  const first = 'You have this step now, and others can see that you have it.'
  const second = 'Take your time: nobody else is asked about it until you hand it over or leave the rota of 2nd line.'
  expect(brief(`${first} ${second}`)).toBe(first)
  expect(brief(first)).toBe(first)
})

test('one sentence that is too long is cut between words and says that there is more', () => {
  const long = `Nothing has been changed because ${'something else '.repeat(12)}happened.`
  const cut = brief(long)
  expect(cut.length).toBeLessThanOrEqual(140)
  expect(cut).toMatch(/(something|else)…$/)
})

test('a text without any space is still cut to fit', () => {
  expect(brief('x'.repeat(300)).length).toBeLessThanOrEqual(140)
})

test('when a state was read is said with its day only when that was not today', () => {
  const now = new Date('2026-11-24T10:50:00Z')
  expect(atWords(new Date('2026-11-24T10:42:00Z'), now)).toBe('at 10:42am')
  expect(atWords(new Date('2026-11-23T10:42:00Z'), now)).toBe('at 10:42am on 23 November')
})
