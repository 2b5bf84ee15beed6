import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Observation, StepOrder, SystemAdapter } from '../../server/grants/system.ts'
import { createSentryClient } from '../../server/systems/sentry/client.ts'
import { knownTexts } from '../../server/systems/sentry/refusals.ts'
import { createSentry } from '../../server/systems/sentry/sentry.ts'
import { type LocalSentry, startLocalSentry } from '../local-systems/sentry.ts'
import { covers } from './covers.ts'
import { groupOrder } from './orders.ts'

/** The role Admin in Sentry, or what stands for it: given, seen, taken back, and everything that goes wrong. */

const email = 'priya.shah@example.gov.uk'
let local: LocalSentry
let sentry: SystemAdapter
let time: Date

beforeEach(async () => {
  time = new Date('2026-11-02T09:00:00Z')
  local = await startLocalSentry({ now: () => time })
  sentry = adapterWith(local.token)
})
afterEach(() => local.close())

function adapterWith(token: string, timeOutMs?: number): SystemAdapter {
  const now = () => time
  return createSentry({ client: createSentryClient({ apiUrl: local.origin, token }, now, timeOutMs), now })
}

function order(change: Partial<StepOrder> = {}, params: Record<string, string> = { team: '#developers' }): StepOrder {
  return groupOrder({ wanted: { value: 'Admin', params: { organisation: local.organisation, ...params } }, ...change })
}
const read = (change: Partial<StepOrder> = {}) => sentry.read(order(change))
const grant = () => sentry.apply([order()])
const readRevoke = () => sentry.read(order({ direction: 'revoke' }))
const revoke = () => sentry.apply([order({ direction: 'revoke' })])
const days = (count: number) => {
  time = new Date(time.getTime() + count * 86_400_000)
}
const seen = (found: Observation) => ('evidence' in found ? found.evidence : null)
const members = '/0/organizations/example-gov/members/'

