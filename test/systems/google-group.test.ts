import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type StepOrder, type SystemAdapter, SystemFailure } from '../../server/grants/system.ts'
import { createGoogleClient } from '../../server/systems/google/client.ts'
import { createGoogleGroup } from '../../server/systems/google/group.ts'
import { createGoogleTokens } from '../../server/systems/google/tokens.ts'
import { type LocalGoogle, startLocalGoogle } from '../local-systems/google.ts'
import { covers } from './covers.ts'
import { googleGroup as group, groupOrder } from './orders.ts'

/** Membership of a Google Group: given, seen, taken back, and everything that Google documents as going wrong. */

let google: LocalGoogle
let adapter: SystemAdapter
let time: Date

const DAYS = 24 * 3_600_000
const priya = 'priya.shah@example.gov.uk'
const revoke = groupOrder({ direction: 'revoke' })
const writes = () => google.calls.filter(({ method }) => method !== 'GET')

beforeEach(async () => {
  time = new Date('2026-11-24T10:00:00Z')
  google = await startLocalGoogle({ now: () => time })
  google.addGroup(group, 'Production access')
  adapter = adapterFor(google)
})
afterEach(async () => {
  vi.unstubAllGlobals()
  // Throws where anything that was asked or answered is not as Google's own description has it.
  await google.close()
})

function adapterFor(local: LocalGoogle): SystemAdapter {
  const tokens = createGoogleTokens(local.tokens.key, { now: () => time, tokensFrom: local.tokensUrl })
  const client = createGoogleClient({ apiUrl: local.origin, tokens, now: () => time, timeOutMs: 300 })
  return createGoogleGroup(client, [group], () => time)
}

describe('granting', () => {
  test(
    'adds a plain member, is read back, and says that projects may see it a day later',
    covers('Google group', 'read', 'grant', 'verify', 'description: Cloud Identity v1'),
    async () => {
      expect(await adapter.read(groupOrder())).toMatchObject({ is: 'absent', detail: `${priya} is not in ${group}.` })
      expect(await adapter.apply([groupOrder()])).toMatchObject({
        detail: `Asked Google to add ${priya} to ${group}.`,
        link: 'https://groups.example.gov.uk/',
      })
      expect(await adapter.read(groupOrder())).toEqual({
        is: 'present',
        detail: `${priya} is in ${group}.`,
        evidence: { group, role: 'member', endsAt: null },
        effectiveWithinMs: 1 * DAYS,
      })
      expect(writes()[0]?.body).toEqual({ preferredMemberKey: { id: priya }, roles: [{ name: 'MEMBER' }] })
    },
  )

  test('asking twice adds once', covers('Google group', 'grant'), async () => {
    await adapter.apply([groupOrder()])
    expect(await adapter.apply([groupOrder()])).toMatchObject({ detail: `${priya} was in ${group} already.` })
    expect(writes()).toHaveLength(1)
  })

  test(
    'a membership that Google shows late is not made twice: "exists already" is no trouble',
    covers('Google group', 'grant', 'wait', 'verify'),
    async () => {
      google.settleMs = 60_000
      await adapter.apply([groupOrder()])
      expect(await adapter.read(groupOrder())).toMatchObject({ is: 'absent' })
      expect(await adapter.apply([groupOrder()])).toMatchObject({ detail: `${priya} was in ${group} already.` })
      expect(writes().map(({ status }) => status)).toEqual([200, 409])
      time = new Date(time.getTime() + 60_000)
      expect(await adapter.read(groupOrder())).toMatchObject({ is: 'present' })
    },
  )

  test.each([
    ['MANAGER', 'They are a manager of it, which is left as it is.'],
    ['OWNER', 'They are an owner of it, which is left as it is.'],
  ] as const)('%s of the group is a member already, and is left as they are', async (role, words) => {
    google.addMember(group, priya, role)
    expect(await adapter.read(groupOrder())).toMatchObject({ is: 'present', detail: expect.stringContaining(words) })
    await adapter.apply([groupOrder()])
    expect(google.roleOf(group, priya)).toBe(role)
    expect(writes()).toEqual([])
  })

  test('addresses are one in any capitals', async () => {
    google.addMember(group, 'Priya.Shah@Example.gov.uk')
    expect(await adapter.read(groupOrder())).toMatchObject({ is: 'present' })
  })

  test('a membership that Google ends by itself is told with its day, and is none afterwards', async () => {
    google.addMember(group, priya, 'MEMBER', '2026-12-01T10:00:00Z')
    expect(await adapter.read(groupOrder())).toMatchObject({
      is: 'present',
      detail: `${priya} is in ${group}. It ends by itself on 1 December 2026.`,
      evidence: { endsAt: '2026-12-01T10:00:00.000Z' },
    })
    time = new Date('2026-12-01T10:00:00Z')
    expect(await adapter.read(groupOrder())).toMatchObject({ is: 'absent' })
  })

  test(
    'an address that the group does not take is the engineer’s to mend',
    covers('Google group', 'error: unknown-person'),
    async () => {
      const outside = groupOrder({ account: { kind: 'email', id: 'priya@example.com', name: 'priya@example.com' } })
      await expect(adapter.apply([outside])).rejects.toMatchObject({
        kind: 'unknown-person',
        message: `Google does not take priya@example.com as a member of ${group}.`,
      })
    },
  )
})

