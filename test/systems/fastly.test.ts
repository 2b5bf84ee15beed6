import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Observation, StepOrder, SystemAdapter } from '../../server/grants/system.ts'
import { createFastlyClient } from '../../server/systems/fastly/client.ts'
import { createFastly } from '../../server/systems/fastly/users.ts'
import { type LocalFastly, startLocalFastly } from '../local-systems/fastly.ts'
import { covers } from './covers.ts'
import { groupOrder } from './orders.ts'

const email = 'priya.shah@example.gov.uk'
let local: LocalFastly
let fastly: SystemAdapter
let time: Date

beforeEach(async () => {
  time = new Date('2026-11-02T09:00:00Z')
  local = await startLocalFastly({ now: () => time })
  fastly = adapterWith(local.token)
})
afterEach(() => {
  vi.unstubAllGlobals()
  return local.close()
})

function adapterWith(token: string, timeOutMs?: number): SystemAdapter {
  return createFastly({ client: clientWith(token, timeOutMs), now, today: now })
}

const now = () => time
const clientWith = (token: string, timeOutMs?: number) =>
  createFastlyClient({ apiUrl: `${local.origin}/api`, token }, now, timeOutMs)

/** What happens outside right after our first call of one look. */
function meanwhile(happens: () => void): SystemAdapter {
  const client = clientWith(local.token)
  let calls = 0
  const call: typeof client.call = async (asked) => {
    const answer = await client.call(asked)
    calls += 1
    if (calls === 1) happens()
    return answer
  }
  return createFastly({ client: { ...client, call }, now, today: now })
}

const order = (change: Partial<StepOrder> = {}, params: Record<string, string> = {}): StepOrder =>
  groupOrder({
    wanted: { value: 'engineer, all services', params: { customer: local.customer, ...params } },
    ...change,
  })
const read = (change: Partial<StepOrder> = {}) => fastly.read(order(change))
const grant = () => fastly.apply([order()])
const revoking = (params: Record<string, string> = {}) => order({ direction: 'revoke' }, params)
const revoke = (params: Record<string, string> = {}) => fastly.apply([revoking(params)])
const days = (count: number) => {
  time = new Date(time.getTime() + count * 86_400_000)
}
const seen = (found: Observation) => ('evidence' in found ? found.evidence : null)