describe('granting', () => {
  test(
    'who is not a member is invited as Admin, waits, and counts only once they accepted',
    covers('Sentry', 'read', 'grant', 'wait', 'verify'),
    async () => {
      expect(await read()).toMatchObject({ is: 'absent', evidence: { state: 'none' } })
      expect(await grant()).toMatchObject({
        detail: expect.stringContaining('invite'),
        link: expect.stringMatching(/^https/),
      })
      expect(local.member(email)).toMatchObject({ orgRole: 'admin', pending: true })
      expect(await read()).toMatchObject({
        is: 'waiting',
        waitsFor: 'engineer',
        detail: 'Accept the Sentry invitation of 2 November, which came by email.',
      })
      local.accept(email)
      expect(await read()).toMatchObject({ is: 'present', evidence: { by: 'admin of the organisation' } })
    },
  )

  test('a member is made Admin, and keeps their teams', covers('Sentry', 'grant', 'verify'), async () => {
    local.addMember('Priya.Shah@example.gov.uk', { teamRoles: [{ teamSlug: 'search', role: null }] })
    expect(await read()).toMatchObject({ is: 'absent', detail: expect.stringContaining('is member') })
    await grant()
    expect(local.member('Priya.Shah@example.gov.uk')).toMatchObject({
      orgRole: 'admin',
      teamRoles: [{ teamSlug: 'search', role: null }],
    })
    expect(await read()).toMatchObject({ is: 'present' })
  })

  test(
    'where the plan has retired the role, Team Admin of the configured team stands for it, once they accepted',
    covers('Sentry', 'grant', 'wait', 'verify'),
    async () => {
      local.policy.adminRetired = true
      await grant()
      expect(local.member(email)).toMatchObject({
        orgRole: 'member',
        teamRoles: [{ teamSlug: 'developers', role: null }],
      })
      expect(await read()).toMatchObject({ is: 'waiting' })
      local.accept(email)
      // The invitation did not carry the role in the team.
      expect(await read()).toMatchObject({ is: 'absent' })
      await grant()
      expect(await read()).toMatchObject({ is: 'present', evidence: { by: 'Team Admin of developers' } })
    },
  )

  test(
    'without a team that stands for it, the retired role is a matter of whoever runs this',
    covers('Sentry', 'error: invalid'),
    async () => {
      local.policy.adminRetired = true
      local.addMember(email)
      await expect(sentry.apply([order({}, {})])).rejects.toMatchObject({
        kind: 'invalid',
        message: expect.stringContaining('does not give'),
        remedy: expect.stringContaining('Name team'),
      })
    },
  )

  test('whoever still has the retired role has it', covers('Sentry', 'read'), async () => {
    local.policy.adminRetired = true
    local.addMember(email, { orgRole: 'admin' })
    expect(await read()).toMatchObject({ is: 'present' })
    expect(local.writes).toEqual([])
  })

  test.each(['manager', 'owner'] as const)('a %s has more than is asked for, and is not demoted', async (orgRole) => {
    local.addMember(email, { orgRole })
    expect(await read()).toMatchObject({ is: 'present' })
    await grant()
    expect(local.writes).toEqual([])
  })

  test(
    'another role would be written over, so an owner is asked',
    covers('Sentry', 'error: refused-by-rule'),
    async () => {
      local.addMember(email, { orgRole: 'billing' })
      await expect(grant()).rejects.toMatchObject({
        kind: 'refused-by-rule',
        message: expect.stringContaining('billing'),
      })
      expect(local.writes).toEqual([])
    },
  )

  test(
    'an invitation that ran out is told apart from one that was withdrawn, and only a person has it sent again',
    covers('Sentry', 'wait', 'restore'),
    async () => {
      await grant()
      const lastSeen = seen(await read())
      const sentTo = 'https://example-gov.sentry.io/settings/members/'
      days(30)
      expect(await read({ sentTo, lastSeen })).toMatchObject({
        is: 'refused',
        detail: expect.stringContaining('ran out'),
        evidence: { invitation: 'expired' },
      })
      expect(local.writes).toHaveLength(1)
      expect(await read({ lastSeen })).toMatchObject({ is: 'absent' })
      await grant()
      expect(await read()).toMatchObject({ is: 'waiting' })
      local.removeMember(email)
      expect(await read({ sentTo, lastSeen })).toMatchObject({ is: 'refused', evidence: { invitation: 'withdrawn' } })
    },
  )

  test('somebody who asked to join waits for a Manager, and is not invited beside that', async () => {
    local.addMember(email, { pending: true, inviteStatus: 'requested_to_join' })
    expect(await read()).toMatchObject({ is: 'waiting', waitsFor: 'senior-tech' })
    await grant()
    expect(local.writes).toEqual([])
  })

  test('an organisation that is not configured or not known, and another value, are matters of whoever runs this', async () => {
    for (const wanted of [
      { value: 'Admin', params: {} },
      { value: 'Admin', params: { organisation: 'another' } },
      { value: 'Owner', params: { organisation: local.organisation } },
    ])
      await expect(sentry.read(order({ wanted }))).rejects.toMatchObject({ kind: 'invalid' })
  })
})

describe('revoking', () => {
  test(
    'the role goes, whichever stands for it, and the plain membership and other teams stay',
    covers('Sentry', 'revoke', 'verify', 'restore'),
    async () => {
      const others = { teamSlug: 'search', role: 'admin' }
      local.addMember(email, { orgRole: 'admin', teamRoles: [{ teamSlug: 'developers', role: 'admin' }, others] })
      expect(await readRevoke()).toMatchObject({ is: 'present' })
      await revoke()
      expect(local.member(email)).toMatchObject({
        orgRole: 'member',
        teamRoles: [{ teamSlug: 'developers', role: null }, others],
      })
      expect(await readRevoke()).toMatchObject({ is: 'absent' })
      await grant()
      expect(await read()).toMatchObject({ is: 'present' })
    },
  )

  test('an open invitation is withdrawn, so that it cannot be accepted later', covers('Sentry', 'revoke'), async () => {
    await grant()
    expect(await readRevoke()).toMatchObject({ is: 'present', detail: expect.stringContaining('still invited') })
    await revoke()
    expect(local.member(email)).toBeNull()
    expect(await readRevoke()).toMatchObject({ is: 'absent' })
  })

  test('where Admin stays, only what is above it is still there, and an owner lowers it', async () => {
    const back = (change: Partial<StepOrder> = {}) => order({ direction: 'revoke', ...change }, { keeps: 'Admin' })
    const member = local.addMember(email, { orgRole: 'owner' })
    expect(await sentry.read(back())).toMatchObject({ is: 'present' })
    await expect(sentry.apply([back()])).rejects.toMatchObject({ kind: 'refused-by-rule' })
    member.orgRole = 'admin'
    expect(await sentry.read(back())).toMatchObject({ is: 'absent' })
    await sentry.apply([back()])
    expect(local.member(email)).toMatchObject({ orgRole: 'admin' })
  })

  test.each(['manager', 'owner'] as const)('whoever is %s is left to an owner', async (orgRole) => {
    local.addMember(email, { orgRole })
    expect(await readRevoke()).toMatchObject({ is: 'present' })
    await expect(revoke()).rejects.toMatchObject({ kind: 'refused-by-rule' })
    expect(local.writes).toEqual([])
  })
})

