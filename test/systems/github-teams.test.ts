import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SystemAdapter } from '../../server/grants/system.ts'
import { createGithubClient } from '../../server/systems/github/client.ts'
import { createGithubTeams } from '../../server/systems/github/teams.ts'
import { type LocalGithub, startLocalGithub } from '../local-systems/github.ts'
import { covers } from './covers.ts'
import { org, priya, team, teamOrder } from './orders.ts'

let github: LocalGithub
let teams: SystemAdapter
let time = new Date('2026-11-02T09:00:00Z')

function teamsWith(token: string, timeOutMs?: number): SystemAdapter {
  const client = createGithubClient({
    apiUrl: `${github.origin}/api`,
    credentials: { kind: 'token', token },
    pace: 'at-once',
    now: () => time,
    random: () => 0,
    ...(timeOutMs ? { timeOutMs } : {}),
  })
  return createGithubTeams(client, () => time)
}

beforeEach(async () => {
  time = new Date('2026-11-02T09:00:00Z')
  github = await startLocalGithub({ now: () => time })
  github.addUser('priya-s', 1001)
  github.addUser('alex-g', 1004)
  github.addTeam(org, team, 'GOV.UK Production Deploy')
  teams = teamsWith(github.token)
})
afterEach(() => github.close())

const days = (count: number) => {
  time = new Date(time.getTime() + count * 86_400_000)
}
const read = (change = {}) => teams.read(teamOrder(change))
/** What a look finds, as it is kept with the step. */
const seenNow = async () => {
  const seen = await read()
  return 'evidence' in seen ? seen.evidence : null
}
const grant = () => teams.apply([teamOrder()])
const revoke = () => teams.apply([teamOrder({ direction: 'revoke' })])

