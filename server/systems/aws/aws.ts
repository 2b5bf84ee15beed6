import {
  type Evidence,
  type Health,
  type Listing,
  type ListOrder,
  type Observation,
  type StepOrder,
  type SystemAdapter,
  SystemFailure,
} from '../../grants/system.ts'
import type { TurnRole } from '../../rules/types.ts'
import { type Applied, readApplied } from './applied.ts'
import { type AwsGroups, isByGroup } from './groups.ts'
import { needsIamUser, readIamUser } from './iam-user.ts'
import { readInLists } from './in-lists.ts'
import { listTrusted, mayNotList } from './listed-roles.ts'
import { type AwsReading, type ReadPlace, rolesBy } from './reading.ts'
import { adminList } from './rules.ts'

export interface AwsParts {
  /** Changes the lists; `null` = people do. */
  lists: SystemAdapter | null
  /** Reads AWS itself; `null` = people look. */
  iam: AwsReading | null
  /** Changes groups of IAM users, where an installation gives access by those; `null` = people do. */
  groups?: AwsGroups | null
  now(): Date
}

/**
 * AWS as one system: the lists that are changed by pull request, and AWS itself, where it can be read. *Merged* becomes
 * *there* only once the roles of the account are as the list says.
 */
export function createAws({ lists, iam, groups = null, now }: AwsParts): SystemAdapter {
  const isIamUser = ({ wanted }: Pick<StepOrder, 'wanted'>) => wanted.value === iamUserExists
  // Only roles whose names are known are read; another grant of AWS is not, whatever its account says.
  const placeOf = ({ environment, wanted }: Pick<StepOrder, 'environment' | 'wanted'>) => {
    const place = iam?.environments.get(environment ?? '')
    return place?.knows(rolesBy(wanted)) ? place : null
  }
  return {
    id: 'aws',
    name: 'AWS',
    can: [...(lists?.can ?? []), ...(groups ? (['api'] as const) : [])],
    health: () => health(lists, iam, groups, now()),
    reads: (order) =>
      isByGroup(order) ? groups !== null : iam !== null && (isIamUser(order) || placeOf(order) !== null),
    async list(order) {
      if (isByGroup(order))
        return groups ? groups.list(order) : { is: 'cannot-see', detail: 'The groups are not read by us.' }
      const place = placeOf(order)
      const isListed = order.wanted.params['list'] !== undefined
      if (!place) return isListed ? listInRepository(lists, order) : unknownRoles
      try {
        return await listTrusted(place, order, await readInLists(lists, order))
      } catch (error) {
        if (!mayNotList(error)) throw error
        if (!isListed) return { is: 'cannot-see', detail: error.message }
        return withRemark(await listInRepository(lists, order), error.message)
      }
    },
    async read(order) {
      if (isByGroup(order)) return groups ? groups.read(order) : notRead
      if (isIamUser(order)) return iam ? readIamUser(iam.base, order) : notRead
      const listed = lists && order.method === 'pull-request' ? await lists.read(order) : null
      const place = placeOf(order)
      if (listed && (listed.is !== 'merged' || !place)) return listed
      return place ? withLists(listed, await readApplied(place, order), order, place) : notRead
    },
    async apply(orders) {
      const [first] = orders
      if (groups && first && isByGroup(first)) return groups.apply(first)
      if (!lists) throw new SystemFailure('invalid', 'The lists are not changed by us.', 'People do this step by hand.')
      for (const order of orders) if (iam && order.direction === 'grant') await needsIamUser(iam.base, order)
      return lists.apply(orders)
    },
    ...(lists?.inTurn ? { inTurn: lists.inTurn } : {}),
    ...(lists?.withdraw ? { withdraw: withdrawing(lists.withdraw) } : {}),
  }
}

const unknownRoles: Listing = {
  is: 'cannot-see',
  detail: 'No list and no group that we know makes this, so nobody is compared.',
}

async function listInRepository(lists: SystemAdapter | null, order: ListOrder): Promise<Listing> {
  if (lists?.list) return lists.list(order)
  return { is: 'cannot-see', detail: 'The lists are changed by people and are not read by us.' }
}

