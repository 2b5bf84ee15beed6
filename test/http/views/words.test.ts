import { expect, test } from 'vitest'
import {
  aboutThem,
  ageWords,
  dayWords,
  listWords,
  sinceWords,
  timeWords,
  whenWords,
} from '../../../server/http/views/words.ts'

const now = new Date('2026-11-24T10:42:00Z')

test.each([
  ['2026-11-24T10:05:00Z', 'since 10:05am'],
  ['2026-11-24T00:05:00Z', 'since 12:05am'],
  ['2026-11-23T23:59:00Z', 'since yesterday'],
  ['2026-11-22T09:00:00Z', 'for 2 days'],
  ['2026-11-17T09:00:00Z', 'for 7 days'],
  ['2026-11-16T09:00:00Z', 'since 16 November'],
  ['2025-11-16T09:00:00Z', 'since 16 November 2025'],
])('%s was %s', (instant, words) => {
  expect(sinceWords(new Date(instant), now)).toBe(words)
})

test('times are London’s, in summer too', () => {
  expect(timeWords(new Date('2026-07-01T12:00:00Z'))).toBe('1:00pm')
  expect(timeWords(new Date('2026-11-24T12:00:00Z'))).toBe('12:00pm')
  // Half past eleven at night in UTC is the next day in London’s summer.
  expect(dayWords(new Date('2026-06-30T23:30:00Z'), now)).toBe('1 July')
})

test.each([
  ['2026-11-24T09:58:00Z', 'today, 9:58am'],
  ['2026-11-23T09:58:00Z', 'yesterday'],
  ['2026-03-12T09:58:00Z', 'on 12 March'],
])('%s happened %s', (instant, words) => {
  expect(whenWords(new Date(instant), now)).toBe(words)
})

test.each([
  ['2026-11-24T10:41:50Z', '1 min'],
  ['2026-11-24T09:42:00Z', '1 hour'],
  ['2026-11-24T07:42:00Z', '3 hours'],
  ['2026-11-22T07:42:00Z', '2 days'],
])('%s is %s old', (instant, words) => {
  expect(ageWords(new Date(instant), now)).toBe(words)
})

test('lists are read aloud', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listWords)).toEqual(['', 'a', 'a and b', 'a, b and c'])
})

test('a sentence to the engineer reads as one about them', () => {
  expect(aboutThem('We do not know yet whether you have passed probation. Ask your line manager.')).toBe(
    'We do not know yet whether they have passed probation. Ask their line manager.',
  )
})