describe('granting', () => {
  test(
    'who has no account is invited as engineer for all services, waits, and counts only once they accepted',
    covers('Fastly', 'read', 'grant', 'wait', 'verify'),
    async () => {
      expect(await read()).toMatchObject({ is: 'absent', evidence: { state: 'none' } })
      expect(await grant()).toMatchObject({
        detail: expect.stringContaining('invite'),
        link: expect.stringMatching(/^https/),
      })
      expect(local.invitations()).toMatchObject([{ email, role: 'engineer', limit_services: false }])
      expect(await read()).toMatchObject({
        is: 'waiting',
        waitsFor: 'engineer',
        detail: 'Accept the Fastly invitation of 2 November, which came by email.',
        who: email,
      })
      local.accept(email)
      expect(await read()).toMatchObject({ is: 'present', evidence: { roles: 'engineer', allServices: true } })
    },
  )

  test.each(['grant', 'revoke'] as const)(
    'late: whoever accepts between two calls of one look at a %s is seen, and taken for neither lost nor gone',
    async (direction) => {
      const { link } = await grant()
      const lastSeen = seen(await read())
      const late = meanwhile(() => local.accept(email))
      expect(await late.read(order({ direction, lastSeen, sentTo: link }))).toMatchObject({ is: 'present' })
    },
  )

  test.each([
    [{ role: 'user', limit_services: false } as const, 'has the role user, not engineer'],
    [{ role: 'engineer', limit_services: true } as const, 'reaches only some services'],
  ])('the role and all services are two facts: %o is not enough, and is changed', async (has, words) => {
    local.addUser('Priya.Shah@example.gov.uk', has)
    expect(await read()).toMatchObject({ is: 'absent', detail: expect.stringContaining(words) })
    await grant()
    expect(await read()).toMatchObject({ is: 'present' })
    expect(local.writes).toHaveLength(1)
  })

  test('a superuser has more than is asked for, and is not demoted', covers('Fastly', 'read', 'verify'), async () => {
    local.addUser(email, { role: 'superuser', limit_services: true })
    expect(await read()).toMatchObject({ is: 'present', detail: expect.stringContaining('superuser') })
    await grant()
    expect(local.user(email)?.role).toBe('superuser')
    expect(local.writes).toEqual([])
  })

  test.each([{ role: 'billing' } as const, { role: 'user', roles: ['user', 'billing'] } as const])(
    'the other roles of %o would be written over, so a superuser is asked',
    async ({ role, ...more }) => {
      local.addUser(email, { role, ...('roles' in more ? { roles: [...more.roles] } : {}) })
      await expect(grant()).rejects.toMatchObject({
        kind: 'refused-by-rule',
        message: expect.stringContaining('billing'),
      })
      expect(local.writes).toEqual([])
    },
  )

  test('an account with several roles counts by the strongest', async () => {
    local.addUser(email, { role: 'billing', roles: ['billing', 'engineer'], limit_services: false })
    expect(await read()).toMatchObject({ is: 'present' })
  })

  test('locked and deleted accounts are told apart', async () => {
    const user = local.addUser(email, { role: 'engineer', limit_services: false, locked: true })
    await expect(read()).rejects.toMatchObject({ kind: 'forbidden', message: expect.stringContaining('locked') })
    user.role = 'user'
    await expect(grant()).rejects.toMatchObject({ kind: 'forbidden', remedy: expect.stringContaining('unlocks') })
    user.deleted_at = time.toISOString()
    expect(await read()).toMatchObject({ is: 'absent', evidence: { state: 'deleted' } })
    await grant()
    expect(await read()).toMatchObject({ is: 'waiting' })
  })

  test('an invitation with less is replaced, and does not stand in the way', async () => {
    await fastly.apply([order({ wanted: { value: 'user', params: { customer: local.customer } } })])
    expect(await read()).toMatchObject({ is: 'absent', detail: expect.stringContaining('with less') })
    await grant()
    expect(local.invitations()).toMatchObject([{ role: 'engineer', limit_services: false }])
  })

  test(
    'an invitation that ran out is told apart from one that was withdrawn, and only a person has it sent again',
    covers('Fastly', 'wait'),
    async () => {
      await grant()
      const lastSeen = seen(await read())
      days(7)
      const sentTo = 'https://manage.fastly.com/account/users'
      expect(await read({ sentTo, lastSeen })).toMatchObject({
        is: 'refused',
        detail: expect.stringContaining('ran out'),
        evidence: { invitation: 'expired' },
      })
      expect(local.writes).toHaveLength(1)
      // Somebody let it be tried anew: nothing was sent yet, as far as this step knows.
      expect(await read({ lastSeen })).toMatchObject({ is: 'absent' })
      await grant()
      const again = seen(await read())
      local.invitations().length = 0
      expect(await read({ sentTo, lastSeen: again })).toMatchObject({
        is: 'refused',
        evidence: { invitation: 'withdrawn' },
      })
    },
  )

  test(
    'a role that we cannot grant, and an account that is not configured, are matters of whoever runs this',
    covers('Fastly', 'error: invalid'),
    async () => {
      const wanted = { value: 'superuser', params: { customer: local.customer } }
      await expect(fastly.read(order({ wanted }))).rejects.toMatchObject({ kind: 'invalid' })
      await expect(fastly.read(order({ wanted: { value: 'user', params: {} } }))).rejects.toMatchObject({
        kind: 'invalid',
      })
      await expect(fastly.read(order({}, { customer: 'another' }))).rejects.toMatchObject({
        kind: 'invalid',
        remedy: expect.stringContaining('installation file'),
      })
    },
  )
})

