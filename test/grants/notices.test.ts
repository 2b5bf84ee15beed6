import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { unreachedOf } from '../../server/http/reading/unreached.ts'
import { sectionView } from '../../server/http/views/section.ts'
import { loadWorld } from '../../server/requests/world.ts'
import { testDatabase } from '../db/database.ts'
import { granted } from './granted.ts'
import { DAYS, lists, startTestOffice, type TestOffice } from './office.ts'

/** Whose turn it becomes while access is given, one comment for each, told once. */

let it: TestOffice & { close(): Promise<void> }
beforeEach(async () => {
  it = await startTestOffice(await testDatabase())
})
afterEach(() => it.close())

const told = async (request: string, kind: string) => {
  const rows = await it.db.kysely
    .selectFrom('notice')
    .select(['text', 'mentions'])
    .where('request_id', '=', request)
    .where('kind', 'like', kind)
    .execute()
  const names = await it.db.kysely.selectFrom('person').select(['id', 'full_name']).execute()
  return rows.map(({ text, mentions }) => [
    mentions.map((id) => names.find((one) => one.id === id)?.full_name).join(', '),
    text,
  ])
}

describe('a pull request closed without merging', () => {
  test('tells the sponsor, once for all its steps, and reminds them of it after a day', async () => {
    const request = await it.approved()
    await it.run()
    await it.attest(request, 'aws-iam-user')
    await it.run()
    it.github.closePull(lists, 1, 'kofi-o')
    await it.run()
    expect((await it.step(request, 'aws-user/staging')).state).toBe('stuck')
    expect(await told(request, 'refused:%')).toEqual([
      [
        'Sam Okoro',
        'the pull request for AWS was closed without merging. Ask why, then try again or stop: open this card on a computer.',
      ],
    ])
    it.pass(2 * DAYS)
    await it.worker.sweep()
    expect((await told(request, 'stuck:aws%')).map(([who]) => who)).toEqual(['Sam Okoro', 'Sam Okoro'])
  })
})

describe('who carries out steps', () => {
  test('the pair of 2nd line is told together: one does, another looks', async () => {
    const request = await it.approved()
    expect(await told(request, 'doers:%')).toEqual([
      [
        'Alex Green, Jo Bell',
        'Priya Shah was approved for Production Deploy. 2nd line: AWS user and Signon, later Logit. One of you does each, another looks at it. Open this card or the access queue on a computer.',
      ],
    ])
  })

  test('a revocation does not begin in silence: its doers are told, once for each, and never why', async () => {
    const request = await granted(it)
    await it.act('sam', 'revoke-holding', request, { key: 'signon-production/production', reason: 'Left the team' })
    const once = [
      'Alex Green, Jo Bell',
      'Priya Shah’s access is being revoked. 2nd line: Signon. One of you does each, another looks at it. Open this card or the access queue on a computer.',
    ]
    const begun = async () => (await told(request, 'doers:%')).filter(([, text]) => text?.includes('revoked'))
    expect(await begun()).toEqual([once])
    await it.attest(request, 'signon-production/production', 'revoke')
    it.pass(60_000)
    expect((await it.request(request)).state).toBe('granted')
    await it.act('dan', 'undo-granted', request, { reason: 'Left the organisation' })
    expect((await begun()).map(([, text]) => text?.includes('2nd line: '))).toEqual([true, true])
    expect(JSON.stringify(await told(request, '%'))).not.toContain('Left')
  })
})

test('an account that changed holds the rest, and the sponsor is told without why', async () => {
  const request = await it.approved()
  const priya = await it.personId('Priya Shah')
  await it.db.kysely
    .updateTable('person_account')
    .set({ id: '1099', name: 'priya-new' })
    .where('person_id', '=', priya)
    .where('kind', '=', 'github')
    .execute()
  await it.run()
  expect(await told(request, 'held')).toEqual([
    ['Sam Okoro', 'nothing more is given here until you look at it again. Open this card on a computer.'],
  ])
})

