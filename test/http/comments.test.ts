import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Card } from '../local-trello/model.ts'
import { emailOf, type PracticeWorld, people, startPracticeWorld } from '../practice-world.ts'
import { as, confirmations, copyTemplate, details, requestOn, until } from './as.ts'
import { allSaid, commentsOn, grantWhole, revokeWhole } from './life.ts'

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

const doers = { doer: 'alex', second: 'jo', senior: 'dan' }
const levels = [
  {
    level: 'deploy' as const,
    who: { name: 'Priya Shah', engineer: 'priya', github: 'priya-s' },
    sponsor: 'sam',
    answers: confirmations,
    comments: [
      '@sam Priya Shah is ready for Production Deploy. Open this card on a computer to approve.',
      '@priya your sponsor asked for changes before deciding on Production Deploy. Open this card on a computer to see which.',
      '@sam Priya Shah is ready for Production Deploy. Open this card on a computer to approve.',
      'Priya Shah was approved for Production Deploy. 2nd line: AWS user and Signon, later Logit. One of you does each, another looks at it. Open this card or the access queue on a computer.',
      '@priya 2 things only you can do: accept the GitHub invitation and sign in to Logit once. Open this card on a computer for the links.',
      '@priya you have Production Deploy now. Every step is verified, or seen by a second person.',
      'Priya Shah’s access is being revoked. 2nd line: Logit and Signon. One of you does each, another looks at it. Open this card or the access queue on a computer.',
      '@priya Production Deploy was revoked. Nothing of it is left.',
    ],
  },
  {
    level: 'admin' as const,
    who: { name: 'Lee Hart', engineer: 'lee', github: 'lee-h' },
    sponsor: 'dan',
    answers: {
      ...confirmations,
      reference: 'Response 41',
      formVersion: '2024-11',
      date: '2026-11-02',
      ...{ 'objective-LO1': true, 'objective-LO2': true, 'objective-LO3': true, 'objective-LO4': true },
    },
    comments: [
      '@dan Lee Hart is ready for Production Admin. Open this card on a computer to review and approve.',
      '@lee your sponsor asked for changes before deciding on Production Admin. Open this card on a computer to see which.',
      '@dan Lee Hart is ready for Production Admin. Open this card on a computer to review and approve.',
      '@dan @ines Lee Hart was approved for Production Admin. 2nd line: AWS user, later Logit. Senior Tech: later Signon. One of you does each, another looks at it. Open this card or the access queue on a computer.',
      '@lee 5 things only you can do: accept GitHub, sign in to Logit, Signon 2-step, accept Fastly and accept Sentry. Open this card on a computer for the links.',
      '@lee you have Production Admin now. Every step is verified, or seen by a second person.',
      '@dan @ines Lee Hart’s access is being revoked. 2nd line: Logit. Senior Tech: Signon. One of you does each, another looks at it. Open this card or the access queue on a computer.',
      '@lee Production Admin was revoked. Nothing of it is left.',
    ],
  },
]

describe('the comments of a whole life: asked, changes asked, approved, granted, revoked', () => {
  test.each(levels)('Production $level', async ({ level, who, sponsor, answers, comments }) => {
    const { name, engineer, github } = who
    const own = { ...details, email: emailOf(name), aws: emailOf(name), github }
    const card = await copyTemplate(world, level, `Access for ${name}`)
    await as(world, engineer).act('ask', card, own)
    const request = await requestOn(world, card)
    await allSaid(world)
    await as(world, sponsor).act('ask-for-changes', request, { what: ['reason'], line: 'Which team?' })
    await allSaid(world)
    await as(world, engineer).act('give-details', request, { ...own, reason: 'Joining Search on 1 December' })
    await allSaid(world)
    await as(world, sponsor).act('approve', request, answers)
    await until(async () => commentsOn(world, card).some((text) => text.includes('only you can do')), 'their turn')
    await grantWhole(world, request, { engineer, github, ...doers })
    await allSaid(world)
    await as(world, sponsor).act('undo-granted', request, { reason: 'Left on probation' })
    await allSaid(world)
    const begun = commentsOn(world, card)
    await revokeWhole(world, request, doers)
    await allSaid(world)
    const life = commentsOn(world, card)
    // That of the revocation becomes the last: nobody is asked for anything by it.
    expect([...begun, life.at(-1)]).toEqual(comments)
    expect(life).toEqual(comments.toSpliced(-2, 1))
    // At most six in a normal life; one that asks for changes has two turns more.
    expect(life.length).toBeLessThanOrEqual(7)
    const marked = world.trello.model.actionsOf(cardOf(card)).filter((action) => action.type === 'commentCard')
    for (const action of marked) {
      const text = String(action.data['text'])
      expect(text).not.toMatch(privateMatters)
      // One or two lines on a phone.
      expect(text.length).toBeLessThanOrEqual(240)
    }
  })
})

function cardOf(id: string): Card {
  const card = world.trello.model.card(id)
  if (!card) throw new Error('there is no such card')
  return card
}

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
