import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../server/db/database.ts'
import { isClosed } from '../../server/grants/steps.ts'
import type { StepRow } from '../../server/requests/act.ts'
import { emptyDatabase, testDatabase } from '../db/database.ts'
import { type PostgresDatabase, postgresDatabase } from '../db/postgres-server.ts'
import { covers } from '../systems/covers.ts'
import { connected } from './connected/index.ts'
import { type Stand, type Trouble, troubles } from './connected/stand.ts'
import { closeAll, type World } from './granted.ts'
import { startTestOffice, type TestOffice } from './office.ts'

/**
 * Deploy and Admin granted and revoked whole with every connected system at once, and again with each in trouble, on the
 * way there and on the way back: nothing is done twice, and nothing is called done that is not, both told by the systems'
 * own histories. Admin holds all of Deploy in forms of its own, so a system with steps in both goes there by Deploy and
 * then Admin, and back by Admin and then Deploy; one with steps in Admin alone goes by Admin.
 */

/** Whole requests with all systems: on a busy machine that takes its time. In milliseconds. */
const LONG = 240_000

type Direction = 'grant' | 'revoke'

/** Nothing tells who is in which team of Logit. Every other step is read, and ends *verified*. */
const seenByPeopleAlone = ['logit']

interface Life {
  it: TestOffice
  stands: Map<string, Stand>
  /** Every one of them once, as far as it answers. */
  each<T>(ask: (stand: Stand) => T): T[]
}

/** On a server, where one can be started: that is half as slow. Otherwise embedded, and nothing is left out. */
let server: PostgresDatabase | null = null
let onServer: Database | null = null
beforeAll(async () => {
  server = await postgresDatabase().catch(() => null)
  if (server) onServer = await openDatabase({ url: server.url, dataDir: null })
})
afterAll(async () => {
  await onServer?.close()
  await server?.drop()
})

async function emptied(): Promise<Database> {
  if (!onServer) return testDatabase()
  await emptyDatabase(onServer)
  return onServer
}

/** Begins a trouble, in the first rounds of one request one way. */
type Begin = (life: Life, direction: Direction) => Trouble | null

async function inALife<T>(live: (life: Life) => Promise<T>): Promise<T> {
  const it = await startTestOffice(await emptied())
  const stands = new Map<string, Stand>()
  try {
    for (const { system, start } of connected) stands.set(system, await start(it))
    const answer = await live({ it, stands, each: (ask) => [...stands.values()].map(ask) })
    expect(await it.intact()).toBe(true)
    expect(it.reported).toEqual([])
    return answer
  } finally {
    for (const stand of stands.values()) await stand.close()
    await it.close()
  }
}

function outside({ each }: Life): World {
  return {
    async goesOn() {
      await Promise.all(each((stand) => stand.goesOn?.()))
    },
    async byHand(step) {
      await Promise.all(each((stand) => stand.byHand?.(step)))
    },
    async looks(step) {
      const looked = await Promise.all(each((stand) => stand.looks?.(step) ?? null))
      return looked.find((one) => one !== null) ?? 'ours'
    },
  }
}

/** What is said to be verified, or was seen by a second person, is as the system itself has it. */
async function nothingIsUntrue({ it, stands }: Life, request: string, direction: Direction): Promise<void> {
  for (const step of await it.steps(request, direction)) {
    if (!isClosed(step)) continue
    for (const [name, stand] of stands) {
      const isThere = stand.isThere(step)
      if (isThere !== null)
        expect(`${name} ${step.key} ${isThere}`).toBe(`${name} ${step.key} ${direction === 'grant'}`)
    }
  }
}

const ending = ({ key }: StepRow) => `${key}: ${seenByPeopleAlone.includes(key) ? 'seen' : 'verified'}`