describe('revoking', () => {
  test('tokens go first, then the account, and nothing is left', covers('Fastly', 'revoke'), async () => {
    const user = local.addUser(email, { role: 'engineer', limit_services: false })
    local.addTokenOf(user)
    local.addTokenOf(user)
    local.addTokenOf(local.addUser('dan.reyes@example.gov.uk'))
    expect(await fastly.read(revoking())).toMatchObject({ is: 'present' })
    await revoke()
    expect(local.writes.map((write) => write.replace(/\w+$/, ''))).toEqual([
      'DELETE /tokens/',
      'DELETE /tokens/',
      'DELETE /user/',
    ])
    expect(await fastly.read(revoking())).toMatchObject({ is: 'absent', evidence: { state: 'deleted' } })
  })

  test('an open invitation is withdrawn, so that it cannot be accepted later', covers('Fastly', 'revoke'), async () => {
    await grant()
    expect(await fastly.read(revoking())).toMatchObject({ is: 'present', evidence: { state: 'invited' } })
    await revoke()
    expect(local.invitations()).toEqual([])
    expect(await fastly.read(revoking())).toMatchObject({ is: 'absent' })
  })

  test(
    'where another request keeps a lower value, the account is set back to it and stays',
    covers('Fastly', 'revoke'),
    async () => {
      local.addUser(email, { role: 'engineer', limit_services: false })
      await revoke({ keeps: 'user' })
      expect(local.user(email)).toMatchObject({ role: 'user', limit_services: true })
      expect(await fastly.read(revoking({ keeps: 'user' }))).toMatchObject({ is: 'absent' })
      expect(await fastly.read(revoking())).toMatchObject({ is: 'present' })
    },
  )

  test('half of it is not all of it: engineer for some services is still more than user', async () => {
    local.addUser(email, { role: 'engineer', limit_services: true })
    expect(await fastly.read(revoking({ keeps: 'user' }))).toMatchObject({ is: 'present' })
  })

  test.each(['superuser', 'billing'] as const)('whoever is %s is left to a superuser', async (role) => {
    local.addUser(email, { role })
    expect(await fastly.read(revoking())).toMatchObject({ is: 'present', detail: expect.stringContaining(role) })
    await expect(revoke()).rejects.toMatchObject({ kind: 'refused-by-rule' })
    expect(local.user(email)).not.toBeNull()
  })

  test('the account that our own token belongs to is never deleted', async () => {
    const user = local.addUser(email, { role: 'engineer', limit_services: false })
    local.addToken('token-of-priya-0123456789', { user_id: user.id })
    await expect(adapterWith('token-of-priya-0123456789').apply([revoking()])).rejects.toMatchObject({
      kind: 'refused-by-rule',
      message: expect.stringContaining('own Fastly token'),
    })
  })

  test('whoever changed their address there since is found by what was seen when access was given', async () => {
    const user = local.addUser(email, { role: 'engineer', limit_services: false })
    const sees = seen(await read())
    user.login = 'private@example.com'
    local.addTokenOf(user)
    const back = (change: Partial<StepOrder> = {}) => order({ direction: 'revoke', seen: sees, ...change })
    expect(await fastly.read(back())).toMatchObject({
      is: 'present',
      detail: `${email} is engineer in Fastly, by another address there.`,
    })
    // What was seen of another account of the company says nothing here.
    expect(await fastly.read(back({ seen: { ...sees, customer: 'another' } }))).toMatchObject({ is: 'absent' })
    for (const work of [() => read({ seen: sees }), () => fastly.apply([order({ seen: sees })])])
      await expect(work()).rejects.toMatchObject({ message: expect.stringContaining('goes by another address') })
    expect(local.writes).toEqual([])
    // A second account at the old address hides nothing.
    local.addUser(email, { role: 'engineer', limit_services: false })
    await fastly.apply([back()])
    expect(user.deleted_at).not.toBeNull()
    expect(local.tokensOf(user)).toEqual([])
    expect(await fastly.read(back())).toMatchObject({ is: 'absent', evidence: { state: 'deleted' } })
  })

  test('is not called gone while Fastly does not show who is invited', async () => {
    const own = fetch
    vi.stubGlobal('fetch', (url: URL, init: RequestInit) =>
      url.pathname.endsWith('/invitations') ? new Response(null, { status: 404 }) : own(url, init),
    )
    for (const work of [() => fastly.read(revoking()), () => revoke()])
      await expect(work()).rejects.toMatchObject({
        kind: 'invalid',
        message: expect.stringContaining('does not show us who is invited'),
      })
  })

  test('and granting anew restores it', covers('Fastly', 'restore'), async () => {
    local.addUser(email, { role: 'engineer', limit_services: false })
    await revoke()
    await grant()
    local.accept(email)
    expect(await read()).toMatchObject({ is: 'present' })
  })
})

