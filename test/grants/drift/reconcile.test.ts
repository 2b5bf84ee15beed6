import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { isAsked, placesToCompare } from '../../../server/grants/drift/places.ts'
import type { Adapters } from '../../../server/grants/steps.ts'
import { loadRuleSet } from '../../../server/rules/rule-set.ts'
import { person } from '../../http/views/world.ts'
import { compared, found, held, list, listed, places, priya, sam } from './drifting.ts'

/** Every way in which the record and a system may differ, as a table of stories. */

const team = 'github-production-deploy'
const adminTeam = 'github-production-admin'
const there = listed('priya-s', '1001')

describe('what the record and a system say of one account', () => {
  test('is nothing to decide where they agree', () => {
    const done = compared({ holdings: [held(priya, team)], says: { [team]: list([there]) } })
    expect(done).toMatchObject({ findings: [], cannotTell: [], agree: 1 })
  })

  test('is missing where it is in the record alone', () => {
    expect(found({ holdings: [held(priya, team)], says: { [team]: list([]) } })).toEqual([
      'missing: Our record says that Priya Shah has GitHub. GitHub does not show it.',
    ])
  })

  test('is extra where somebody of the register is in the system alone', () => {
    expect(found({ says: { [team]: list([listed('sam-o', '1002')]) } })).toEqual([
      'extra: Sam Okoro has GitHub, and nobody granted it here. sam-o is in it.',
    ])
  })

  test('is an over-grant where somebody with Deploy only has an Admin item', () => {
    expect(
      found({ holdings: [held(priya, team)], says: { [team]: list([there]), [adminTeam]: list([there]) } }),
    ).toEqual([
      'extra!: Priya Shah was granted Production Deploy only, and has GitHub admin team, which belongs to Production Admin. priya-s is in it.',
    ])
  })

  test('is no over-grant for whoever was granted something of Admin', () => {
    const holdings = [held(priya, team), held(priya, 'aws-admin/production')]
    const [one] = compared({ holdings, says: { [adminTeam]: list([there]) } }).findings
    expect(one).toMatchObject({ kind: 'extra', overGrant: false })
  })

  test('is an over-grant too for whoever has Deploy because it was adopted, and plainly extra where it is of Deploy', () => {
    const says = { [adminTeam]: list([there]), logit: list([]) }
    expect(found({ adopted: [held(priya, team)], says })).toEqual([
      'extra!: Nobody approved more than Production Deploy for Priya Shah, who has GitHub admin team, which belongs to Production Admin. priya-s is in it.',
    ])
    const [one] = compared({ adopted: [held(priya, 'logit')], says: { [team]: list([there]) } }).findings
    expect(one).toMatchObject({ kind: 'extra', overGrant: false })
  })

  test('is different where it is less than was granted, or only asked for', () => {
    const says = (has: 'less' | 'invited') => ({ [team]: list([{ ...there, has, detail: 'priya-s is invited.' }]) })
    for (const has of ['less', 'invited'] as const)
      expect(found({ holdings: [held(priya, team)], says: says(has) })).toEqual([
        'different: Our record says that Priya Shah has GitHub as “member”. priya-s is invited.',
      ])
  })

  test('is missing, with why, where what brings it is there and it is not yet; extra where nobody granted that', () => {
    const says = { [team]: list([{ ...there, has: 'not-yet', detail: 'It is not applied yet.' }]) }
    expect(found({ holdings: [held(priya, team)], says })).toEqual([
      'missing: Our record says that Priya Shah has GitHub. It is not applied yet.',
    ])
    expect(found({ says })).toEqual([
      'extra: Priya Shah is to have GitHub, and nobody granted it here. It is not applied yet.',
    ])
  })

  test('is nobody’s matter where somebody who was granted nothing has less', () => {
    expect(found({ says: { [team]: list([{ ...there, has: 'less' }]) } })).toEqual([])
  })

  test('is unmanaged where the account belongs to nobody in the register', () => {
    expect(found({ says: { [team]: list([listed('ghost', '77')]) } })).toEqual([
      'unmanaged: ghost has GitHub and belongs to nobody in the register. ghost is in it.',
    ])
  })

  test('is counted and no more for a machine account that the installation names', () => {
    const done = compared({ says: { [team]: list([listed('deploy-bot', '78')]) }, ignored: ['deploy-bot'] })
    expect(done).toMatchObject({ findings: [], ignored: 1 })
  })

  test('never alarms while it is being changed, whichever way', () => {
    const moving: [string, string][] = [['priya', team]]
    const words = 'in-progress: GitHub of Priya Shah is being changed now.'
    expect(found({ moving, says: { [team]: list([there]) } })).toEqual([words])
    expect(found({ moving, holdings: [held(priya, team)], says: { [team]: list([]) } })).toEqual([words])
    expect(found({ moving, says: { [team]: list([{ ...there, has: 'invited' }]) } })).toEqual([words])
  })
})

