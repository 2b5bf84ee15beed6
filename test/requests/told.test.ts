import { beforeAll, expect, test } from 'vitest'
import { unreachedOf } from '../../server/http/reading/unreached.ts'
import { details, type Practice, startPractice } from './office.ts'

/** Whose turn it becomes before anything is given: who is told, once for each turn, and never why. */

let it: Practice
beforeAll(async () => {
  it = await startPractice()
})

async function told(request: string, kind: string) {
  const rows = await it.db.kysely
    .selectFrom('notice')
    .selectAll()
    .where('request_id', '=', request)
    .where('kind', '=', kind)
    .orderBy('created_at')
    .execute()
  return rows.map(({ mentions, text, mention }) => ({ mentions, text, mention }))
}

/** All that was owed is sent. @param reason whom it did not reach */
const sent = (reason: string | null = null) =>
  it.db.kysely.updateTable('notice').set({ state: 'sent', reason }).where('state', '=', 'owed').execute()
const seniors = () => [it.id('dan'), it.id('ines')]

test('a turn of the register keepers is told once, without what is missing, and again when it comes back', async () => {
  const probation = (value: string) =>
    it.as('rae').act('set-fact', it.id('jo'), { fact: 'probation', value, source: 'Told by HR' })
  const forget = () =>
    it.db.kysely
      .deleteFrom('person_fact')
      .where('person_id', '=', it.id('jo'))
      .where('fact', '=', 'probation')
      .execute()
  await forget()
  const { request } = await it.ready('jo', 'admin')
  expect(await it.state(request)).toBe('open')
  const once = {
    mentions: [it.id('rae')],
    mention: 'first-on-board',
    text: 'Jo Bell’s request for Production Admin needs a register keeper. Open this card on a computer.',
  }
  expect(await told(request, 'keeper')).toEqual([once])
  await it.as('jo').act('give-details', request, { ...details('jo'), reason: 'Another reason' })
  expect(await told(request, 'keeper')).toEqual([once])
  await probation('passed')
  expect(await it.state(request)).toBe('ready')
  it.pass({ days: 1 })
  await sent()
  await it.as('rae').act('record-absence', it.id('jo'), { away: 'yes', start: '2026-01-01', source: 'HR' })
  expect(await it.state(request)).toBe('open')
  expect(await told(request, 'keeper')).toEqual([once, once])
  expect(JSON.stringify(await told(request, 'keeper'))).not.toMatch(/absen|away|probation/i)
})

test('a keeper is not asked about their own record', async () => {
  await it.db.kysely
    .deleteFrom('person_fact')
    .where('person_id', '=', it.id('rae'))
    .where('fact', '=', 'probation')
    .execute()
  const { request } = await it.ready('rae', 'admin')
  expect(await told(request, 'keeper')).toEqual([expect.objectContaining({ mentions: [] })])
})

test('a question names who asked, and asks the first who can answer: neither them nor the engineer', async () => {
  const { request, card } = await it.ready('alex')
  const ask = (who: string) => it.as(who).act('ask-help', request, { system: 'Logit', what: 'No stacks' })
  await ask('alex')
  const [own] = await told(request, 'help:Logit')
  expect(own).toEqual({
    text: 'Alex Green asks for help with Logit. Open this card or the access queue on a computer to answer.',
    mention: 'first-on-board',
    mentions: expect.arrayContaining([it.id('jo'), it.id('sam'), ...seniors()]),
  })
  expect(own?.mentions.slice(0, 2)).toEqual([it.id('jo'), it.id('sam')])
  expect(own?.mentions).not.toContain(it.id('alex'))
  it.pass({ ms: 60_000 })
  await ask('sam')
  const [, lead] = await told(request, 'help:Logit')
  expect(lead?.text).toContain('Sam Okoro asks for help with Logit for Alex Green.')
  expect(lead?.mentions[0]).toBe(it.id('jo'))
  expect(lead?.mentions).not.toContain(it.id('sam'))
  // Until it is answered, whoever it did not reach can be sent it.
  await sent(`Not on the board: ${it.id('jo')}`)
  const waits = async () => (await unreachedOf(it.db.kysely, await it.world(card))).map((one) => one.fullName)
  expect(await waits()).toContain('Jo Bell')
  for (const { id } of (await it.world(card)).helps)
    await it.as('dan').act('answer-help', request, { help: id, answer: 'Sign in' })
  expect(await waits()).toEqual([])
})

test('a sponsor who withdraws tells the engineer; an engineer who withdraws tells nobody', async () => {
  const { card, request } = await it.ready('mia')
  expect(await it.as('mia').act('withdraw', request, {})).toBe('The request is withdrawn. Nothing was granted.')
  expect(await told(request, 'withdrawn')).toEqual([])
  it.pass({ ms: 60_000 })
  await it.as('mia').act('ask', card, details('mia'))
  const again = await it.requestOf(card)
  expect(await it.as('sam').act('withdraw', again, { reason: 'Left the team' })).toBe(
    'The request is withdrawn. Nothing was granted. A comment on the card tells Mia, who can ask again.',
  )
  expect(await told(again, 'withdrawn')).toEqual([
    {
      mentions: [it.id('mia')],
      mention: null,
      text: 'your request for Production Deploy was withdrawn. Open this card on a computer to see by whom, and to ask again.',
    },
  ])
})