describe('an end of its own', () => {
  const ending = (parameters: Record<string, string>, change: Partial<StepOrder> = {}) => {
    const { wanted } = groupOrder()
    return groupOrder({ wanted: { ...wanted, params: { ...wanted.params, ...parameters } }, ...change })
  }
  const untilMarch = ending({ endsOn: '2027-03-31' })

  test(
    'is set with the membership, read back, and carried out by Google alone',
    covers('Google group', 'grant', 'verify', 'description: Cloud Identity v1'),
    async () => {
      expect(await adapter.apply([untilMarch])).toMatchObject({
        detail: `Asked Google to add ${priya} to ${group} until 31 March 2027.`,
      })
      expect(await adapter.read(untilMarch)).toMatchObject({
        is: 'present',
        detail: `${priya} is in ${group}. It ends by itself on 31 March 2027.`,
        evidence: { endsAt: '2027-03-31T22:59:59.000Z' },
      })
      time = new Date('2027-03-31T23:00:00Z')
      expect(await adapter.read(untilMarch)).toMatchObject({ is: 'absent' })
    },
  )

  test('may be a number of days, which run from when it is given', async () => {
    const order = ending({ endsAfterDays: '90' })
    await adapter.apply([order])
    expect(await adapter.read(order)).toMatchObject({ evidence: { endsAt: '2027-02-22T10:00:00.000Z' } })
    time = new Date('2027-02-01T10:00:00Z')
    expect(await adapter.read(order)).toMatchObject({ is: 'present' })
  })

  test(
    'that this edition refuses is left out, and that is said rather than kept quiet',
    covers('Google group', 'grant', 'read'),
    async () => {
      google.edition = 'basic'
      expect(await adapter.apply([untilMarch])).toMatchObject({
        detail: `Asked Google to add ${priya} to ${group}, without an end: Google does not take one here.`,
      })
      expect(writes().map(({ status }) => status)).toEqual([400, 200])
      expect(await adapter.read(untilMarch)).toMatchObject({
        is: 'present',
        detail: `${priya} is in ${group}. Google has no end for it, so it stays until somebody takes it back.`,
        evidence: { endsAt: null },
      })
    },
  )

  test('is not dropped because of an answer that was lost or not understood: only a refusal is one', async () => {
    for (const fault of ['lost-answer', 'truncated', 'server-error'] as const) {
      google.removeMember(group, priya)
      google.faults.next(fault, 'POST memberships')
      await expect(adapter.apply([untilMarch])).rejects.toMatchObject({ kind: 'transient' })
    }
    // The server's error came before anything was looked at.
    expect(writes().map(({ body }) => JSON.stringify(body).includes('expireTime'))).toEqual([true, true])
  })

  test('sooner than approved, from an earlier request, is moved', covers('Google group', 'restore'), async () => {
    google.addMember(group, priya, 'MEMBER', '2026-12-01T10:00:00Z')
    expect(await adapter.read(untilMarch)).toMatchObject({
      is: 'absent',
      detail: `${priya} is in ${group}, and Google ends that on 1 December 2026: sooner than wanted.`,
    })
    expect(await adapter.apply([untilMarch])).toMatchObject({
      detail: `Asked Google to end the membership of ${priya} in ${group} on 31 March 2027.`,
    })
    expect(await adapter.read(untilMarch)).toMatchObject({
      is: 'present',
      evidence: { endsAt: expect.stringMatching(/^2027-03-31/) },
    })
  })

  test(
    'that Google does not let us move is an owner’s to move',
    covers('Google group', 'error: managed-elsewhere'),
    async () => {
      google.edition = 'basic'
      google.addMember(group, priya, 'MEMBER', '2026-12-01T10:00:00Z')
      await expect(adapter.apply([untilMarch])).rejects.toMatchObject({
        kind: 'managed-elsewhere',
        remedy: `An owner of ${group} sets the end to 31 March 2027 or takes it away, then tries again.`,
      })
    },
  )

  test('never shortens what goes on for longer, nor touches who keeps the group', async () => {
    google.addMember(group, priya)
    await adapter.apply([untilMarch])
    google.addMember(group, priya, 'MANAGER', '2026-12-01T10:00:00Z')
    expect(await adapter.read(untilMarch)).toMatchObject({ is: 'present' })
    expect(writes()).toEqual([])
  })

  test('that is over already adds nobody', covers('Google group', 'error: refused-by-rule'), async () => {
    await expect(adapter.apply([ending({ endsOn: '2026-11-23' })])).rejects.toMatchObject({
      kind: 'refused-by-rule',
      message: 'The membership was to end on 23 November 2026, which is over.',
    })
    expect(google.calls).toEqual([])
  })

  test('is not expected of a member whom people add by hand', async () => {
    google.addMember(group, priya)
    expect(await adapter.read({ ...untilMarch, method: 'task' })).toMatchObject({ detail: `${priya} is in ${group}.` })
  })
})

