import { expect, test } from 'vitest'
import { byWhoseTurn, longestWaitingFirst } from '../../client/sorters.ts'
import type { Wait } from '../../server/http/api.ts'

const card = (id: string, turn?: Wait['turn'], since = '2026-11-24T09:00:00Z') => ({
  id,
  waits: turn ? { turn, since } : null,
})

test('longest waiting first, and whatever waits for nobody at the end in its order', () => {
  expect(
    longestWaitingFirst([
      card('not ours'),
      card('today', 'engineer', '2026-11-24T09:00:00Z'),
      card('granted'),
      card('a week', 'second-line', '2026-11-17T09:00:00Z'),
      card('two days', 'stuck', '2026-11-22T09:00:00Z'),
    ]),
  ).toEqual(['a week', 'two days', 'today', 'not ours', 'granted'])
})

test('by whose turn: stuck, then those who decide, then helpers, then engineers; the longest first among equals', () => {
  expect(
    byWhoseTurn([
      card('engineer', 'engineer'),
      card('nobody'),
      card('2nd line, new', 'second-line', '2026-11-24T09:00:00Z'),
      card('keeper', 'keeper'),
      card('2nd line, old', 'second-line', '2026-11-20T09:00:00Z'),
      card('sponsor', 'sponsor'),
      card('stuck', 'stuck'),
    ]),
  ).toEqual(['stuck', 'sponsor', '2nd line, old', '2nd line, new', 'keeper', 'engineer', 'nobody'])
})
