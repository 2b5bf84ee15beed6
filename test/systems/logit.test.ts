import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StepOrder, SystemAdapter } from '../../server/grants/system.ts'
import { createLogit } from '../../server/systems/logit/logit.ts'
import { type LocalLogit, startLocalLogit } from '../local-systems/logit.ts'
import { covers } from './covers.ts'
import { connectedWith } from './environment.ts'
import { teamOrder } from './orders.ts'

let local: LocalLogit
let logit: SystemAdapter
const connect = (change: { apiKey?: string; account?: string; timeOutMs?: number } = {}) =>
  createLogit({
    apiUrl: local.origin,
    apiKey: change.apiKey ?? local.apiKey,
    account: change.account ?? local.account,
    now: () => new Date('2026-11-02T09:00:00Z'),
    ...(change.timeOutMs ? { timeOutMs: change.timeOutMs } : {}),
  })
beforeEach(async () => {
  local = await startLocalLogit()
  logit = connect()
})
afterEach(() => local.close())

const email = 'priya.shah@example.gov.uk'
const order = (change: Partial<StepOrder> = {}): StepOrder =>
  teamOrder({
    account: { kind: 'email', id: email, name: email },
    wanted: { value: 'Member of GOV.UK Users', params: { team: 'GOV.UK Users', account: local.account } },
    method: 'task',
    ...change,
  })

describe('whether somebody has signed in to Logit', () => {
  test(
    'is seen once they did, whatever the case of their address; the team is never told',
    covers('Logit', 'read', 'wait'),
    async () => {
      expect(await logit.read(order())).toEqual({
        is: 'cannot-tell',
        detail: expect.stringContaining('sign in once first'),
      })
      local.signIn('Priya.Shah@example.gov.uk')
      expect(await logit.read(order())).toMatchObject({ is: 'cannot-tell', ownPartSeen: true })
      local.setInTeam('GOV.UK Users', 'Priya.Shah@example.gov.uk', true)
      expect(await logit.read(order())).toMatchObject({ is: 'cannot-tell' })
    },
  )

  test('says nothing about a revocation: who is not listed may be there all the same', async () => {
    expect(await logit.read(order({ direction: 'revoke' }))).toMatchObject({ is: 'cannot-tell' })
  })

  test('is not read where the target names no account', async () => {
    const bare = order({ wanted: { value: 'Member', params: { team: 'GOV.UK Users' } } })
    expect([logit.reads?.(order()), logit.reads?.(bare)]).toEqual([true, false])
    expect(await logit.read(bare)).toMatchObject({ is: 'cannot-tell' })
  })

  test('is only ever read: nothing is changed in Logit', async () => {
    await logit.read(order())
    await expect(logit.apply([order()])).rejects.toMatchObject({ kind: 'invalid' })
    expect(local.requests.every(({ method }) => method === 'GET')).toBe(true)
  })
})

describe('when Logit does not answer as it should', () => {
  const failures = [
    ['forbidden', 'forbidden'],
    ['too-many', 'throttled'],
    ['truncated', 'transient'],
  ] as const
  for (const [fault, kind] of failures)
    test(fault, covers('Logit', `fault: ${fault}`, `error: ${kind}`), async () => {
      local.faults.next(fault)
      local.faults.next(fault)
      await expect(logit.read(order())).rejects.toMatchObject({ kind })
    })

  for (const fault of ['no-answer', 'slow', 'lost-answer'] as const)
    test(
      `${fault}: ends in time as "we do not know"`,
      covers('Logit', `fault: ${fault}`, 'error: transient'),
      async () => {
        local.signIn(email)
        const impatient = connect({ timeOutMs: 100 })
        local.faults.next(fault)
        local.faults.next(fault)
        await expect(impatient.read(order())).rejects.toMatchObject({ kind: 'transient' })
      },
    )

  test('a list of other people shows nobody as signed in', covers('Logit', 'fault: somebody-else'), async () => {
    local.signIn(email)
    local.faults.next('somebody-else')
    expect(await logit.read(order())).toMatchObject({
      is: 'cannot-tell',
      detail: expect.stringContaining('does not list'),
    })
    expect(await logit.read(order())).toMatchObject({ ownPartSeen: true })
  })

  test('a server error once is asked again by itself', covers('Logit', 'fault: server-error'), async () => {
    local.faults.next('server-error')
    local.signIn(email)
    expect(await logit.read(order())).toMatchObject({ ownPartSeen: true })
  })

  test(
    'a wrong key and a wrong account are for whoever runs this server, and no word says the key',
    covers('Logit', 'error: unauthorised', 'error: invalid'),
    async () => {
      const wrong = connect({ apiKey: 'wrong-key-0123456789' })
      await expect(wrong.read(order())).rejects.toMatchObject({ kind: 'unauthorised' })
      expect(await wrong.health()).toMatchObject({
        state: 'failing',
        sentence: 'Logit does not accept our credentials.',
      })
      expect(await connect({ account: 'another' }).health()).toMatchObject({
        state: 'failing',
        sentence: 'Logit does not know the account that was named.',
      })
    },
  )

  test('health says the least rights, and that nobody tells when the key ends', async () => {
    expect(await logit.health()).toMatchObject({
      state: 'ok',
      leastRights: expect.stringContaining('only a member'),
      expiresAt: null,
    })
  })
})

describe('configuration', () => {
  const folder = mkdtempSync(join(tmpdir(), 'logit-configured-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const key = { LOGIT_API_KEY: 'local-logit-key-0123456789' }
  const targets = { 'logit:users': { team: 'GOV.UK Users', account: 'a-1' } }

  test('without the variable Logit is not connected; with it and an account it is read', () => {
    expect(connectedWith(folder, {}).get('logit')).toBeUndefined()
    const found = connectedWith(folder, key, { targets }).get('logit')
    expect([found?.can, found?.reads?.(order())]).toEqual([[], true])
  })

  test('a key without an account stops the start', () => {
    const bare = { 'logit:users': { team: 'GOV.UK Users' } }
    expect(() => connectedWith(folder, key, { targets: bare })).toThrow('LOGIT_API_KEY is set')
  })
})