describe('granting', () => {
  test(
    'an outsider is invited, waits, and counts only once they have accepted',
    covers('GitHub teams', 'read', 'grant', 'wait', 'verify', 'receipt: x-github-request-id'),
    async () => {
      expect(await read()).toMatchObject({ is: 'absent' })
      expect(await grant()).toMatchObject({
        vendorRequestId: expect.stringMatching(/^\w+$/),
        detail: expect.stringContaining('invite'),
        link: expect.any(String),
      })
      expect(await read()).toMatchObject({ is: 'waiting', waitsFor: 'engineer', who: 'priya-s' })
      github.accept('priya-s')
      expect(await read()).toMatchObject({ is: 'present', evidence: { state: 'active', account: '1001' } })
    },
  )

  test('a member of the organisation is added at once', covers('GitHub teams', 'grant', 'verify'), async () => {
    github.addOrgMember(org, 'priya-s')
    expect((await grant()).detail).toContain('add')
    expect(await read()).toMatchObject({ is: 'present' })
  })

  test('a maintainer counts as present and is not demoted', covers('GitHub teams', 'read', 'grant'), async () => {
    github.addMember(org, team, 'priya-s', 'maintainer')
    expect(await read()).toMatchObject({ is: 'present' })
    await grant()
    expect(github.roleOf(org, team, 'priya-s')).toBe('maintainer')
    expect(github.writes).toEqual([])
  })

  test(
    'after a lost answer a read finds what was done, and acting again does nothing twice',
    covers('GitHub teams', 'grant', 'fault: lost-answer', 'error: transient'),
    async () => {
      github.faults.next('lost-answer', 'PUT')
      await expect(grant()).rejects.toMatchObject({ kind: 'transient' })
      expect(await read()).toMatchObject({ is: 'waiting' })
      await grant()
      expect(github.writes).toHaveLength(1)
      expect(github.openInvitations(org)).toEqual(['priya-s'])
    },
  )

  test(
    'an invitation that ran out after seven days is told apart from one that was never sent',
    covers('GitHub teams', 'wait'),
    async () => {
      await grant()
      const lastSeen = await seenNow()
      days(7)
      expect(await read({ sentTo: 'x', lastSeen })).toMatchObject({
        is: 'refused',
        detail: expect.stringContaining('ran out'),
        evidence: { invitation: 'expired' },
      })
      expect(await read()).toMatchObject({ is: 'absent' })
    },
  )

  test('an invitation that failed is not called expired', covers('GitHub teams', 'wait'), async () => {
    const { at = '' } = await grant()
    github.failInvitation('priya-s', 'User is flagged as spam')
    const order = { sentTo: 'x', sentAt: new Date(at) }
    expect(await read(order)).toMatchObject({ is: 'refused', evidence: { invitation: 'failed' } })
  })

  test('one that failed before ours was sent, or that was not ours, is not taken for the reason', async () => {
    await grant()
    days(8)
    expect(await read()).toMatchObject({ is: 'absent' })
    const { at = '' } = await grant()
    const order = { sentTo: 'x', sentAt: new Date(at) }
    const lastSeen = await seenNow()
    expect(lastSeen).toMatchObject({ invitationId: expect.any(Number) })
    await revoke()
    // Only the old one came to nothing; ours was withdrawn.
    expect(await read(order)).toMatchObject({ is: 'absent' })
    expect(await read({ ...order, lastSeen })).toMatchObject({
      is: 'refused',
      detail: 'The GitHub invitation for priya-s was withdrawn or declined.',
    })
    // Nobody knows when it was sent, and it was never seen open.
    expect(await read({ sentTo: 'x' })).toMatchObject({ is: 'absent' })
  })

  test('a person who let it be tried anew gets a new invitation', covers('GitHub teams', 'restore'), async () => {
    await grant()
    days(8)
    await grant()
    expect(await read({ sentTo: 'x' })).toMatchObject({ is: 'waiting' })
  })

  test('where only owners may invite, an owner is asked for', covers('GitHub teams', 'error: forbidden'), async () => {
    github.policy.onlyOwnersInvite = true
    await expect(grant()).rejects.toMatchObject({ kind: 'forbidden', remedy: expect.stringContaining('owner') })
    github.addOrgMember(org, 'priya-s')
    await grant()
    expect(await read()).toMatchObject({ is: 'present' })
  })

  test(
    'a team that an identity provider keeps is managed elsewhere',
    covers('GitHub teams', 'error: managed-elsewhere'),
    async () => {
      github.addTeam(org, 'kept', 'Kept elsewhere', { synchronised: true })
      github.addOrgMember(org, 'priya-s')
      const order = teamOrder({ wanted: { value: 'member', params: { org, team: 'kept' } } })
      await expect(teams.apply([order])).rejects.toMatchObject({ kind: 'managed-elsewhere' })
    },
  )

  test('membership through a child team counts, and is told', async () => {
    github.addTeam(org, 'search', 'Search', { parent: team })
    github.addMember(org, 'search', 'priya-s')
    expect(await read()).toMatchObject({ is: 'present', detail: expect.stringContaining('search') })
  })

  test(
    'a team that does not exist is a matter of configuration, not an absence',
    covers('GitHub teams', 'error: invalid'),
    async () => {
      const order = teamOrder({ wanted: { value: 'member', params: { org, team: 'no-such-team' } } })
      await expect(teams.read(order)).rejects.toMatchObject({ kind: 'invalid' })
      await expect(teams.apply([order])).rejects.toMatchObject({ kind: 'invalid' })
      await expect(teams.read(teamOrder({ wanted: { value: 'member', params: {} } }))).rejects.toMatchObject({
        kind: 'invalid',
      })
    },
  )
})

describe('whose account it is', () => {
  test('a renamed person is followed by their number', async () => {
    github.rename('priya-s', 'priya-shah')
    await grant()
    expect(github.membership(org, team, 'priya-shah')).toBe('pending')
  })

  test('a login that somebody else took over is never given access', async () => {
    github.rename('priya-s', 'priya-shah')
    github.addUser('priya-s', 6666)
    await grant()
    expect(github.membership(org, team, 'priya-s')).toBe('none')
  })

  test('an account that is gone is an unknown person', covers('GitHub teams', 'error: unknown-person'), async () => {
    const order = teamOrder({ account: { ...priya, id: '4040' } })
    await expect(teams.read(order)).rejects.toMatchObject({ kind: 'unknown-person' })
  })

  test('a name is found with its number, whatever its case, and nobody is nobody', async () => {
    expect(await teams.findAccount?.('@Priya-S')).toEqual(priya)
    expect(await teams.findAccount?.('nobody-here')).toBeNull()
  })

  test.each(['GET /user/', 'GET memberships'])(
    'an answer about somebody else is refused (%s)',
    covers('GitHub teams', 'fault: somebody-else'),
    async (where) => {
      github.addMember(org, team, 'priya-s')
      github.faults.next('somebody-else', where)
      await expect(read()).rejects.toMatchObject({ kind: 'invalid' })
    },
  )

  test('a name that is answered with another account is refused', async () => {
    github.faults.next('somebody-else', 'GET /users/')
    await expect(teams.findAccount?.('priya-s')).rejects.toMatchObject({ kind: 'invalid' })
  })
})

