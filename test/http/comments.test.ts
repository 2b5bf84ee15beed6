import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { emailOf, org, type PracticeWorld, people, startPracticeWorld } from '../practice-world.ts'
import { as, confirmations, copyTemplate, details, requestOn, until } from './as.ts'
import { allSaid, commentsOn, grantWhole } from './life.ts'

/** What a phone shows of a whole life: the comments alone, in order, make sense. */

let world: PracticeWorld
const log: string[] = []
const tokens: string[] = []
beforeAll(async () => {
  world = await startPracticeWorld({ folder: null, logLevel: 'debug', logTo: { write: (line) => void log.push(line) } })
  const { signToken } = world.trello
  world.trello.signToken = async (claims) => {
    const token = await signToken(claims)
    tokens.push(token)
    return token
  }
})
afterAll(() => world.close())

const privateMatters = /probation|apprentice|clearance|absen|BPSS|leave|not met|contractor/i

describe('the comments of a whole life', () => {
  test('Production Deploy: asked, changes asked, approved, granted', async () => {
    const card = await copyTemplate(world, 'deploy', 'Production Deploy for Priya Shah')
    await as(world, 'priya').act('ask', card, details)
    const request = await requestOn(world, card)
    await allSaid(world)
    await as(world, 'sam').act('ask-for-changes', request, { what: ['reason'], line: 'Which team?' })
    await allSaid(world)
    await as(world, 'priya').act('give-details', request, { ...details, reason: 'Joining Search on 1 December' })
    await allSaid(world)
    await as(world, 'sam').act('approve', request, confirmations)
    await until(
      async () => world.github.membership(org, 'production-deploy', 'priya-s') === 'pending',
      'the invitation',
    )
    await until(async () => commentsOn(world, card).some((text) => text.includes('only you can do')), 'her turn')
    await grantWhole(world, request, {
      engineer: 'priya',
      github: 'priya-s',
      doer: 'alex',
      second: 'jo',
      senior: 'dan',
    })
    await allSaid(world)
    const life = commentsOn(world, card)
    expect(life).toEqual([
      '@sam Priya Shah is ready for Production Deploy. Open this card on a computer to approve.',
      '@priya your sponsor asked for changes before deciding on Production Deploy. Open this card on a computer to see which.',
      '@sam Priya Shah is ready for Production Deploy. Open this card on a computer to approve.',
      'Priya Shah was approved for Production Deploy. Steps for 2nd line: now AWS user and Signon, later Logit. One of you does each, the other looks at it. Open this card or the access queue on a computer.',
      '@priya 2 things only you can do: accept the GitHub invitation and sign in to Logit once. Open this card on a computer for the links.',
      '@priya you have Production Deploy now. Every step is verified, or seen by a second person.',
    ])
    expect(life.length).toBeLessThanOrEqual(6)
    for (const text of life) {
      expect(text).not.toMatch(privateMatters)
      // One or two lines on a phone, for one person; 2nd line is on another board, where no mention reaches them.
      expect(text.length).toBeLessThan(240)
      expect(text.match(/@/g) ?? []).toHaveLength(text.includes('2nd line') ? 0 : 1)
    }
  })

  test('Production Admin: reviewed and approved by Senior Tech, granted', async () => {
    const card = await copyTemplate(world, 'admin', 'Production Admin for Lee Hart')
    await as(world, 'lee').act('ask', card, {
      ...details,
      email: emailOf('Lee Hart'),
      aws: emailOf('Lee Hart'),
      github: 'lee-h',
    })
    const request = await requestOn(world, card)
    await allSaid(world)
    const objectives = { 'objective-LO1': true, 'objective-LO2': true, 'objective-LO3': true, 'objective-LO4': true }
    const review = { reference: 'Response 41', formVersion: '2024-11', date: '2026-11-02', ...objectives }
    await as(world, 'dan').act('approve', request, { ...confirmations, ...review })
    await until(async () => commentsOn(world, card).some((text) => text.includes('only you can do')), 'his turn')
    await grantWhole(world, request, { engineer: 'lee', github: 'lee-h', doer: 'alex', second: 'jo', senior: 'dan' })
    await allSaid(world)
    const life = commentsOn(world, card)
    expect(life).toEqual([
      '@dan Lee Hart is ready for Production Admin. Open this card on a computer to review and approve.',
      'Lee Hart was approved for Production Admin. Steps for 2nd line: now AWS user, later Logit. One of you does each, the other looks at it. Open this card or the access queue on a computer.',
      '@dan @ines steps for Senior Tech: now Fastly and Sentry, later Signon. One of you does each, the other looks at it. Open this card or the access queue on a computer.',
      '@lee 5 things only you can do: accept the GitHub invitation; sign in to Logit once; set up 2-step verification in your production Signon account; accept the Fastly invitation, which comes by email; accept the Sentry invitation, which comes by email. Open this card on a computer for the links.',
      '@lee you have Production Admin now. Every step is verified, or seen by a second person.',
    ])
    expect(life.length).toBeLessThanOrEqual(6)
    for (const text of life) expect(text).not.toMatch(privateMatters)
  })
})

test('the log of all this, with Trello failing in between and something unexpected, names nobody and holds no secret', async () => {
  world.trello.faults.restPlainTextError = { status: 502, text: 'Bad gateway for priya.shah@example.gov.uk' }
  await as(world, 'sam')
    .act('attach', 'f'.repeat(24), { engineer: 'nobody' })
    .catch(() => {})
  world.trello.faults.restPlainTextError = null
  // Something that nobody thought of, with a name in it.
  await world.product.db.executeSql('alter table draft rename to draft_away')
  const answer = await fetch(`${world.origin}/api/drafts/ask?subject=S9sex2XU`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${await as(world, 'sam').token()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ reason: 'Priya Shah joins Search' }),
  })
  await as(world, 'priya')
    .section((await world.product.db.kysely.selectFrom('request').select('card_id').executeTakeFirstOrThrow()).card_id)
    .catch(() => {})
  await world.product.db.executeSql('alter table draft_away rename to draft')
  expect(answer.status).toBeLessThan(600)
  const text = log.join('')
  expect(text).toContain('"unexpected"')
  const secrets = [world.trello.token, world.github.token, 'local-api-key', 'local-app-secret', ...tokens]
  const personal = people.flatMap(({ name, github }) => [name, emailOf(name), ...(github ? [github] : [])])
  expect(tokens.length).toBeGreaterThan(10)
  for (const one of [...secrets, ...personal]) expect(text).not.toContain(one)
  expect(text).not.toMatch(/eyJ|@example|Bearer|OAuth/)
})