describe('one value per account', () => {
  const user = 'aws-user/production'
  const admin = 'aws-admin/production'
  const arn = 'arn:aws:iam::000000000000:user/priya.shah@example.gov.uk'
  const withArn = person('priya', 'Priya Shah', { accounts: { aws: { kind: 'aws', id: arn, name: 'priya.shah' } } })
  const entry = listed('priya.shah', arn, { account: { kind: 'aws', id: arn, name: 'priya.shah' }, detail: 'Listed.' })
  const people = [withArn]

  test('lets the higher value stand for the lower one', () => {
    const says = { [user]: list([]), [admin]: list([entry]) }
    expect(found({ people, holdings: [held(withArn, admin)], says })).toEqual([])
  })

  test('lets the lower value be there beside the higher one', () => {
    const says = { [user]: list([entry]), [admin]: list([entry]) }
    expect(found({ people, holdings: [held(withArn, admin)], says })).toEqual([])
  })

  test('tells a higher value than was granted once, where it stands', () => {
    const says = { [user]: list([]), [admin]: list([entry]) }
    expect(found({ people, holdings: [held(withArn, user)], says })).toEqual([
      'extra!: Priya Shah was granted Production Deploy only, and has AWS production (role_admin_user_arns), which belongs to Production Admin. Listed.',
    ])
  })
})

