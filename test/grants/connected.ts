import type { StepRow } from '../../server/requests/act.ts'
import { createAws } from '../../server/systems/aws/aws.ts'
import { createAwsReading } from '../../server/systems/aws/reading.ts'
import { createFastlyClient } from '../../server/systems/fastly/client.ts'
import { createFastly } from '../../server/systems/fastly/users.ts'
import { createGoogleClient } from '../../server/systems/google/client.ts'
import { createGoogleGroup } from '../../server/systems/google/group.ts'
import { createGoogleTokens } from '../../server/systems/google/tokens.ts'
import { createLogit } from '../../server/systems/logit/logit.ts'
import { createSentryClient } from '../../server/systems/sentry/client.ts'
import { createSentry } from '../../server/systems/sentry/sentry.ts'
import { startLocalAws } from '../local-systems/aws.ts'
import { startLocalFastly } from '../local-systems/fastly.ts'
import { startLocalGoogle } from '../local-systems/google.ts'
import { startLocalLogit } from '../local-systems/logit.ts'
import { startLocalSentry } from '../local-systems/sentry.ts'
import { googleGroup } from '../systems/orders.ts'
import { arnOf, lists, org, pathOf, type TestOffice } from './office.ts'

/** Every system that the product speaks to, as one list: a new adapter joins the whole grants and revokes by one entry. */

export const troubles = ['down', 'throttled', 'lying', 'half-done'] as const
export type Trouble = (typeof troubles)[number]

export interface Stand {
  /** Begins one trouble; answers how it ends. */
  trouble(which: Trouble): () => void
  goesOn?(): void
  byHand?(step: StepRow): void
  /** Whether what a step gives is there, as the system itself knows; `null` for what is not this system's. */
  isThere(step: StepRow): boolean | null
  /** What was changed there, from its own history: calls that were carried out, and nothing that was refused. */
  changes(): string[]
  close(): Promise<void>
}

const priya = 'priya.shah@example.gov.uk'

interface Faults {
  down: boolean
  throttled: boolean
  next(fault: 'somebody-else' | 'lost-answer', where?: string): void
}

/** @param reads where its answers are about somebody else; `writes` where an answer is lost after the change */
function troubleOf(faults: Faults, reads: string | undefined, writes: string | undefined) {
  return (which: Trouble): (() => void) => {
    if (which === 'down') faults.down = true
    if (which === 'throttled') faults.throttled = true
    if (which === 'lying') for (let i = 0; i < 3; i += 1) faults.next('somebody-else', reads)
    if (which === 'half-done') for (let i = 0; i < 2; i += 1) faults.next('lost-answer', writes)
    return () => {
      faults.down = false
      faults.throttled = false
    }
  }
}

const environments = ['staging', 'production', 'tools']

