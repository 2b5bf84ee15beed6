import { createAws } from '../../../server/systems/aws/aws.ts'
import { createAwsReading } from '../../../server/systems/aws/reading.ts'
import { startLocalAws } from '../../local-systems/aws.ts'
import { lists, pathOf } from '../office.ts'
import { type Connected, changing, troublesOf } from './stand.ts'

/** The lists in a repository, and the AWS that is read to see whether they were applied. */

const environments = ['staging', 'production', 'tools']

export const repository: Connected = {
  system: 'Lists in a repository',
  levels: ['deploy', 'admin'],
  async start({ github }) {
    const { faults } = github
    const of = `repos/${lists}`
    const lost = [`POST ${of}/git/refs`, `POST ${of}/pulls$`]
    const begin = troublesOf(faults, { reads: `GET ${of}/pulls`, writes: { grant: lost, revoke: lost } })
    const merged = () => github.pulls(lists).filter(({ merged_at }) => merged_at !== null).length
    let mergedBefore: number | null = null
    return {
      // Of one GitHub only this repository: teams go on.
      begin(which, direction) {
        const before = faults.met()
        if (which === 'down' || which === 'throttled') {
          const end = faults.during(which === 'down' ? 'server-error' : 'secondary-limit', of)
          return { end, met: () => faults.met() - before, left: () => 0 }
        }
        const trouble = begin(which, direction)
        mergedBefore = which === 'half-done' ? merged() : null
        return { ...trouble, left: () => trouble.left() + (mergedBefore === null ? 0 : 1) }
      },
      goesOn() {
        if (mergedBefore === null || merged() === mergedBefore) return
        mergedBefore = null
        // Somebody merged it, and the answer about that is lost.
        faults.next('lost-answer', `GET ${of}`)
      },
      // What is merged is not there yet: the accounts say so.
      isThere: () => null,
      changes: () => [
        // A tree is known by what is in it: asked for again, it is the same one.
        ...changing(github.requests).filter((change) => change.includes(of) && !change.endsWith('/git/trees')),
        ...github.pulls(lists).map(({ title, merged_at }) => `${title}: ${merged_at === null ? 'open' : 'merged'}`),
      ],
      // Its office closes it.
      close: async () => {},
    }
  },
}

export const aws: Connected = {
  system: 'AWS',
  levels: ['deploy', 'admin'],
  async start({ github, office, adapters }) {
    const now = () => office.clock.calendar()
    const local = await startLocalAws({
      accounts: { base: '000000000000', staging: '000000000001', production: '000000000002', tools: '000000000003' },
      lists: (name) => ({ path: pathOf(name), text: github.file(lists, pathOf(name)) }),
      now,
    })
    for (const name of ['dan.reyes', 'sam.okoro', 'priya.shah']) local.addUser(`${name}@example.gov.uk`)
    for (const name of environments) local.apply(name)
    const place = (name: string) => ({
      readAs: local.readRole(name),
      userRoles: ['{local}-user'],
      adminRoles: ['{local}-admin', '{local}-poweruser'],
    })
    const access = { region: 'eu-west-1', iamUrl: local.origin, stsUrl: local.origin, credentials: local.credentials }
    const read = {
      base: local.readRole('base'),
      environments: Object.fromEntries(environments.map((name) => [name, place(name)])),
    }
    const listed = adapters.get('aws') ?? null
    adapters.set('aws', createAws({ lists: listed, iam: createAwsReading(access, read, { wall: now }, 10_000), now }))
    const begin = troublesOf(local.faults, { reads: 'Get(User|Role)', writes: { grant: [], revoke: [] } })
    /** Looks at an account that nobody has applied yet. */
    const looks = () =>
      local.calls.filter(({ account, action }) => account !== 'staging' && action === 'GetRole').length
    /** What nobody applies for now. */
    let unapplied: string[] = []
    return {
      begin(which, direction) {
        // Half of the accounts are applied, and the others are not. And only of a role that is there can something be said
        // that is not so.
        if (which === 'half-done') unapplied = ['production', 'tools']
        if (which === 'lying' && direction === 'revoke') unapplied = environments
        const before = looks()
        let looked = 0
        const trouble = begin(which, direction)
        return {
          end() {
            looked = looks() - before
            unapplied = []
            trouble.end()
          },
          met: () => (which === 'half-done' ? looked : trouble.met()),
          left: trouble.left,
        }
      },
      goesOn() {
        for (const name of environments) if (!unapplied.includes(name)) local.apply(name)
      },
      isThere({ key, plan }) {
        const { list } = plan.wanted.params
        if (plan.system !== 'aws' || typeof list !== 'string') return null
        const suffix = list === 'role_admin_user_arns' ? 'admin' : 'user'
        return key === 'aws-iam-user' ? null : local.role(plan.environment ?? '', `priya.shah-${suffix}`) !== null
      },
      // We only read: what the accounts have comes of the lists, whose history is told by the repository.
      changes: () => local.calls.map(({ action }) => action).filter((action) => !/^(Get|List|AssumeRole)/.test(action)),
      close: () => local.close(),
    }
  },
}