describe('whose account it is', () => {
  test.each([
    ['an identity provider', { 'idp:role-restricted': true }],
    ['a partner', { 'partnership:restricted': true }],
  ])('a role that %s keeps is managed elsewhere, and is still read', async (_, flags) => {
    const member = local.addMember(email, { flags })
    expect(await read()).toMatchObject({ is: 'absent' })
    await expect(grant()).rejects.toMatchObject({ kind: 'managed-elsewhere' })
    member.orgRole = 'admin'
    await expect(revoke()).rejects.toMatchObject({ kind: 'managed-elsewhere' })
    expect(local.writes).toEqual([])
  })

  const stranger = 'mallory@example.com'
  const also = (is_verified: boolean) => ({
    emails: [
      { email: stranger, is_verified: true },
      { email, is_verified },
    ],
  })

  test.each([true, false])(
    'a further address of an account makes it nobody’s, verified or not (%s)',
    covers('Sentry', 'error: managed-elsewhere'),
    async (isVerified) => {
      const theirs = local.addMember(stranger, also(isVerified))
      const words = { kind: 'managed-elsewhere', message: expect.stringContaining('only as a further address') }
      await expect(read()).rejects.toMatchObject(words)
      await expect(grant()).rejects.toMatchObject(words)
      theirs.orgRole = 'admin'
      await expect(readRevoke()).rejects.toMatchObject(words)
      await expect(revoke()).rejects.toMatchObject(words)
      expect(local.writes).toEqual([])
    },
  )

  test('whoever has the address as their own is found behind an account that has it as a further one', async () => {
    const theirs = local.addMember(stranger, { ...also(false), orgRole: 'admin' })
    local.addMember(email)
    await grant()
    expect(local.member(email)).toMatchObject({ orgRole: 'admin' })
    expect(await readRevoke()).toMatchObject({ is: 'present' })
    await revoke()
    expect(local.member(email)).toMatchObject({ orgRole: 'member' })
    expect(theirs.orgRole).toBe('admin')
  })

  test('an address that nobody verified is given nothing, and what it has is not called gone', async () => {
    const member = local.addMember(email, { emails: [{ email, is_verified: false }] })
    const words = { message: expect.stringContaining('Nobody has verified the address') }
    await expect(read()).rejects.toMatchObject(words)
    await expect(grant()).rejects.toMatchObject(words)
    member.orgRole = 'admin'
    expect(await readRevoke()).toMatchObject({ is: 'present' })
    await expect(revoke()).rejects.toMatchObject(words)
    expect(local.writes).toEqual([])
  })

  test('two entries for one address are given nothing, and both are taken back', async () => {
    const two = [local.addMember(email), local.addMember(email, { orgRole: 'admin' })]
    await expect(grant()).rejects.toMatchObject({ message: expect.stringContaining('more than one entry') })
    expect(await readRevoke()).toMatchObject({ is: 'present' })
    await revoke()
    expect(two.map(({ orgRole }) => orgRole)).toEqual(['member', 'member'])
  })

  test('whoever changed their address since is found by what was seen when access was given', async () => {
    const member = local.addMember(email, { orgRole: 'admin' })
    const before = seen(await read())
    member.email = 'private@example.com'
    const back = (change: Partial<StepOrder> = {}) => order({ direction: 'revoke', seen: before, ...change })
    expect(await sentry.read(back())).toMatchObject({
      is: 'present',
      detail: `${email} is admin of the organisation in Sentry, by another address there.`,
    })
    // An id of another organisation says nothing here.
    expect(await sentry.read(back({ seen: { ...before, organisation: 'another' } }))).toMatchObject({ is: 'absent' })
    for (const work of [() => read({ seen: before }), () => sentry.apply([order({ seen: before })])])
      await expect(work()).rejects.toMatchObject({ message: expect.stringContaining('goes by another address') })
    expect(local.writes).toEqual([])
    // An invitation at the old address hides nothing.
    local.addMember(email, { pending: true })
    await sentry.apply([back()])
    expect(member.orgRole).toBe('member')
    expect(await sentry.read(back())).toMatchObject({ is: 'absent', evidence: { member: member.id } })
    local.removeMember('private@example.com')
    expect(await sentry.read(back())).toMatchObject({ is: 'absent', evidence: { state: 'none' } })
  })

  test.each([
    ['This user is managed through your organization’s identity provider.', 'managed-elsewhere'],
    ['You cannot remove the only remaining owner of the organization.', 'refused-by-rule'],
    ['The user has already been invited', 'conflict'],
  ])(
    'what Sentry says in words only has its own meaning: %s',
    covers('Sentry', 'error: managed-elsewhere'),
    (said, kind) => {
      expect(knownTexts({ status: 400, said, method: 'PUT' })).toMatchObject({ kind })
      expect(knownTexts({ status: 503, said, method: 'PUT' })).toBeNull()
    },
  )

  test.each(['GET members/$', 'GET members/\\d+', 'PUT'])(
    'an answer about somebody else is refused (%s)',
    covers('Sentry', 'fault: somebody-else'),
    async (where) => {
      local.addMember(email)
      local.faults.next('somebody-else', where)
      await expect(grant()).rejects.toMatchObject({ kind: 'invalid', message: expect.stringContaining('somebody') })
      expect(local.faults.left()).toBe(0)
    },
  )
})