describe('one step that becomes somebody’s turn', () => {
  const signon = 'signon-production/production'

  test('is told each time that a doer cannot do it, never why, and the answer says who is asked', async () => {
    const request = await it.approved()
    const { id } = await it.step(request, signon)
    const cannot = (why: string) => it.act('alex', 'cannot-step', id, { why, line: 'Kofi is ill' })
    expect(await cannot('no-permission')).toBe(
      'Kept. It is Senior Tech’s turn: a comment asks Dan Reyes, and the access queue shows it to all of them.',
    )
    const once = [
      'Dan Reyes',
      'the step Signon for Priya Shah needs Senior Tech now. Open this card or the access queue on a computer.',
    ]
    expect(await told(request, 'needs:%')).toEqual([once])
    await it.db.kysely.updateTable('notice').set({ state: 'sent' }).execute()
    it.pass(60_000)
    await it.act('dan', 'retry-step', id)
    it.pass(60_000)
    await cannot('instructions-wrong')
    expect((await told(request, 'needs:%')).map(([who]) => who).toSorted()).toEqual([
      'Alex Green',
      'Dan Reyes',
      'Dan Reyes',
    ])
    // That it was told by itself makes it no turn of all of Senior Tech's.
    expect(await told(request, 'doers:%')).toHaveLength(1)
  })

  test('stays with 2nd line while a system is down: nobody is told, and the answer says so', async () => {
    const request = await it.approved()
    const { id } = await it.step(request, signon)
    expect(await it.act('alex', 'cannot-step', id, { why: 'system-down' })).toBe(
      'Kept. It is 2nd line’s turn, and nobody is told: the access queue shows it.',
    )
    expect(await told(request, 'needs:%')).toEqual([])
  })

  test('waits for the engineer where they are not in the list yet, and they are asked by name', async () => {
    const request = await it.approved()
    const { id } = await it.step(request, 'logit')
    await it.act('priya', 'do-own-part', id)
    expect(await it.act('alex', 'cannot-step', id, { why: 'not-in-the-list' })).toBe(
      'Kept. It is Priya Shah’s turn: a comment asks them, and the card shows it.',
    )
    expect(await told(request, 'needs:%')).toEqual([
      ['Priya Shah', 'the step Logit waits for you: sign in to Logit once. Open this card on a computer for the link.'],
    ])
  })

  test('is handed over to somebody, who is told and reads first that they have it; whoever takes it knows', async () => {
    const request = await it.approved()
    const { id } = await it.step(request, signon)
    await it.act('alex', 'hand-over-step', id, { to: await it.personId('Alex Green') })
    expect(await told(request, 'handed-over:%')).toEqual([])
    await it.act('alex', 'hand-over-step', id, { to: await it.personId('Jo Bell') })
    expect(await told(request, 'handed-over:%')).toEqual([
      [
        'Jo Bell',
        'a colleague gave you a step for Priya Shah: Signon. Open this card or the access queue on a computer.',
      ],
    ])
    expect((await sectionFor(request, 'Jo Bell')).status.headline).toBe('You have it: Signon')
    expect((await sectionFor(request, 'Dan Reyes')).status.headline).not.toContain('You have it')
    await it.act('sam', 'hand-over-step', id, { to: 'second-line' })
    expect((await told(request, 'needs:%')).map(([who]) => who)).toEqual(['Alex Green'])
  })
})

describe('a stop', () => {
  test.each(['rae', 'dan'])('by %s tells the sponsor, whose turn it then is', async (who) => {
    const request = await it.approved()
    expect(await it.act(who, 'stop', request, { reason: 'On leave' })).toBe(
      'Stopped. Nothing more begins. A comment on the card asks Sam Okoro whether it goes on or is revoked.',
    )
    expect(await told(request, 'stopped')).toEqual([
      ['Sam Okoro', 'this request was stopped. Let it go on, or revoke what is done: open this card on a computer.'],
    ])
  })

  test('by the sponsor tells nobody', async () => {
    const request = await it.approved()
    await it.act('sam', 'stop', request)
    expect(await told(request, 'stopped')).toEqual([])
  })
})

async function worldOf(request: string) {
  const { card_id } = await it.db.kysely
    .selectFrom('request')
    .select('card_id')
    .where('id', '=', request)
    .executeTakeFirstOrThrow()
  const world = await loadWorld(it.db.kysely, it.office, card_id)
  if (!world) throw new Error('no world')
  return world
}

async function sectionFor(request: string, name: string) {
  const world = await worldOf(request)
  const person = [...world.people.values()].find((one) => one.fullName === name) ?? null
  const roles = { keeper: false, seniorTech: name === 'Dan Reyes', secondLine: name === 'Jo Bell', holdsAdmin: false }
  const actor = { memberId: 'm', boardId: 'board-1', cardId: null, person, roles }
  return sectionView(world, actor, { history: [], claims: [], old: null, unreached: [] })
}

test('while access is revoked, nobody is offered what was to be sent when it was given', async () => {
  const request = await granted(it)
  const alex = await it.personId('Alex Green')
  const notSent = () =>
    it.db.kysely
      .updateTable('notice')
      .set({ state: 'sent', reason: `Not on the board: ${alex}` })
      .where('state', '=', 'owed')
      .execute()
  await notSent()
  await it.act('sam', 'undo-granted', request, { reason: 'Left' })
  expect(await unreachedOf(it.db.kysely, await worldOf(request))).toEqual([])
  await notSent()
  expect((await unreachedOf(it.db.kysely, await worldOf(request))).map(({ text }) => text)).toEqual([
    expect.stringContaining('access is being revoked. 2nd line: '),
  ])
})