describe('revoking', () => {
  test(
    'removes the member, is read back, and says that sessions may last',
    covers('Google group', 'revoke'),
    async () => {
      google.addMember(group, priya)
      expect(await adapter.read(revoke)).toMatchObject({ is: 'present' })
      await adapter.apply([revoke])
      expect(await adapter.read(revoke)).toEqual({
        is: 'absent',
        detail: `${priya} is not in ${group}.`,
        evidence: { group, role: 'none', throughAnotherGroup: false },
        effectiveWithinMs: 1 * DAYS,
      })
      expect(google.roleOf(group, google.serviceAccount)).toBe('MANAGER')
    },
  )

  test('of somebody who is gone already changes nothing', async () => {
    expect(await adapter.apply([revoke])).toMatchObject({ detail: `${priya} was not in ${group}.` })
    expect(writes()).toEqual([])
  })

  test.each([
    ['MANAGER', 'a manager'],
    ['OWNER', 'an owner'],
  ] as const)(
    'never removes %s of the group by accident: it is told, and somebody else’s turn',
    async (role, words) => {
      google.addMember(group, priya, role)
      expect(await adapter.read(revoke)).toMatchObject({ is: 'present' })
      await expect(adapter.apply([revoke])).rejects.toMatchObject({
        kind: 'managed-elsewhere',
        message: expect.stringContaining(`${priya} is ${words} of ${group}, so they were not removed`),
      })
      expect(google.roleOf(group, priya)).toBe(role)
    },
  )

  test(
    'is not called gone while another group still brings them in',
    covers('Google group', 'revoke', 'error: managed-elsewhere'),
    async () => {
      google.addGroup('leads@example.gov.uk', 'Leads')
      google.addMember('leads@example.gov.uk', priya)
      google.addMember(group, 'leads@example.gov.uk')
      await expect(adapter.read(revoke)).rejects.toMatchObject({
        kind: 'managed-elsewhere',
        message: expect.stringContaining('still in it through another group'),
      })
      google.removeMember('leads@example.gov.uk', priya)
      expect(await adapter.read(revoke)).toMatchObject({ is: 'absent' })
    },
  )

  test('says so where this edition of Google does not tell about other groups', async () => {
    google.edition = 'basic'
    expect(await adapter.read(revoke)).toMatchObject({
      is: 'absent',
      detail: expect.stringContaining('Whether another group brings them in cannot be read here.'),
      evidence: { throughAnotherGroup: null },
    })
  })

  test.each([
    ['a redirect', () => new Response(null, { status: 302, headers: { location: 'https://elsewhere.example.com/' } })],
    ['another shape', () => Response.json({ hasMembership: 'perhaps' })],
    ['nothing but 200', () => new Response(null, { status: 200 })],
    ['a 400', () => Response.json({ error: { code: 400, status: 'INVALID_ARGUMENT' } }, { status: 400 })],
    ['a 403 of somebody in between', () => new Response('<h1>Proxy</h1>', { status: 403 })],
    ['a 404', () => Response.json({ error: { code: 404, status: 'NOT_FOUND' } }, { status: 404 })],
  ])('is not called gone where Google answers %s about other groups', async (_, answer) => {
    const own = fetch
    vi.stubGlobal('fetch', (url: URL, init: RequestInit) =>
      String(url).includes(':checkTransitiveMembership') ? answer() : own(url, init),
    )
    await expect(adapter.read(revoke)).rejects.toBeInstanceOf(SystemFailure)
  })

  test('restored by the same way back', covers('Google group', 'restore'), async () => {
    await adapter.apply([groupOrder()])
    await adapter.apply([revoke])
    await adapter.apply([groupOrder()])
    expect(await adapter.read(groupOrder())).toMatchObject({ is: 'present' })
  })
})