describe('what cannot be told', () => {
  test('says nothing of anybody where a system did not answer', () => {
    const done = compared({
      holdings: [held(priya, team, { missing: 'Not found.' })],
      says: { [team]: { is: 'failed', sentence: 'GitHub did not answer.' }, [adminTeam]: list([there]) },
    })
    expect(done.cannotTell).toEqual([{ system: 'github', key: team, sentence: 'GitHub: GitHub did not answer.' }])
    // The other place answered, and is told.
    expect(done.findings.map(({ kind, key }) => [kind, key])).toEqual([['extra', adminTeam]])
  })

  test('still tells what the daily look did not find, where nothing can be listed', () => {
    const says = { logit: { is: 'cannot-see', detail: 'Nothing lists its members.' } as const }
    const holdings = [held(priya, 'logit', { missing: 'priya is not in GOV.UK Users.' }), held(sam, 'logit')]
    const done = compared({ holdings, says })
    expect(done.cannotTell.map(({ sentence }) => sentence)).toEqual(['Logit: Nothing lists its members.'])
    expect(done.findings.map(({ sentence }) => sentence)).toEqual([
      'Our record says that Priya Shah has Logit. priya is not in GOV.UK Users.',
    ])
  })

  test('is one entry that cannot be read, and nobody beside it', () => {
    const says = { [team]: list([{ ...there, has: 'unreadable', detail: 'Its role is not one we know.' }]) }
    expect(found({ holdings: [held(priya, team), held(sam, team)], says })).toEqual([
      'cannot-tell: We could not tell whether Priya Shah has GitHub. Its role is not one we know.',
      'missing: Our record says that Sam Okoro has GitHub. GitHub does not show it.',
    ])
  })

  test('is whoever is not listed, while an entry names nobody', () => {
    expect(found({ holdings: [held(priya, team)], says: { [team]: list([], { nameless: 1 }) } })).toEqual([
      'cannot-tell: We could not tell whether Priya Shah has GitHub. The list has entries that name nobody.',
    ])
  })

  test('is whom alone a list hides, where it says so; of anybody else it says what it shows in their place', () => {
    const unlisted = (id: string) =>
      id === '1001'
        ? ({ is: 'cannot-tell', detail: 'Its role lets in more than we can name.' } as const)
        : ({ is: 'absent', detail: 'It trusts a user that was deleted.' } as const)
    expect(found({ holdings: [held(priya, team), held(sam, team)], says: { [team]: list([], { unlisted }) } })).toEqual(
      [
        'cannot-tell: We could not tell whether Priya Shah has GitHub. Its role lets in more than we can name.',
        'missing: Our record says that Sam Okoro has GitHub. It trusts a user that was deleted.',
      ],
    )
  })

  test('is a copy that is older than the grant', () => {
    const asOf = new Date('2026-11-24T09:00:00Z')
    expect(found({ holdings: [held(priya, team)], says: { [team]: list([], { asOf }) } })).toEqual([
      'cannot-tell: We could not tell whether Priya Shah has GitHub. What we can read is older than when it was last seen there.',
    ])
  })

  test('is whoever a list is not about', () => {
    expect(found({ holdings: [held(priya, team)], says: { [team]: list([], { onlyOf: new Set(['1002']) }) } })).toEqual(
      [],
    )
  })

  test('is a name that fits two people, who are never taken for each other', () => {
    const people = ['one', 'two'].map((id) =>
      person(id, `Ann ${id}`, { accounts: { github: { kind: 'github', id: `id-${id}`, name: 'ann' } } }),
    )
    expect(found({ people, says: { [team]: list([listed('ann', null)]) } })).toEqual([
      'cannot-tell: We could not tell whether ann has GitHub. More than one person in the register has this name.',
    ])
  })

  test('is one poisoned account, and the rest is told', () => {
    const poisoned = {
      ...there,
      get detail(): string {
        throw new TypeError('poisoned')
      },
    }
    const done = compared({ holdings: [], says: { [team]: list([poisoned, listed('sam-o', '1002')]) } })
    expect(done.findings.map(({ kind, account }) => [kind, account.name])).toEqual([
      ['cannot-tell', 'priya-s'],
      ['extra', 'sam-o'],
    ])
    expect(done.broken).toHaveLength(1)
  })
})

test('a value that turns up by itself elsewhere is no place, so it is never drift', () => {
  expect(places.map(({ key }) => key).filter((key) => key.startsWith('signon'))).toEqual([
    'signon-production/production',
    'signon-superadmin/production',
  ])
})

test('an account that somebody had before is still theirs', () => {
  const old = held(priya, team, { account: { kind: 'github', id: '900', name: 'priya-old' } })
  expect(found({ holdings: [old], says: { [team]: list([listed('priya-old', '900')]) } })).toEqual([])
})

test('what follows a list is asked of its own system, where that lists it', async () => {
  const rules = loadRuleSet(fileURLToPath(new URL('../../../server/rules/rule-sets/2026-08.yaml', import.meta.url)))
  const lists = async () => list([])
  const adapter = { health: never, read: never, apply: never, can: [], name: '' }
  const adapters: Adapters = new Map(['github', 'aws'].map((id) => [id, { ...adapter, id, list: lists }]))
  const asked = placesToCompare(rules, { methods: {}, ownedByTerraform: [], targets: {} })
    .filter(({ follows }) => follows)
    .map((place) => [place.system, isAsked(place, adapters)] as const)
  const of = (system: string) => new Set(asked.filter(([id]) => id === system).map(([, is]) => is))
  expect([of('github'), of('aws'), of('argo-cd')]).toEqual([new Set([true]), new Set([true]), new Set([false])])
})

const never = () => Promise.reject(new Error('nobody asks this'))