describe('faults', () => {
  test(
    'after a lost answer a read finds the invitation, and acting again does nothing twice',
    covers('Sentry', 'fault: lost-answer', 'error: transient'),
    async () => {
      local.faults.next('lost-answer', 'POST')
      await expect(grant()).rejects.toMatchObject({ kind: 'transient' })
      expect(await read()).toMatchObject({ is: 'waiting' })
      await grant()
      expect(local.writes).toEqual([`POST ${members}`])
    },
  )

  test('a demotion whose answer is lost is found done', covers('Sentry', 'revoke', 'fault: lost-answer'), async () => {
    local.addMember(email, { orgRole: 'admin' })
    local.faults.next('lost-answer', 'PUT')
    await expect(revoke()).rejects.toMatchObject({ kind: 'transient' })
    expect(await readRevoke()).toMatchObject({ is: 'absent' })
    await revoke()
    expect(local.writes).toHaveLength(1)
  })

  test.each([
    ['too-many', 'throttled', 1],
    ['server-error', 'transient', 2],
    ['truncated', 'transient', 2],
    ['forbidden', 'forbidden', 1],
  ] as const)('%s is told as what it is', async (fault, kind, times) => {
    for (let count = 0; count < times; count += 1) local.faults.next(fault, 'GET')
    await expect(read()).rejects.toMatchObject({ kind })
    expect(local.faults.left()).toBe(0)
  })

  for (const [fault, kind] of [
    ['too-many', 'throttled'],
    ['server-error', 'transient'],
    ['forbidden', 'forbidden'],
    ['truncated', 'transient'],
  ] as const)
    test(
      `a change that meets ${fault} is made once in the end`,
      covers('Sentry', `fault: ${fault}`, `error: ${kind}`),
      async () => {
        local.faults.next(fault, 'POST')
        await expect(grant()).rejects.toMatchObject({ kind })
        days(1)
        await grant()
        expect(local.member(email)).toMatchObject({ pending: true })
        expect(await read()).toMatchObject({ is: 'waiting' })
      },
    )

  test(
    'an answer that never comes, or too late, ends in time as "we do not know", and nothing is done twice',
    covers('Sentry', 'fault: no-answer', 'fault: slow'),
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
    'too many invitations are told apart from too many calls: reading goes on',
    covers('Sentry', 'error: throttled'),
    async () => {
      local.policy.invitationsLeft = 0
      await expect(grant()).rejects.toMatchObject({
        kind: 'throttled',
        message: expect.stringContaining('invitations'),
      })
      expect(await read()).toMatchObject({ is: 'absent' })
    },
  )

  test(
    'somebody else who invites at the same moment is a conflict, read again',
    covers('Sentry', 'error: conflict'),
    async () => {
      const both = await Promise.allSettled([grant(), grant()])
      expect(both.map(({ status }) => status).sort()).toContain('fulfilled')
      for (const one of both) if (one.status === 'rejected') expect(one.reason).toMatchObject({ kind: 'conflict' })
      expect(await read()).toMatchObject({ is: 'waiting' })
    },
  )

  test(
    'credentials that are not accepted, lack a scope or are no person’s, name the remedy and no token',
    covers('Sentry', 'error: unauthorised', 'error: forbidden'),
    async () => {
      const wrong = adapterWith('wrong-token-0123456789').read(order())
      await expect(wrong).rejects.toMatchObject({ kind: 'unauthorised' })
      await expect(wrong).rejects.not.toThrow('wrong-token')
      local.addToken('reads-only-0123456789', { kind: 'user', scopes: ['member:read'] })
      await expect(adapterWith('reads-only-0123456789').apply([order()])).rejects.toMatchObject({ kind: 'forbidden' })
      local.addMember(email)
      local.addToken('integration-0123456789', { kind: 'integration', scopes: ['member:admin'] })
      await expect(adapterWith('integration-0123456789').apply([order()])).rejects.toMatchObject({
        kind: 'forbidden',
        remedy: expect.stringContaining('Sentry user'),
      })
    },
  )
})

