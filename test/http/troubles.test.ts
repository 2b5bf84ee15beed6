import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { SettingsView } from '../../server/http/api.ts'
import { memberId, type PracticeWorld, startPracticeWorld } from '../practice-world.ts'
import { as, copyTemplate, details, Refused, until } from './as.ts'

/** Every connection that can fail: the technical word in the settings, and the plain sentence for an engineer. */

let world: PracticeWorld
let card = ''
beforeAll(async () => {
  world = await startPracticeWorld({ folder: null })
  card = await copyTemplate(world, 'deploy', 'Production Deploy for Priya Shah')
  await as(world, 'priya').act('ask', card, details)
  await as(world, 'priya').section(card)
})
afterAll(() => world.close())
beforeEach(() => {
  Object.assign(world.trello.faults, { restDown: false, rest429: false, restPlainTextError: null })
})

const row = (view: SettingsView, id: string) =>
  view.parts.flatMap((part) => part.rows).find((one) => one.key === id)?.detail ?? ''
const technical = async (id: string) => row(await as(world, 'rae').settings(), id)
const plain = async (id: string) => row(await as(world, 'priya').settings(), id)
const old = async () => (await as(world, 'priya').section(card)).old
/** Somebody's act reads from Trello, so that the trouble is met. */
const meet = () =>
  as(world, 'rae')
    .act('connect-board', world.boardId)
    .catch(() => {})
const met = () =>
  until(async () => {
    await meet()
    return (await old()) !== null
  }, 'the trouble to be met')
const answering = () =>
  until(async () => {
    await meet()
    return (await technical('trello')).startsWith('Trello answers.')
  }, 'Trello to answer again')

test('what works says what is done with it, with which rights and until when, to keepers', async () => {
  const view = await as(world, 'rae').settings()
  expect(row(view, 'github')).toMatch(/^GitHub answers\. .* changes it .* It needs: A GitHub App with Members/)
  expect(row(view, 'argo-cd')).toContain('Derived from the GitHub team, which can be read')
  expect(row(view, 'aws')).toContain('Lists are changed by pull request.')
  expect(row(view, 'signon')).toContain('guides people, who change it by hand')
  // Sentry does not tell: whoever runs the server does.
  expect(row(view, 'sentry')).toContain('Its credentials end on 30 June 2027')
})

describe('Trello', () => {
  test('that does not answer', async () => {
    world.trello.faults.restDown = true
    await met()
    expect(await technical('trello')).toMatch(/^We could not reach Trello\. .* It last worked .*\d(am|pm)\.$/)
    expect(await plain('trello')).toMatch(
      /^We cannot reach Trello, or it asks us to slow down\. Cards are shown as they stood on .* at .*\. Nothing is lost\. This is tried again by itself\./,
    )
    expect(await old()).toMatch(
      /^We cannot reach Trello\. This is how it stood at \d+:\d\d(am|pm)\. Nothing is lost\. This updates by itself\.$/,
    )
    world.trello.faults.restDown = false
    await answering()
    expect(await old()).toBeNull()
  })

  test('that refuses our token', async () => {
    world.trello.faults.restPlainTextError = { status: 401, text: 'invalid token' }
    await met()
    expect(await technical('trello')).toContain(
      'refuses the token of our service member (401). Whoever runs this server',
    )
    expect(await plain('trello')).toMatch(
      /at the moment\. Cards are shown as they stood .* Whoever runs this server looks at it\./,
    )
    expect(await old()).toMatch(/^Trello does not let us read cards .* Nothing is lost\. Whoever runs this server/)
    world.trello.faults.restPlainTextError = null
    await answering()
  })
})

describe('a board', () => {
  test('that we may not read any more', async () => {
    await world.product.db.kysely
      .updateTable('board')
      .set({ problem: 'We cannot read this board: add our service member to it.' })
      .execute()
    expect(await technical(world.boardId)).toContain('add our service member to it')
    expect(await plain(world.boardId)).toMatch(
      /^We cannot read this board\. .* A board admin or a register keeper adds/,
    )
    expect(await old()).toMatch(
      /^We cannot read this board\. This is how it stood .* Nothing is lost\. A board admin or a register keeper adds our service member/,
    )
    await world.product.db.kysely.updateTable('board').set({ problem: null }).execute()
  })

  test('whose webhook is gone', async () => {
    const { webhook_id } = await world.product.db.kysely
      .selectFrom('board')
      .select('webhook_id')
      .executeTakeFirstOrThrow()
    await world.product.db.kysely.updateTable('board').set({ webhook_id: null }).execute()
    expect(await technical(world.boardId)).toContain('No webhook')
    expect(await plain(world.boardId)).toMatch(/We read the board every few minutes, last on .* This mends itself\./)
    expect(await old()).toBeNull()
    await world.product.db.kysely.updateTable('board').set({ webhook_id }).execute()
  })
})

test('another board’s card is not for somebody whom it does not concern', async () => {
  const other = world.trello.model.boards.find((one) => one.id !== world.boardId)?.id ?? ''
  const outcome = await as(world, 'omar', other)
    .section(card)
    .catch((error: unknown) => error)
  expect(outcome instanceof Refused && outcome.problem).toMatchObject({ status: 403, type: 'about:other-board' })
  expect((await as(world, 'omar', other).badges(card)).cards).toEqual({})
  // 2nd line, the engineer and the sponsor work from any board.
  for (const who of ['alex', 'priya', 'sam']) expect((await as(world, who, other).section(card)).kind).toBe('request')
})

test('the queue of another board: 2nd line’s opens at all boards, a sponsor’s holds what concerns them, a colleague’s nothing', async () => {
  const other = world.homeOf('alex').id
  const search = world.trello.model.boards.find((one) => one.id === world.boardId)
  if (!search || other === world.boardId) throw new Error('2nd line is on another board')
  for (const name of ['sam', 'omar']) world.trello.model.setBoardMember(memberId('rae'), search, memberId(name), false)
  const opened = async (who: string) => {
    const { board, rows } = await as(world, who, other).queue('everything', '')
    return { board, people: [...new Set(rows.map((row) => row.person))] }
  }
  expect(await opened('alex')).toEqual({ board: 'all', people: ['Priya Shah'] })
  expect(await opened('sam')).toEqual({ board: 'this', people: ['Priya Shah'] })
  expect(await opened('omar')).toEqual({ board: 'this', people: [] })
  for (const name of ['sam', 'omar']) world.trello.model.setBoardMember(memberId('rae'), search, memberId(name), true)
})

test('the database that is away: the settings still open, in plain words because nobody’s role is known, and nobody is let in by it', async () => {
  await world.product.db.executeSql('alter table event_head rename to event_head_away')
  const view = await as(world, 'priya').settings()
  await world.product.db.executeSql('alter table event_head_away rename to event_head')
  expect(view.lines).toEqual([
    expect.stringMatching(
      /^We cannot read our own records\. Everything is kept as it stood .* Nothing is lost\. .* Whoever runs this server/,
    ),
  ])
  expect(view.parts.map((part) => part.title)).toEqual(['Connections'])
  expect(row(view, 'database')).toMatch(/^We cannot read our own records\./)
  expect(await technical('database')).toContain('The database is in memory.')
})
