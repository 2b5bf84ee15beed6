import fc from 'fast-check'
import { expect, test } from 'vitest'
import { verifyLog } from '../../server/audit/verify.ts'
import type { RequestState } from '../../server/db/schema.ts'
import { ActRefused, type World } from '../../server/requests/act.ts'
import { mayBecome } from '../../server/requests/life.ts'
import { confirmations, details, linkedNames, type Practice, review, startPractice } from './office.ts'

/** Whoever does whatever, in whatever order: what must never happen does not. */

const RUNS = 8
const ACTS = 22
/** The same sequences each time: a failure here is a failure everywhere. */
const SEED = 20241121

const inputs: Record<string, (practice: Practice, engineer: string) => object> = {
  attach: (practice, engineer) => ({ engineer: practice.id(engineer) }),
  ask: (_, engineer) => ({ ...details(engineer), confident: true, wantsSecondary: true }),
  'give-details': (_, engineer) => details(engineer),
  'change-names': (_, engineer) => ({ github: `${engineer}-new` }),
  'review-preparedness': () => review,
  'line-manager-agrees': () => ({}),
  'record-line-manager': () => ({ date: '2026-03-01', reference: 'Letter 4' }),
  approve: () => ({ ...confirmations, ...review, 'notApplicable-CA2': 'Managed service' }),
  'ask-for-changes': () => ({ line: 'Which team?' }),
  decline: () => ({ reason: 'Not now' }),
  withdraw: () => ({}),
  stop: () => ({}),
  'go-on': () => ({}),
  'undo-granted': () => ({}),
  'keep-open': () => ({}),
  'take-step': () => ({}),
  'hand-over-step': () => ({ to: 'second-line' }),
  'do-own-part': () => ({}),
  'done-step': () => ({}),
  'undo-done-step': () => ({}),
  'seen-step': () => ({}),
  'cannot-step': () => ({ why: 'other' }),
  'retry-step': () => ({}),
}
const onCard = new Set(['attach', 'ask'])
const names = [...linkedNames, 'nobody']

const anything = fc.record({
  who: fc.constantFrom(...names),
  act: fc.constantFrom(...Object.keys(inputs)),
  pick: fc.nat(),
})
/** What would bring a request on; alone, chance seldom gets beyond the first clicks. */
const onward = fc.constantFrom(
  { who: 'engineer', act: 'ask', pick: 0 },
  { who: 'engineer', act: 'give-details', pick: 0 },
  { who: 'lina', act: 'line-manager-agrees', pick: 0 },
  { who: 'ines', act: 'approve', pick: 0 },
  { who: 'sam', act: 'approve', pick: 0 },
  { who: 'dan', act: 'approve', pick: 0 },
  { who: 'engineer', act: 'do-own-part', pick: 0 },
)
const step = fc.record({
  who: fc.constantFrom('alex', 'jo', 'omar', 'engineer'),
  act: fc.constantFrom('done-step', 'seen-step'),
  pick: fc.nat(),
})
const sequence = fc.array(fc.oneof(anything, onward, { arbitrary: step, weight: 2 }), {
  minLength: ACTS,
  maxLength: ACTS,
})

/** One act may be followed by the request settling: two turns of the machine, each in its table. */
function mayGo(from: RequestState, to: RequestState): boolean {
  const all: RequestState[] = ['open', 'ready', 'granting', 'granted', 'revoking', 'ended']
  return from === to || mayBecome(from, to) || all.some((via) => mayBecome(from, via) && mayBecome(via, to))
}

function neverIn(before: World, after: World, actor: string | null): string[] {
  const wrong: string[] = []
  const { request, steps, holdings, approval } = after
  if (!request) return wrong
  const own = request.person_id
  const was = before.request
  if (was?.id === request.id && !mayGo(was.state, request.state)) wrong.push(`${was.state} became ${request.state}`)
  if ((steps.length > 0 || holdings.length > 0) && !request.approval_id)
    wrong.push('something is granted without an approval')
  if (request.approval_id !== null && request.approval_id !== was?.approval_id) {
    if (actor === null || !before.sponsors.includes(actor)) wrong.push('approved by somebody who was not allowed')
    if (request.approved_by !== actor || approval?.person_id !== actor)
      wrong.push('the approval is not of who approved')
  }
  if (request.approved_by === own) wrong.push('the engineer approved')
  if (request.review?.reviewer === own) wrong.push('the engineer reviewed')
  for (const { done_by, seen_by } of steps) {
    if (done_by === own || seen_by === own) wrong.push('the engineer marked a step')
    if (seen_by !== null && seen_by === done_by) wrong.push('one person did and saw')
  }
  return wrong
}

test('no sequence of acts grants without an approval by somebody who may, nor lets anybody act on their own', async () => {
  const reached = new Set<string>()
  const engineers = fc.constantFrom('priya', 'alex', 'dan', 'sam', 'mia', 'omar')
  const property = fc.asyncProperty(
    engineers,
    fc.constantFrom('deploy', 'admin'),
    sequence,
    async (engineer, level, acts) => {
      const practice = await startPractice()
      const card = await practice.card(level)
      for (const { who, act, pick } of [{ who: 'engineer', act: 'ask', pick: 0 }, ...acts]) {
        const name = who === 'engineer' ? engineer : who
        const before = await practice.world(card)
        const open = before.steps.filter((one) => one.state === 'ready' || one.state === 'done')
        const subject = onCard.has(act)
          ? card
          : act.endsWith('-step') || act === 'do-own-part'
            ? open[pick % open.length]?.id
            : before.request?.id
        if (subject === undefined) continue
        const input = inputs[act]?.(practice, engineer)
        const done = await practice
          .as(name)
          .act(act, subject, input)
          .then(() => true)
          .catch((error: unknown) => {
            if (error instanceof ActRefused) return false
            throw error
          })
        const after = await practice.world(card)
        const actor = name === 'nobody' ? null : practice.id(name)
        expect(neverIn(before, after, actor)).toEqual([])
        if (!done) expect(after.request?.state).toBe(before.request?.state)
        if (after.request) reached.add(after.request.state)
      }
      expect((await verifyLog(practice.db.kysely, [])).lines[0]).toMatch(/^The log is whole/)
    },
  )
  await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: true })
  // Otherwise this would prove little.
  expect([...reached]).toEqual(expect.arrayContaining(['open', 'ready', 'granting']))
}, 240_000)
