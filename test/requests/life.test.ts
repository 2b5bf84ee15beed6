import { beforeEach, describe, expect, test } from 'vitest'
import type { RequestState } from '../../server/db/schema.ts'
import { mayBecome } from '../../server/requests/life.ts'
import { confirmations, details, type Practice, refused, startPractice } from './office.ts'

/** A request's life as a closed state machine, and what each act answers in each state. */

const states = [
  'candidate',
  'open',
  'changes-asked',
  'ready',
  'granting',
  'granted',
  'stopped',
  'revoking',
  'ended',
  'declined',
  'withdrawn',
  'expired',
] as const satisfies RequestState[]

/** architecture.md: candidate → open ⇄ changes asked → ready → approved → ended; declined, withdrawn, expired final. */
const turns: Record<RequestState, RequestState[]> = {
  candidate: ['open', 'declined', 'withdrawn', 'expired'],
  open: ['ready', 'changes-asked', 'declined', 'withdrawn', 'expired'],
  'changes-asked': ['open', 'declined', 'withdrawn', 'expired'],
  ready: ['open', 'changes-asked', 'granting', 'declined', 'withdrawn', 'expired'],
  granting: ['granted', 'stopped', 'revoking'],
  granted: ['revoking', 'granting'],
  stopped: ['granting', 'revoking'],
  revoking: ['ended', 'granted', 'granting'],
  ended: ['revoking'],
  declined: [],
  withdrawn: [],
  expired: [],
}

describe('The state machine', () => {
  test.for(states.flatMap((from) => states.map((to) => [from, to] as const)))('%s to %s', ([from, to]) => {
    expect(mayBecome(from, to)).toBe(turns[from].includes(to))
  })
})

let office: Practice
beforeEach(async () => {
  office = await startPractice()
})

/** A request of Priya's that came to a state by acts alone. */
async function requestIn(state: RequestState): Promise<{ card: string; request: string }> {
  const card = await office.card()
  const done = async () => ({ card, request: await office.requestOf(card) })
  await office.as('sam').act('attach', card, { engineer: office.id('priya') })
  if (state === 'candidate') return done()
  await office.as('priya').act('ask', card, state === 'open' ? {} : details('priya'))
  const { request } = await done()
  const sam = office.as('sam')
  switch (state) {
    case 'changes-asked':
      await sam.act('ask-for-changes', request, { line: 'Which team?' })
      break
    case 'declined':
      await sam.act('decline', request, { reason: 'Not now' })
      break
    case 'withdrawn':
      await office.as('priya').act('withdraw', request)
      break
    case 'expired':
      office.pass({ days: 40 })
      await office.expire()
      office.pass({ days: 5 })
      await office.expire()
      break
    case 'granting':
    case 'granted':
    case 'stopped':
    case 'revoking':
    case 'ended':
      await sam.act('approve', request, confirmations)
      if (state === 'stopped') await sam.act('stop', request)
      if (state === 'granted' || state === 'revoking' || state === 'ended') await office.closeSteps(request, 'grant')
      if (state === 'revoking' || state === 'ended') await sam.act('undo-granted', request)
      if (state === 'ended') await office.closeSteps(request, 'revoke')
      break
    case 'open':
    case 'ready':
      break
  }
  return done()
}

const finals: RequestState[] = ['ended', 'declined', 'withdrawn', 'expired']
const before: RequestState[] = ['candidate', 'open', 'changes-asked', 'ready']
const asked: RequestState[] = ['open', 'changes-asked', 'ready']

interface Case {
  act: string
  by: string
  on: 'card' | 'request'
  input?: object
  allowed: RequestState[]
}
const cases: Case[] = [
  { act: 'attach', by: 'sam', on: 'card', allowed: finals },
  { act: 'ask', by: 'priya', on: 'card', input: details('priya'), allowed: ['candidate', ...finals] },
  { act: 'give-details', by: 'priya', on: 'request', input: details('priya'), allowed: asked },
  { act: 'keep-open', by: 'priya', on: 'request', allowed: before },
  { act: 'ask-for-changes', by: 'sam', on: 'request', input: { line: 'Which?' }, allowed: ['open', 'ready'] },
  { act: 'approve', by: 'sam', on: 'request', input: confirmations, allowed: ['ready'] },
  { act: 'decline', by: 'sam', on: 'request', input: { reason: 'No' }, allowed: before },
  { act: 'withdraw', by: 'priya', on: 'request', allowed: before },
  { act: 'stop', by: 'sam', on: 'request', allowed: ['granting'] },
  { act: 'go-on', by: 'sam', on: 'request', allowed: ['stopped'] },
  { act: 'undo-granted', by: 'sam', on: 'request', allowed: ['granting', 'stopped', 'granted'] },
  { act: 'revoke-holding', by: 'sam', on: 'request', input: { key: 'logit', reason: 'x' }, allowed: ['granted'] },
  { act: 'resume-paused', by: 'sam', on: 'request', allowed: [] },
  {
    act: 'review-preparedness',
    by: 'dan',
    on: 'request',
    input: { reference: 'r', formVersion: 'v', date: '2026-03-01' },
    allowed: [],
  },
  {
    act: 'ask-help',
    by: 'priya',
    on: 'request',
    input: { system: 'Logit', what: 'no stacks' },
    allowed: states.filter((state) => !finals.includes(state)),
  },
]