describe('faults', () => {
  test(
    'after a lost answer a read finds the invitation, and acting again does nothing twice',
    covers('Fastly', 'fault: lost-answer', 'error: transient'),
    async () => {
      local.faults.next('lost-answer', 'POST')
      await expect(grant()).rejects.toMatchObject({ kind: 'transient' })
      expect(await read()).toMatchObject({ is: 'waiting' })
      await grant()
      expect(local.writes).toEqual(['POST /invitations'])
      expect(local.invitations()).toHaveLength(1)
    },
  )

  test('a change whose answer is lost is found done', async () => {
    local.addUser(email, { role: 'user' })
    local.faults.next('lost-answer', 'PUT')
    await expect(grant()).rejects.toMatchObject({ kind: 'transient' })
    expect(await read()).toMatchObject({ is: 'present' })
    await grant()
    expect(local.writes).toHaveLength(1)
  })

  test('a revocation that stops halfway goes on where it stopped', async () => {
    const user = local.addUser(email, { role: 'engineer', limit_services: false })
    local.addTokenOf(user)
    local.faults.next('lost-answer', 'DELETE tokens')
    await expect(revoke()).rejects.toMatchObject({ kind: 'transient' })
    expect(await fastly.read(revoking())).toMatchObject({ is: 'present' })
    local.faults.next('lost-answer', 'DELETE user')
    await expect(revoke()).rejects.toMatchObject({ kind: 'transient' })
    expect(await fastly.read(revoking())).toMatchObject({ is: 'absent' })
    await revoke()
    expect(local.writes).toHaveLength(2)
  })

  test.each([
    ['too-many', { kind: 'throttled' }, 1],
    ['server-error', { kind: 'transient' }, 2],
    ['truncated', { kind: 'transient' }, 2],
    ['lost-answer', { kind: 'transient' }, 2],
    ['forbidden', { kind: 'forbidden' }, 1],
  ] as const)(
    '%s is told as what it is',
    covers('Fastly', 'fault: too-many', 'fault: server-error', 'fault: truncated'),
    async (fault, expected, times) => {
      for (let time = 0; time < times; time += 1) local.faults.next(fault, 'GET')
      await expect(read()).rejects.toMatchObject(expected)
      expect(local.faults.left()).toBe(0)
      expect(local.writes).toEqual([])
    },
  )

  test(
    'an answer that never comes, or too late, ends in time as "we do not know", and nothing is done twice',
    covers('Fastly', 'fault: no-answer', 'fault: slow'),
    async () => {
      local.faults.next('no-answer')
      await expect(adapterWith(local.token, 100).read(order())).rejects.toMatchObject({ kind: 'transient' })
      local.faults.next('slow', 'POST')
      await expect(adapterWith(local.token, 100).apply([order()])).rejects.toMatchObject({ kind: 'transient' })
      await grant()
      expect(local.writes).toHaveLength(1)
    },
  )

  test(
    'an invitation that somebody else sent in between is read again',
    covers('Fastly', 'error: conflict'),
    async () => {
      const first = fastly.apply([order()])
      await Promise.allSettled([first, fastly.apply([order()])])
      expect(local.invitations()).toHaveLength(1)
      expect(await read()).toMatchObject({ is: 'waiting' })
    },
  )

  test.each(['users', 'PUT'])(
    'an answer about somebody else is refused (%s)',
    covers('Fastly', 'fault: somebody-else'),
    async (where) => {
      local.addUser(email, { role: 'user' })
      local.faults.next('somebody-else', where)
      await expect(grant()).rejects.toMatchObject({ kind: 'invalid', message: expect.stringContaining('somebody') })
    },
  )

  test('an invitation that is answered with another address is refused', async () => {
    local.faults.next('somebody-else', 'POST')
    await expect(grant()).rejects.toMatchObject({ kind: 'invalid' })
  })

  test(
    '1,000 changes an hour: when Fastly says that none is left, none goes out until the next hour',
    covers('Fastly', 'error: throttled'),
    async () => {
      local.policy.changesAnHour = 1
      await grant()
      await expect(revoke()).rejects.toMatchObject({ kind: 'throttled' })
      expect(local.writes).toHaveLength(1)
      // Reading is not counted.
      expect(await read()).toMatchObject({ is: 'waiting' })
      days(1 / 24)
      await revoke()
      expect(local.invitations()).toEqual([])
    },
  )

  test(
    'credentials that are not accepted, and a token that may only read, name the remedy and no token',
    covers('Fastly', 'error: unauthorised', 'error: forbidden', 'fault: forbidden'),
    async () => {
      const wrong = adapterWith('wrong-token-0123456789').read(order())
      await expect(wrong).rejects.toMatchObject({
        kind: 'unauthorised',
        remedy: expect.stringContaining('Fastly credentials'),
      })
      await expect(wrong).rejects.not.toThrow('wrong-token')
      local.addToken('reads-only-0123456789', { scope: 'global:read' })
      await expect(adapterWith('reads-only-0123456789').apply([order()])).rejects.toMatchObject({ kind: 'forbidden' })
    },
  )

  test(
    'accounts that an identity provider makes are managed elsewhere, and are still read',
    covers('Fastly', 'error: managed-elsewhere'),
    async () => {
      const provisioned = { provisionedBy: 'Okta' }
      await expect(fastly.apply([order({}, provisioned)])).rejects.toMatchObject({
        kind: 'managed-elsewhere',
        remedy: expect.stringContaining('Okta'),
      })
      expect(await fastly.read(order({}, provisioned))).toMatchObject({ is: 'absent' })
      local.policy.provisioned = true
      await expect(grant()).rejects.toMatchObject({ kind: 'managed-elsewhere' })
    },
  )
})