/** One request, one way, whole. Answers how often the trouble was met. */
async function carriedOut(life: Life, request: string, direction: Direction, begin: Begin): Promise<number> {
  const { it } = life
  const trouble = begin(life, direction)
  if (trouble) {
    await closeAll(it, request, direction, outside(life), 3)
    await nothingIsUntrue(life, request, direction)
    trouble.end()
  }
  await closeAll(it, request, direction, outside(life))
  const steps = await it.steps(request, direction)
  expect(steps.map(({ key, state }) => `${key}: ${state}`)).toEqual(steps.map(ending))
  await nothingIsUntrue(life, request, direction)
  expect((await it.request(request)).state).toBe(direction === 'grant' ? 'granted' : 'ended')
  expect(trouble?.left() ?? 0).toBe(0)
  return trouble?.met() ?? 0
}

/** Those levels there, and back. Answers how often the trouble was met on each way. */
async function thereAndBack(life: Life, levels: string[], begin: Begin = () => null) {
  const { it } = life
  const met = { grant: 0, revoke: 0 }
  const requests: string[] = []
  for (const level of levels) {
    const request = await it.approved('priya', level)
    requests.push(request)
    met.grant += await carriedOut(life, request, 'grant', begin)
  }
  for (const request of requests.toReversed()) {
    await it.act('dan', 'undo-granted', request, { reason: 'For cause' })
    met.revoke += await carriedOut(life, request, 'revoke', begin)
  }
  const held = it.db.kysely
    .selectFrom('holding')
    .select('grant_key')
    .where('ended_at', 'is', null)
    // It ends only when somebody leaves.
    .where('grant_key', '!=', 'aws-iam-user')
  expect(await held.execute()).toEqual([])
  return met
}

const changesIn = ({ stands }: Life) =>
  [...stands].flatMap(([name, stand]) => stand.changes().map((change) => `${name}: ${change}`)).toSorted()

const known = new Map<string, string[]>()

/** What those levels change where nothing is in trouble, found out once for all tests. */
async function undisturbed(levels: string[]): Promise<string[]> {
  const before = known.get(levels.join())
  if (before) return before
  return inALife(async (life) => {
    await thereAndBack(life, levels)
    const changed = changesIn(life)
    known.set(levels.join(), changed)
    return changed
  })
}

const deployAndAdmin = ['deploy', 'admin']

test('Deploy and Admin are granted and revoked whole, with every connected system at once', {
  timeout: LONG,
}, async () => {
  const changed = await undisturbed(deployAndAdmin)
  expect(changed).toContainEqual(expect.stringMatching(/^GitHub teams: PUT .*production-deploy.*priya-s$/))
  expect(changed.filter((change) => change.endsWith(': merged'))).toEqual(
    ['Add Priya Shah to', 'Remove Priya Shah from'].flatMap((title) =>
      ['role_admin_user_arns', 'role_user_user_arns'].map((list) => `Lists in a repository: ${title} ${list}: merged`),
    ),
  )
})

test('Admin alone is granted and revoked whole, and granted anew to whoever comes back', {
  timeout: LONG,
  ...covers('Logit', 'revoke', 'restore'),
}, async () => {
  await inALife(async (life) => {
    const { it, each } = life
    await thereAndBack(life, ['admin'])
    known.set('admin', changesIn(life))
    const request = await it.approved('priya', 'admin')
    const whatIsThere = async () =>
      (await it.steps(request)).flatMap((step) => each((stand) => stand.isThere(step))).filter((is) => is !== null)
    expect(await whatIsThere()).not.toContain(true)
    await carriedOut(life, request, 'grant', () => null)
    expect(await whatIsThere()).not.toContain(false)
  })
})

describe.each(connected)('with $system', ({ system, levels, cannot }) => {
  const [first] = levels
  const whole = first === 'deploy' ? deployAndAdmin : levels
  for (const which of troubles)
    if (!cannot?.[which])
      test(`${which}: nothing is done twice, and nothing is called done that is not`, {
        timeout: LONG,
        ...covers(system, `trouble: ${which}`),
      }, async () => {
        const wanted = await undisturbed(whole)
        await inALife(async (life) => {
          const met = await thereAndBack(life, whole, ({ stands }, direction) => {
            const stand = stands.get(system)
            if (!stand) throw new Error(`${system} does not stand here`)
            return stand.begin(which, direction)
          })
          expect(Math.min(met.grant, met.revoke)).toBeGreaterThan(0)
          expect(changesIn(life)).toEqual(wanted)
        })
      })
})