/** Why AWS itself was not compared. */
function withRemark(found: Listing, why: string): Listing {
  if (found.is === 'cannot-see') return { ...found, detail: `${found.detail} ${why}` }
  return { ...found, cannotSee: found.cannotSee === null ? why : `${found.cannotSee} ${why}` }
}

/** A group proposes nothing that somebody could accept later. */
function withdrawing(fromLists: NonNullable<SystemAdapter['withdraw']>): NonNullable<SystemAdapter['withdraw']> {
  return async (order) =>
    isByGroup(order) ? { vendorRequestId: null, link: null, detail: 'Nothing was proposed.' } : fromLists(order)
}

/** The value of the grant that only looks for the IAM user, as the rule set has it. */
const iamUserExists = 'exists with MFA'

const notRead: Observation = { is: 'cannot-tell', detail: 'AWS is not read here.' }

/** What the list says and what the account has, together. */
function withLists(
  listed: Observation | null,
  applied: Applied,
  { direction, wanted }: StepOrder,
  place: ReadPlace,
): Observation {
  const evidence: Evidence = { ...(listed && 'evidence' in listed ? listed.evidence : {}), ...applied.evidence }
  const { is, detail, longestSessionMs } = applied
  if (is && direction === 'grant') return { is: 'present', detail, evidence }
  if (is) return { is: 'absent', detail, evidence, effectiveWithinMs: longestSessionMs }
  if (direction === 'revoke' && evidence['privileged'] === true)
    return { is: 'absent', detail: `${detail} It stays because of the privileged list.`, evidence }
  if (!listed) return { is: direction === 'grant' ? 'absent' : 'present', detail, evidence }
  return {
    is: 'waiting',
    waitsFor: applierOf(wanted.params['list']),
    detail: `Merged, not applied in ${place.account.name} yet. ${detail}`,
    link: 'link' in listed ? listed.link : null,
    who: null,
    evidence,
  }
}

/** Privileged roles are applied by Senior Tech, the others by 2nd line. */
function applierOf(list: unknown): TurnRole {
  return list === adminList ? 'senior-tech' : 'second-line'
}

/** Tries every role that we read through; one that does not answer is named with its reason. */
async function health(
  lists: SystemAdapter | null,
  iam: AwsReading | null,
  groups: AwsGroups | null,
  checkedAt: Date,
): Promise<Health> {
  const listed = lists ? await lists.health() : null
  const changes = listed?.state === 'not-configured' ? null : listed
  if (!iam) return listed ?? { state: 'not-configured', sentence: 'AWS is not connected.', checkedAt }
  const tried = await Promise.all(
    iam.all.map(async (account) => ({ name: account.name, wrong: await troubleOf(() => account.tryOut()) })),
  )
  const wrong = tried.filter((one) => one.wrong !== null)
  const unchanged = groups ? await troubleOf(() => groups.tryOut()) : null
  const names = iam.all.map((account) => account.name).join(', ')
  const how = changes ? 'Lists are changed by pull request.' : 'Lists are changed by people.'
  return {
    state: wrong.length > 0 || unchanged !== null || changes?.state === 'failing' ? 'failing' : 'ok',
    sentence:
      wrong.length > 0
        ? wrong.map((one) => `AWS cannot be read in ${one.name}: ${one.wrong}`).join(' ')
        : (unchanged ??
          (changes?.state === 'failing'
            ? changes.sentence
            : `${how} AWS itself is read in ${names}.${groups ? ' Groups of IAM users are changed by us.' : ''}`)),
    checkedAt,
    leastRights: [
      'In AWS: one role to assume in each account, with iam:GetRole, and with iam:ListRoles where AWS is compared with the record; in the base account with iam:GetUser and iam:ListMFADevices instead. Nothing that changes anything.',
      ...(groups ? [groups.leastRights] : []),
      ...(changes?.leastRights ? [changes.leastRights] : []),
    ].join(' '),
    expiresAt: changes?.expiresAt ?? null,
    noEnd:
      'The sessions that we assume end within the hour and are made anew; AWS does not say when what assumes them ends.',
  }
}

async function troubleOf(tryOut: () => Promise<void>): Promise<string | null> {
  try {
    await tryOut()
    return null
  } catch (error) {
    if (error instanceof SystemFailure) return error.message
    throw error
  }
}