export const connected: Record<string, (it: TestOffice) => Promise<Stand>> = {
  async github(it) {
    const { github } = it
    const teams: Record<string, string> = {
      'github-production-deploy': 'production-deploy',
      'github-production-admin': 'production-admin',
    }
    return {
      trouble: troubleOf(github.faults, 'GET memberships', 'PUT memberships'),
      isThere({ key }) {
        const team = teams[key]
        return team ? github.membership(org, team, 'priya-s') === 'active' : null
      },
      changes: () => [
        ...github.requests
          .filter(({ method, path, status }) => method !== 'GET' && status < 300 && path.includes('memberships'))
          .map(({ method, path }) => `${method} ${path}`),
        ...github.pulls(lists).map(({ title }) => title),
      ],
      // Its office closes it.
      close: async () => {},
    }
  },

  async aws(it) {
    const { github, office, adapters } = it
    const now = () => office.clock.calendar()
    const textOf = (name: string) => github.file(lists, pathOf(name))
    const aws = await startLocalAws({
      accounts: { base: '000000000000', staging: '000000000001', production: '000000000002', tools: '000000000003' },
      lists: (name) => ({ path: pathOf(name), text: textOf(name) }),
      now,
    })
    for (const name of ['dan.reyes', 'sam.okoro', 'priya.shah']) aws.addUser(`${name}@example.gov.uk`)
    const apply = () => {
      for (const name of environments) aws.apply(name)
    }
    apply()
    const place = (name: string) => ({
      readAs: aws.readRole(name),
      userRoles: ['{local}-user'],
      adminRoles: ['{local}-admin', '{local}-poweruser'],
    })
    const access = { region: 'eu-west-1', iamUrl: aws.origin, stsUrl: aws.origin, credentials: aws.credentials }
    const read = {
      base: aws.readRole('base'),
      environments: Object.fromEntries(environments.map((name) => [name, place(name)])),
    }
    const listed = adapters.get('aws') ?? null
    adapters.set('aws', createAws({ lists: listed, iam: createAwsReading(access, read, { wall: now }, 2_000), now }))
    let half = false
    const trouble = troubleOf(aws.faults, undefined, undefined)
    return {
      trouble(which) {
        // Half of the accounts are applied, and the others are not.
        half = which === 'half-done'
        const end = half ? () => {} : trouble(which)
        return () => {
          half = false
          end()
        }
      },
      goesOn: () => (half ? void aws.apply('staging') : apply()),
      isThere({ key, plan }) {
        const { list } = plan.wanted.params
        if (plan.system !== 'aws' || typeof list !== 'string') return null
        const suffix = list === 'role_admin_user_arns' ? 'admin' : 'user'
        return key === 'aws-iam-user' ? null : aws.role(plan.environment ?? '', `priya.shah-${suffix}`) !== null
      },
      changes: () => environments.map((name) => `${name}: ${textOf(name).split(arnOf('priya.shah')).length - 1}`),
      close: () => aws.close(),
    }
  },

  async google({ office, adapters }) {
    const now = () => office.clock.calendar()
    const google = await startLocalGoogle({ now })
    google.addGroup(googleGroup, 'Production access')
    office.installation.targets['gcp:access'] = { group: googleGroup, page: 'https://groups.example.gov.uk/' }
    const tokens = createGoogleTokens(google.tokens.key, { now, tokensFrom: google.tokensUrl })
    const client = createGoogleClient({ apiUrl: google.origin, tokens, now, timeOutMs: 500 })
    adapters.set('gcp', createGoogleGroup(client, [googleGroup], now))
    return {
      trouble: troubleOf(google.faults, 'GET memberships', 'POST memberships'),
      isThere: ({ key }) => (key === 'gcp-group' ? google.roleOf(googleGroup, priya) !== 'none' : null),
      changes: () =>
        google.calls
          .filter(({ method, status }) => method !== 'GET' && status < 300)
          .map(({ method, path }) => `${method} ${path}`),
      close: () => google.close(),
    }
  },

  async fastly({ office, adapters }) {
    const now = () => office.clock.calendar()
    const fastly = await startLocalFastly({ now })
    office.installation.targets['fastly:account'] = { customer: fastly.customer }
    const client = createFastlyClient({ apiUrl: `${fastly.origin}/api`, token: fastly.token }, now, 500)
    adapters.set('fastly', createFastly({ client, now, today: now }))
    return {
      trouble: troubleOf(fastly.faults, 'GET users', 'POST invitations'),
      goesOn() {
        for (const { email } of fastly.invitations()) fastly.accept(email)
      },
      isThere: ({ key }) => (key === 'fastly' ? fastly.user(priya)?.role === 'engineer' : null),
      changes: () =>
        fastly.requests
          .filter(({ method, status }) => method !== 'GET' && status < 300)
          .map(({ method, path }) => `${method} ${path}`),
      close: () => fastly.close(),
    }
  },

  async sentry({ office, adapters }) {
    const now = () => office.clock.calendar()
    const sentry = await startLocalSentry({ now })
    office.installation.targets['sentry:organisation'] = { organisation: sentry.organisation, team: '#developers' }
    const client = createSentryClient({ apiUrl: sentry.origin, token: sentry.token }, now, 500)
    adapters.set('sentry', createSentry({ client, now }))
    return {
      trouble: troubleOf(sentry.faults, 'GET members', 'POST members'),
      goesOn() {
        if (sentry.member(priya)?.pending) sentry.accept(priya)
      },
      isThere: ({ key }) => (key === 'sentry' ? sentry.member(priya)?.orgRole === 'admin' : null),
      changes: () =>
        sentry.requests
          .filter(({ method, status }) => method !== 'GET' && status < 300)
          .map(({ method, path }) => `${method} ${path}`),
      close: () => sentry.close(),
    }
  },

  async logit({ office, adapters }) {
    const logit = await startLocalLogit()
    const team = 'GOV.UK Users'
    const now = () => office.clock.calendar()
    office.installation.targets['logit:users'] = { team, account: logit.account }
    adapters.set('logit', createLogit({ apiUrl: logit.origin, apiKey: logit.apiKey, account: logit.account, now }))
    return {
      trouble: troubleOf(logit.faults, undefined, undefined),
      goesOn: () => logit.signIn(priya),
      byHand: ({ key, direction }) =>
        key === 'logit' ? logit.setInTeam(team, priya, direction === 'grant') : undefined,
      isThere: ({ key }) => (key === 'logit' ? logit.inTeam(team, priya) : null),
      // Nothing is ever changed by us.
      changes: () => [],
      close: () => logit.close(),
    }
  },
}
