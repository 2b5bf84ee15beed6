import type { StepOrder } from '../../../server/grants/system.ts'
import { createArgoCd } from '../../../server/systems/argo-cd/follows.ts'
import { createFastlyClient } from '../../../server/systems/fastly/client.ts'
import { createFastly } from '../../../server/systems/fastly/users.ts'
import { createGoogleClient } from '../../../server/systems/google/client.ts'
import { createGoogleGroup } from '../../../server/systems/google/group.ts'
import { createGoogleTokens } from '../../../server/systems/google/tokens.ts'
import { createSentryClient } from '../../../server/systems/sentry/client.ts'
import { createSentry } from '../../../server/systems/sentry/sentry.ts'
import { startLocalFastly } from '../../local-systems/fastly.ts'
import { startLocalGoogle } from '../../local-systems/google.ts'
import { startLocalSentry } from '../../local-systems/sentry.ts'
import { googleGroup } from '../../systems/orders.ts'
import { org } from '../office.ts'
import { type Connected, changing, priya, troublesOf } from './stand.ts'

/** The systems that we change ourselves, call by call. */

export const github: Connected = {
  system: 'GitHub teams',
  levels: ['deploy', 'admin'],
  async start({ github: local }) {
    const teams: Record<string, string> = {
      'github-production-deploy': 'production-deploy',
      'github-production-admin': 'production-admin',
    }
    const begin = troublesOf(local.faults, {
      reads: 'GET memberships',
      writes: { grant: ['PUT memberships'], revoke: ['DELETE memberships'] },
    })
    return {
      begin,
      isThere({ key }) {
        const team = teams[key]
        return team ? local.membership(org, team, 'priya-s') === 'active' : null
      },
      changes: () => changing(local.requests).filter((change) => change.includes('memberships')),
      // Its office closes it.
      close: async () => {},
    }
  },
}

const followed = { org, team: 'production-deploy' }

export const argoCd: Connected = {
  system: 'Argo CD',
  levels: ['deploy', 'admin'],
  cannot: { 'half-done': 'nothing is done there: it follows the GitHub team, and half of that is GitHub’s' },
  async start({ github: local, office, adapters }) {
    // As GOV.UK's configuration has it: the one team gives both levels what they need.
    for (const environment of ['staging', 'production'])
      office.installation.targets[`argo-cd:${environment}`] = {
        'policy.csv': `g, ${org}:${followed.team}, role:admin\ng, ${org}:another-team, role:readonly\n`,
      }
    const teams = adapters.get('github')
    if (!teams) throw new Error('Argo CD follows GitHub')
    const { faults } = local
    let fault: 'server-error' | 'secondary-limit' | 'somebody-else' | null = null
    const follow = async (order: StepOrder) => {
      // In trouble is what is asked for Argo CD alone: the teams' own steps go on.
      const end = fault ? faults.during(fault, 'GET memberships') : () => {}
      try {
        return await teams.read({ ...order, wanted: { value: 'member', params: followed } })
      } finally {
        end()
      }
    }
    adapters.set('argo-cd', createArgoCd(follow, teams.health, office.installation.targets))
    return {
      begin(which) {
        const before = faults.met()
        fault = which === 'down' ? 'server-error' : which === 'throttled' ? 'secondary-limit' : 'somebody-else'
        return {
          end() {
            fault = null
          },
          met: () => faults.met() - before,
          left: () => 0,
        }
      },
      isThere: ({ plan }) =>
        plan.system === 'argo-cd' ? local.membership(org, followed.team, 'priya-s') === 'active' : null,
      // Nothing of it is called.
      changes: () => [],
      // Its office closes what it follows.
      close: async () => {},
    }
  },
}

export const google: Connected = {
  system: 'Google group',
  levels: ['admin'],
  async start({ office, adapters }) {
    const now = () => office.clock.calendar()
    const local = await startLocalGoogle({ now })
    local.addGroup(googleGroup, 'Production access')
    office.installation.targets['gcp:access'] = { group: googleGroup, page: 'https://groups.example.gov.uk/' }
    const tokens = createGoogleTokens(local.tokens.key, { now, tokensFrom: local.tokensUrl })
    const client = createGoogleClient({ apiUrl: local.origin, tokens, now, timeOutMs: 5_000 })
    adapters.set('gcp', createGoogleGroup(client, [googleGroup], now))
    const begin = troublesOf(local.faults, {
      reads: 'GET memberships',
      writes: { grant: ['POST memberships'], revoke: ['DELETE memberships'] },
    })
    return {
      begin,
      isThere: ({ key }) => (key === 'gcp-group' ? local.roleOf(googleGroup, priya) !== 'none' : null),
      changes: () => changing(local.calls),
      close: () => local.close(),
    }
  },
}

export const fastly: Connected = {
  system: 'Fastly',
  levels: ['admin'],
  async start({ office, adapters }) {
    const now = () => office.clock.calendar()
    const local = await startLocalFastly({ now })
    office.installation.targets['fastly:account'] = { customer: local.customer }
    const client = createFastlyClient({ apiUrl: `${local.origin}/api`, token: local.token }, now, 5_000)
    adapters.set('fastly', createFastly({ client, now, today: now }))
    const begin = troublesOf(local.faults, {
      reads: 'GET users',
      writes: { grant: ['POST invitations'], revoke: ['DELETE user'] },
    })
    return {
      begin,
      goesOn() {
        for (const { email } of local.invitations()) local.accept(email)
      },
      isThere: ({ key, direction }) => {
        if (key !== 'fastly') return null
        const user = local.user(priya)
        return direction === 'grant' ? user?.role === 'engineer' && !user.limit_services : user !== null
      },
      changes: () => changing(local.requests),
      close: () => local.close(),
    }
  },
}

export const sentry: Connected = {
  system: 'Sentry',
  levels: ['admin'],
  async start({ office, adapters }) {
    const now = () => office.clock.calendar()
    const local = await startLocalSentry({ now })
    office.installation.targets['sentry:organisation'] = { organisation: local.organisation, team: '#developers' }
    const client = createSentryClient({ apiUrl: local.origin, token: local.token }, now, 5_000)
    adapters.set('sentry', createSentry({ client, now }))
    const begin = troublesOf(local.faults, {
      reads: 'GET members',
      writes: { grant: ['POST members'], revoke: ['PUT members'] },
    })
    return {
      begin,
      goesOn() {
        if (local.member(priya)?.pending) local.accept(priya)
      },
      isThere: ({ key }) => (key === 'sentry' ? local.member(priya)?.orgRole === 'admin' : null),
      changes: () => changing(local.requests),
      close: () => local.close(),
    }
  },
}