test('health says whether Sentry answers, and whether our token is a person’s with the rights it needs', async () => {
  expect(await sentry.health()).toMatchObject({ state: 'ok', leastRights: expect.stringContaining('member:admin') })
  local.addToken('integration-0123456789', { kind: 'integration', scopes: ['member:admin'] })
  local.addToken('reads-only-0123456789', { kind: 'user', scopes: ['member:read'] })
  for (const [token, words] of [
    ['integration-0123456789', 'no user'],
    ['reads-only-0123456789', 'lacks'],
  ] as const)
    expect(await adapterWith(token).health()).toMatchObject({
      state: 'failing',
      sentence: expect.stringContaining(words),
    })
  const withOrganisation = (organisation: string) =>
    createSentry({
      client: createSentryClient({ apiUrl: local.origin, token: local.token }, () => time),
      now: () => time,
      organisations: [organisation],
    }).health()
  expect(await withOrganisation(local.organisation)).toMatchObject({ state: 'ok' })
  expect(await withOrganisation('misspelt')).toMatchObject({
    state: 'failing',
    sentence: expect.stringContaining('Sentry'),
  })
  local.faults.down = true
  expect(await sentry.health()).toMatchObject({ state: 'failing' })
})

describe('a grant that must stop', () => {
  test('takes an open invitation back, also after a lost answer, so that nobody accepts it afterwards', async () => {
    await grant()
    local.faults.next('lost-answer', 'DELETE members')
    await expect(sentry.withdraw?.(order())).rejects.toMatchObject({ kind: 'transient' })
    await sentry.withdraw?.(order())
    expect(local.member(email)).toBeNull()
    expect((await read()).is).not.toBe('waiting')
  })

  test('leaves whoever has accepted: that is for a revocation', async () => {
    local.addMember(email, { orgRole: 'admin' })
    expect(await sentry.withdraw?.(order())).toMatchObject({ detail: 'No invitation was open.' })
    expect(local.member(email)?.orgRole).toBe('admin')
  })
})
