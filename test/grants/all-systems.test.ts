import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { testDatabase } from '../db/database.ts'
import { covers } from '../systems/covers.ts'
import { connected, type Stand, type Trouble, troubles } from './connected.ts'
import { closeAll } from './granted.ts'
import { startTestOffice, type TestOffice } from './office.ts'

/**
 * Deploy and Admin granted and revoked whole with every connected system at once, and again with each in trouble:
 * nothing is done twice, and nothing is called done that is not, both told by the systems' own histories.
 */

/** Whole requests with seven systems: on a busy machine that takes its time. In milliseconds. */
const LONG = 240_000

let it: TestOffice & { close(): Promise<void> }
let stands: Map<string, Stand>

beforeEach(async () => {
  it = await startTestOffice(await testDatabase())
  stands = new Map()
  for (const [name, start] of Object.entries(connected)) stands.set(name, await start(it))
})
afterEach(async () => {
  expect(await it.intact()).toBe(true)
  for (const stand of stands.values()) await stand.close()
  await it.close()
})

const outside = {
  goesOn: () => {
    for (const stand of stands.values()) stand.goesOn?.()
  },
  byHand: (step: Parameters<NonNullable<Stand['byHand']>>[0]) => {
    for (const stand of stands.values()) stand.byHand?.(step)
  },
}

/** What is said to be verified is as the system itself has it. */
async function nothingIsUntrue(request: string, direction: 'grant' | 'revoke'): Promise<void> {
  for (const step of await it.steps(request, direction)) {
    if (step.state !== 'verified') continue
    for (const [name, stand] of stands) {
      const isThere = stand.isThere(step)
      if (isThere !== null)
        expect(`${name} ${step.key} ${isThere}`).toBe(`${name} ${step.key} ${direction === 'grant'}`)
    }
  }
}

/** Of every step that a system knows of: whether it has what the step gives. */
async function whatIsThere(request: string): Promise<boolean[]> {
  const steps = await it.steps(request)
  const found = steps.flatMap((step) => [...stands.values()].map((stand) => stand.isThere(step)))
  return found.filter((isThere) => isThere !== null)
}

/** One level or both, there and back. @param during what happens outside while a request is carried out the first time */
async function thereAndBack(levels: string[], during: (go: () => Promise<void>) => Promise<void>): Promise<string[]> {
  const requests: string[] = []
  for (const level of levels) {
    const request = await it.approved('priya', level)
    requests.push(request)
    await during(async () => {
      await closeAll(it, request, 'grant', outside, 3)
      await nothingIsUntrue(request, 'grant')
    })
    expect(await closeAll(it, request, 'grant', outside)).toBe(true)
    await nothingIsUntrue(request, 'grant')
    expect((await it.request(request)).state).toBe('granted')
  }
  for (const request of requests.toReversed()) {
    await it.act('dan', 'undo-granted', request, { reason: 'For cause' })
    await during(async () => {
      await closeAll(it, request, 'revoke', outside, 3)
      await nothingIsUntrue(request, 'revoke')
    })
    expect(await closeAll(it, request, 'revoke', outside)).toBe(true)
    await nothingIsUntrue(request, 'revoke')
    expect((await it.request(request)).state).toBe('ended')
  }
  expect(it.reported).toEqual([])
  expect(await it.db.kysely.selectFrom('holding').select('grant_key').where('ended_at', 'is', null).execute()).toEqual(
    [],
  )
  return [...stands].flatMap(([name, stand]) => stand.changes().map((change) => `${name}: ${change}`))
}

/** What Admin, which holds all of Deploy, changes where nothing is in trouble. */
let undisturbed: string[] | null = null

test('Deploy and Admin are granted and revoked whole, with every connected system at once', {
  timeout: LONG,
}, async () => {
  const changed = await thereAndBack(['deploy', 'admin'], (go) => go())
  expect(changed).toContainEqual(expect.stringMatching(/^github: PUT .*production-deploy.*priya-s$/))
  expect(new Set(changed).size).toBe(changed.length)
})

test('Admin alone is granted and revoked whole, and granted anew to whoever comes back', {
  timeout: LONG,
  ...covers('Logit', 'revoke', 'restore'),
}, async () => {
  undisturbed = await thereAndBack(['admin'], (go) => go())
  expect(new Set(undisturbed).size).toBe(undisturbed.length)
  const request = await it.approved('priya', 'admin')
  expect(await whatIsThere(request)).not.toContain(true)
  expect(await closeAll(it, request, 'grant', outside)).toBe(true)
  expect(await whatIsThere(request)).not.toContain(false)
  expect((await it.request(request)).state).toBe('granted')
})

describe.each(Object.keys(connected))('with %s', (name) => {
  test.each<Trouble>([...troubles])(
    '%s: nothing is done twice, and nothing is called done that is not',
    { timeout: LONG },
    async (which) => {
      const changed = await thereAndBack(['admin'], async (go) => {
        const end = stands.get(name)?.trouble(which)
        await go()
        end?.()
      })
      if (undisturbed) expect(changed.toSorted()).toEqual(undisturbed.toSorted())
    },
  )
})