describe('health', () => {
  test('says whether Fastly answers, the least rights, and when our token ends', async () => {
    expect(await fastly.health()).toMatchObject({
      state: 'ok',
      leastRights: expect.stringContaining('global'),
      expiresAt: new Date('2027-06-30T00:00:00Z'),
    })
    local.addToken('reads-only-0123456789', { scope: 'global:read' })
    expect(await adapterWith('reads-only-0123456789').health()).toMatchObject({
      state: 'failing',
      sentence: expect.stringContaining('only read'),
    })
    const withCustomer = (customer: string) =>
      createFastly({ client: clientWith(local.token), now, today: now, customers: [customer] }).health()
    expect(await withCustomer(local.customer)).toMatchObject({ state: 'ok' })
    expect(await withCustomer('another')).toMatchObject({
      state: 'failing',
      sentence: expect.stringContaining('Fastly'),
    })
    local.faults.down = true
    expect(await fastly.health()).toMatchObject({ state: 'failing' })
  })
})

describe('a grant that must stop', () => {
  test('takes an open invitation back, also after a lost answer, so that nobody accepts it afterwards', async () => {
    await grant()
    local.faults.next('lost-answer', 'DELETE invitations')
    await expect(fastly.withdraw?.(order())).rejects.toMatchObject({ kind: 'transient' })
    await fastly.withdraw?.(order())
    expect(local.invitations()).toEqual([])
    expect((await read()).is).not.toBe('waiting')
  })

  test('leaves whoever has accepted: that is for a revocation', async () => {
    local.addUser(email, { role: 'engineer', limit_services: false })
    expect(await fastly.withdraw?.(order())).toMatchObject({ detail: 'No invitation was open.' })
    expect(local.user(email)?.role).toBe('engineer')
  })
})