describe('after a lost answer', () => {
  test(
    'to an addition or a removal, the next look finds what was done, and nothing is done twice',
    covers('Google group', 'fault: lost-answer', 'error: transient'),
    async () => {
      google.faults.next('lost-answer', 'POST memberships')
      await expect(adapter.apply([groupOrder()])).rejects.toMatchObject({ kind: 'transient' })
      expect(await adapter.read(groupOrder())).toMatchObject({ is: 'present' })
      google.faults.next('lost-answer', 'DELETE memberships')
      await expect(adapter.apply([revoke])).rejects.toMatchObject({ kind: 'transient' })
      expect(await adapter.read(revoke)).toMatchObject({ is: 'absent' })
      await adapter.apply([revoke])
      expect(writes().map(({ method }) => method)).toEqual(['POST', 'DELETE'])
    },
  )
})

describe('every refusal has its own handling', () => {
  const read = () => adapter.read(groupOrder())

  test(
    'without consent it is led by hand',
    covers('Google group', 'fault: forbidden', 'error: forbidden'),
    async () => {
      google.consent(group, false)
      for (const work of [read, () => adapter.apply([groupOrder()]), () => adapter.read(revoke)])
        await expect(work()).rejects.toMatchObject({
          kind: 'forbidden',
          remedy:
            'An owner of the group makes our service account a manager of it, then tries again; or people do this step by hand.',
        })
      google.consent(group, true)
      expect(await read()).toMatchObject({ is: 'absent' })
    },
  )

  test('consent that ends between the look and the change is found at the change', async () => {
    expect(await read()).toMatchObject({ is: 'absent' })
    google.consent(group, false)
    await expect(adapter.apply([groupOrder()])).rejects.toMatchObject({ kind: 'forbidden' })
  })

  test('throttled: as long as Google asks', covers('Google group', 'fault: too-many', 'error: throttled'), async () => {
    google.faults.next('too-many', 'memberships')
    const failure = await read().catch((error: unknown) => error)
    expect(failure).toMatchObject({ kind: 'throttled', message: 'Google asks us to slow down.' })
    expect(failure).toMatchObject({ retryAfterMs: expect.closeTo(7_500, -3) })
  })

  test(
    'unavailable, unanswered, too late or cut off: unknown, and never "not there"',
    covers(
      'Google group',
      'fault: server-error',
      'fault: no-answer',
      'fault: slow',
      'fault: truncated',
      'error: transient',
    ),
    async () => {
      google.faults.next('server-error', 'POST memberships')
      await expect(adapter.apply([groupOrder()])).rejects.toMatchObject({ kind: 'transient' })
      expect(google.roleOf(group, priya)).toBe('none')
      google.addMember(group, priya)
      // A read is tried once more by itself, save where nothing came in time.
      const times = { 'server-error': 2, 'no-answer': 1, slow: 1, truncated: 2 } as const
      for (const fault of ['server-error', 'no-answer', 'slow', 'truncated'] as const) {
        adapter = adapterFor(google)
        for (let i = 0; i < times[fault]; i += 1) google.faults.next(fault, 'memberships')
        await expect(read()).rejects.toMatchObject({ kind: 'transient' })
        expect(google.faults.left()).toBe(0)
      }
    },
  )

  test(
    'answers about somebody else are refused, each for itself',
    covers('Google group', 'fault: somebody-else', 'error: invalid'),
    async () => {
      google.addMember(group, priya)
      await read()
      for (const where of ['memberships:lookup', 'memberships/']) {
        google.faults.next('somebody-else', where)
        await expect(read()).rejects.toMatchObject({ kind: 'invalid' })
      }
      expect(google.faults.left()).toBe(0)
    },
  )

  test('a group that is not configured is a matter of configuration', async () => {
    const nowhere = groupOrder({ wanted: { value: 'member', params: {} } })
    await expect(adapter.read(nowhere)).rejects.toMatchObject({ kind: 'invalid' })
  })
})