describe('Every act in every state', () => {
  test.for(states)('in %s', async (state) => {
    const { card, request } = await requestIn(state)
    expect(await office.state(request)).toBe(state)
    const outcomes: Record<string, boolean> = {}
    for (const { act, by, on, input } of cases) {
      const given = act === 'attach' ? { engineer: office.id('priya') } : input
      const work = office.as(by).prepare(act, on === 'card' ? card : request, given)
      outcomes[act] = await work.then(
        () => true,
        async () => {
          const refusal = await refused(work)
          expect(refusal.code).toMatch(/^[a-z-]+$/)
          expect(refusal.sentence).toMatch(/^[A-Z].*[.]$/)
          return false
        },
      )
    }
    expect(outcomes).toEqual(Object.fromEntries(cases.map(({ act, allowed }) => [act, allowed.includes(state)])))
    expect(await office.state(request)).toBe(state)
  })
})

describe('A new request', () => {
  test.for(['declined', 'withdrawn', 'expired', 'ended'] as const)(
    'links back to the one that is %s',
    async (state) => {
      const { card, request } = await requestIn(state)
      await office.as('priya').act('ask', card, details('priya'))
      const { request: now } = await office.world(card)
      expect(now?.previous_request_id).toBe(request)
      expect(now?.id).not.toBe(request)
      expect(await office.state(request)).toBe(state)
    },
  )

  test('comes back to what was revoked at its own level, also once the other is approved again', async () => {
    const deploy = await requestIn('ended')
    office.pass({ ms: 60_000 })
    const admin = await requestIn('ended')
    await office.db.kysely.updateTable('request').set({ level: 'admin' }).where('id', '=', admin.request).execute()
    const returning = async ({ card }: { card: string }) => (await office.world(card)).returning?.request
    expect([await returning(deploy), await returning(admin)]).toEqual([deploy.request, admin.request])
    await office.as('priya').act('ask', deploy.card, details('priya'))
    await office.as('sam').act('approve', await office.requestOf(deploy.card), confirmations)
    expect([await returning(deploy), await returning(admin)]).toEqual([undefined, admin.request])
  })

  test('is not touched by an act that was looked at on the one before it', async () => {
    const { card, request } = await requestIn('withdrawn')
    await office.as('priya').act('ask', card, details('priya'))
    const refusal = await refused(office.as('sam').act('approve', request, confirmations))
    expect(refusal.sentence).toBe('This card has another request now. Reload the card and try again.')
    expect(await office.state(await office.requestOf(card))).toBe('ready')
  })
})

describe('One open request for each engineer and level', () => {
  const words =
    'Priya already has an open request for Production Deploy. Go to that card, or withdraw it there and ask again here.'

  test.for(['candidate', 'open', 'ready', 'granting', 'stopped'] as const)(
    'denies a second card while the first is %s',
    async (state) => {
      await requestIn(state)
      const second = await office.card()
      expect((await refused(office.as('priya').act('ask', second, details('priya')))).sentence).toBe(words)
      const attach = office.as('dan').act('attach', second, { engineer: office.id('priya') })
      expect((await refused(attach)).sentence).toBe(words)
    },
  )

  test('allows another level beside it', async () => {
    await requestIn('ready')
    await office.as('priya').act('ask', await office.card('admin'), details('priya'))
  })

  test('lets one of two that were signed at the same moment through, and names why for the other', async () => {
    const cards = [await office.card(), await office.card()]
    const hand = office.as('priya')
    const challenges = await Promise.all(cards.map((card) => hand.prepare('ask', card, details('priya'))))
    const ends = await Promise.allSettled(challenges.map((challenge) => hand.carryOut(challenge)))
    expect(ends.map((end) => end.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await office.refusals()).toEqual([{ act: 'ask', code: 'duplicate', actor: office.id('priya') }])
  })
})