describe('revoking', () => {
  test(
    'a member is removed from the team and stays in the organisation',
    covers('GitHub teams', 'revoke'),
    async () => {
      github.addMember(org, team, 'priya-s')
      await revoke()
      expect(await read({ direction: 'revoke' })).toMatchObject({ is: 'absent' })
      expect(github.writes).toEqual([`DELETE /orgs/${org}/teams/${team}/memberships/priya-s`])
    },
  )

  test(
    'an open invitation is withdrawn too, so that it cannot be accepted later',
    covers('GitHub teams', 'revoke'),
    async () => {
      await grant()
      expect(await read({ direction: 'revoke' })).toMatchObject({ is: 'present' })
      await revoke()
      expect(github.openInvitations(org)).toEqual([])
      expect(await read({ direction: 'revoke' })).toMatchObject({ is: 'absent' })
    },
  )

  test('an invitation that a lost answer left open is found and withdrawn', async () => {
    await grant()
    github.faults.next('lost-answer', 'DELETE memberships')
    await expect(revoke()).rejects.toMatchObject({ kind: 'transient' })
    expect(await read({ direction: 'revoke' })).toMatchObject({ is: 'present' })
    await revoke()
    expect(github.openInvitations(org)).toEqual([])
  })

  test('an invitation that also leads into another team stays open', async () => {
    github.addTeam(org, 'production-admin', 'GOV.UK Production Admin')
    await grant()
    await teams.apply([teamOrder({ wanted: { value: 'member', params: { org, team: 'production-admin' } } })])
    await revoke()
    expect(github.openInvitations(org)).toEqual(['priya-s'])
    expect(await read({ direction: 'revoke' })).toMatchObject({ is: 'absent' })
  })

  test('what a child team brings cannot be taken away here, and is said', async () => {
    github.addTeam(org, 'search', 'Search', { parent: team })
    github.addMember(org, 'search', 'priya-s')
    expect(await read({ direction: 'revoke' })).toMatchObject({ is: 'present' })
    await revoke()
    await expect(read({ direction: 'revoke', sentTo: 'x' })).rejects.toMatchObject({ kind: 'managed-elsewhere' })
  })
})

describe('failures', () => {
  const faults = [
    ['too-many', { kind: 'throttled', retryAfterMs: 7000 }],
    ['secondary-limit', { kind: 'throttled', retryAfterMs: 1000 }],
    ['primary-limit', { kind: 'throttled', retryAfterMs: 90_000 }],
    ['server-error', { kind: 'transient' }],
    ['truncated', { kind: 'transient' }],
    ['lost-answer', { kind: 'transient' }],
  ] as const
  test.each(faults)(
    '%s is told as what it is',
    covers(
      'GitHub teams',
      'error: throttled',
      'error: transient',
      'fault: too-many',
      'fault: server-error',
      'fault: truncated',
    ),
    async (fault, expected) => {
      github.faults.next(fault, 'GET')
      await expect(read()).rejects.toMatchObject(expected)
    },
  )

  test(
    'an answer that never comes, or too late, ends in time as "we do not know", and nothing is done twice',
    covers('GitHub teams', 'fault: no-answer', 'fault: slow'),
    async () => {
      github.faults.next('no-answer')
      await expect(teamsWith(github.token, 200).read(teamOrder())).rejects.toMatchObject({ kind: 'transient' })
      github.faults.next('slow', 'PUT')
      await expect(teamsWith(github.token, 200).apply([teamOrder()])).rejects.toMatchObject({ kind: 'transient' })
      expect(await read()).toMatchObject({ is: 'waiting' })
      expect(github.openInvitations(org)).toEqual(['priya-s'])
    },
  )

  test(
    'credentials that are not accepted, and rights that are missing, name the remedy and no token',
    covers('GitHub teams', 'error: unauthorised', 'error: forbidden', 'fault: forbidden'),
    async () => {
      await expect(teamsWith('wrong-secret').read(teamOrder())).rejects.toMatchObject({ kind: 'unauthorised' })
      github.addToken('reads-only', ['members:read'])
      const refused = teamsWith('reads-only').apply([teamOrder()])
      await expect(refused).rejects.toMatchObject({
        kind: 'forbidden',
        remedy: expect.stringContaining('members=write'),
      })
      await expect(refused).rejects.not.toThrow('reads-only')
    },
  )

  test('health says whether GitHub answers', async () => {
    expect(await teams.health()).toMatchObject({ state: 'ok' })
    github.faults.down = true
    expect(await teams.health()).toMatchObject({ state: 'failing' })
  })
})
