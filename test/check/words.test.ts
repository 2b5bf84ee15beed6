import { expect, test } from 'vitest'
import { sentences } from './sentences.ts'

/** What people read never says these; what to say instead stands beside each. */
const never: [RegExp, string][] = [
  [/\btasks?\b/i, 'step'],
  [/\btickets?\b/i, 'request'],
  [/\bapprovers?\b/i, 'sponsor'],
  [/\battest\w*\b/i, 'confirm, seen by'],
  [/\b(remove|terminate)(s|d)? access\b|\btake back access\b/i, 'revoke'],
  [/\b(success|successful|successfully|complete|completed)\b/i, 'granted, verified'],
  [/\bfail(s|ed|ure)?\b|\berrors?\b/i, 'stuck, or what happened in the system’s terms'],
  [/\binvalid\b/i, 'what is wrong with it'],
  [/\bplease\b|\bsimply\b|\boops\b/i, 'leave it out'],
  [/\b(can|don|won|isn|doesn|couldn|wasn)['’]t\b/i, 'cannot, do not'],
  [/\blog ?in\b|\blog ?out\b/i, 'sign in'],
  [/[a-z]!(\s|$)/, 'a full stop'],
]

const all = sentences()

test('finds the sentences of views, refusals, remedies and notices', () => {
  const texts = all.map(({ text }) => text)
  expect(texts).toContain('You cannot approve this.')
  expect(texts).toContain('The sponsor checks the new account and approves again.')
  expect(texts.some((text) => text.startsWith('Your turn: '))).toBe(true)
  expect(all.length).toBeGreaterThan(800)
})

test.each(never)('nobody reads %s', (word, instead) => {
  const wrong = all.filter(({ text }) => word.test(text)).map(({ text, file }) => `${file}: ${text}`)
  expect(wrong, `say: ${instead}`).toEqual([])
})