describe('credentials', () => {
  const tokenCalls = () => google.requests.filter(({ path }) => path === '/tokens/token').length

  test('one token serves many calls, and a token that ended early is renewed once, also for a change', async () => {
    await adapter.read(groupOrder())
    await adapter.read(groupOrder())
    expect(tokenCalls()).toBe(1)
    google.tokens.end()
    await adapter.apply([groupOrder()])
    expect(tokenCalls()).toBe(2)
    expect(google.roleOf(group, priya)).toBe('MEMBER')
  })

  test('a key that was deleted is our own trouble', covers('Google group', 'error: unauthorised'), async () => {
    google.tokens.deleteKey()
    await expect(adapter.read(groupOrder())).rejects.toMatchObject({
      kind: 'unauthorised',
      message: 'Google gives us no token for our credentials.',
    })
  })

  test('a token endpoint that does not answer is none', async () => {
    google.faults.next('server-error', 'token')
    await expect(adapter.read(groupOrder())).rejects.toMatchObject({ kind: 'transient' })
    expect(await adapter.read(groupOrder())).toMatchObject({ is: 'absent' })
  })
})

describe('health', () => {
  test('looks for the group, and says what the credentials need', async () => {
    expect(await adapter.health()).toMatchObject({
      state: 'ok',
      sentence: `Members of ${group} are changed and read.`,
      leastRights: expect.stringContaining('manager of the group'),
    })
  })

  test('tells what it is refused', async () => {
    google.consent(group, false)
    expect(await adapter.health()).toMatchObject({
      state: 'failing',
      sentence: expect.stringContaining('does not let'),
    })
  })
})
