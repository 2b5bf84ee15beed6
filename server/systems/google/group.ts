import { DAY } from '../../clock.ts'
import {
  type Evidence,
  type Health,
  type Observation,
  type Receipt,
  type StepOrder,
  type SystemAdapter,
  SystemFailure,
} from '../../grants/system.ts'
import { HttpFailure } from '../http/failures.ts'
import { type GoogleClient, noConsent } from './client.ts'
import { listGroup } from './listing.ts'
import { createMemberships, type Membership, type Memberships, type Operation } from './memberships.ts'

/**
 * Membership of a Google Group is seen by projects "typically within several minutes, potentially hours": said as the
 * rules' own words say it, a day.
 */
const SPREADS_WITHIN = DAY
/** Codes of an operation that was carried out and came to nothing (google.rpc.Code). */
const ALREADY_EXISTS = 6
const PERMISSION_DENIED = 7

/**
 * Google Cloud through membership of one Google Group. Managers and owners of the group are members too, and are never
 * removed or demoted by us.
 * @param groups addresses of the groups, for the health of the connection
 */
export function createGoogleGroup(client: GoogleClient, groups: string[], now: () => Date): SystemAdapter {
  const memberships = createMemberships(client, noSuchGroup)
  return {
    id: 'gcp',
    name: 'Google Cloud',
    can: ['api'],
    reads: () => true,
    health: () => health(memberships, groups, now()),
    list: (order) => listGroup(memberships, groupIn(order)),
    read: (order) => read(memberships, order, now()),
    async apply([order]) {
      if (!order) throw new SystemFailure('invalid', 'Nothing was asked for.', 'Look at the attempts.')
      return order.direction === 'grant' ? add(memberships, order) : remove(memberships, order)
    },
  }
}

async function read(memberships: Memberships, order: StepOrder, now: Date): Promise<Observation> {
  const group = groupIn(order)
  const { name, id } = order.account
  const found = await memberships.find(group, id)
  const effective = { effectiveWithinMs: SPREADS_WITHIN }
  if (found && (found.endsAt === null || found.endsAt > now)) {
    const more = [
      ...(found.role === 'member' ? [] : [`They are ${roleWords[found.role]} of it, which is left as it is.`]),
      ...(found.endsAt ? [`Google ends this membership on ${found.endsAt.toISOString().slice(0, 10)}.`] : []),
    ]
    return {
      is: 'present',
      detail: [`${name} is in ${group}.`, ...more].join(' '),
      evidence: { group, role: found.role, endsAt: found.endsAt?.toISOString() ?? null },
      ...(order.direction === 'grant' ? effective : {}),
    }
  }
  const evidence: Evidence = { group, role: 'none' }
  if (order.direction === 'grant') return { is: 'absent', detail: `${name} is not in ${group}.`, evidence }
  const nested = await memberships.isThroughAnother(group, id)
  if (nested) throw throughAnother(group, name)
  const unseen = nested === null ? ' Whether another group brings them in cannot be read here.' : ''
  return {
    is: 'absent',
    detail: `${name} is not in ${group}.${unseen}`,
    evidence: { ...evidence, throughAnotherGroup: nested },
    ...effective,
  }
}

const roleWords: Record<'manager' | 'owner', string> = { manager: 'a manager', owner: 'an owner' }

async function add(memberships: Memberships, order: StepOrder): Promise<Receipt> {
  const group = groupIn(order)
  const { name, id } = order.account
  const there = () => ({ vendorRequestId: null, link: pageIn(order), detail: `${name} was in ${group} already.` })
  if (await memberships.find(group, id)) return there()
  try {
    const operation = await memberships.add(group, id)
    if (operation.error?.code === ALREADY_EXISTS) return there()
    checkOperation(operation)
    return {
      vendorRequestId: operation.name ?? null,
      link: pageIn(order),
      detail: `Asked Google to add ${name} to ${group}.`,
    }
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error
    // Somebody was quicker, or Google had carried out what it did not answer: the next look says which.
    if (error.status === 409) return there()
    if (error.status === 400) throw notAccepted(name, group)
    throw error
  }
}

async function remove(memberships: Memberships, order: StepOrder): Promise<Receipt> {
  const group = groupIn(order)
  const { name, id } = order.account
  const found = await memberships.find(group, id)
  if (!found) return { vendorRequestId: null, link: pageIn(order), detail: `${name} was not in ${group}.` }
  if (found.role !== 'member') throw keepsTheGroup(found, name, group)
  const operation = await memberships.remove(found)
  if (operation) checkOperation(operation)
  const detail = operation ? `Asked Google to remove ${name} from ${group}.` : `${name} was gone from ${group} already.`
  return { vendorRequestId: operation?.name ?? null, link: pageIn(order), detail }
}

/** A 2xx may carry an operation that came to nothing. */
function checkOperation({ error }: Operation): void {
  if (!error) return
  if (error.code === PERMISSION_DENIED) throw noConsent()
  throw new SystemFailure(
    'invalid',
    'Google took what we asked and did not carry it out.',
    'Look at the attempts, or let people do it by hand.',
  )
}

function groupIn({ wanted }: Pick<StepOrder, 'wanted'>): string {
  const { group } = wanted.params
  if (typeof group === 'string' && group.includes('@')) return group
  throw new SystemFailure(
    'invalid',
    'The address of the Google Group is not configured.',
    'Name the group’s address in the installation file.',
  )
}

function pageIn({ wanted }: StepOrder): string | null {
  const { page } = wanted.params
  return typeof page === 'string' ? page : null
}

function noSuchGroup(group: string): SystemFailure {
  return new SystemFailure(
    'invalid',
    `Google has no group ${group}.`,
    'Put the group’s address right in the installation file.',
  )
}

function notAccepted(name: string, group: string): SystemFailure {
  return new SystemFailure(
    'unknown-person',
    `Google does not take ${name} as a member of ${group}.`,
    'The engineer says which work address Google knows them by, or an owner of the group looks whether it takes that address.',
  )
}

function keepsTheGroup({ role }: Membership, name: string, group: string): SystemFailure {
  const what = role === 'owner' ? 'an owner' : 'a manager'
  return new SystemFailure(
    'managed-elsewhere',
    `${name} is ${what} of ${group}, so they were not removed: who keeps the group is not ours to change.`,
    `Another owner of ${group} makes them a plain member or removes them, then tries again.`,
  )
}

function throughAnother(group: string, name: string): SystemFailure {
  return new SystemFailure(
    'managed-elsewhere',
    `${name} is no longer in ${group} by themselves, and is still in it through another group.`,
    `An owner of ${group} looks which of its groups brings them in, removes them there, then tries again.`,
  )
}

async function health(memberships: Memberships, groups: string[], checkedAt: Date): Promise<Health> {
  const leastRights =
    'A service account that is a manager of the group, with the scope cloud-identity.groups; no role in the organisation.'
  try {
    for (const group of groups) await memberships.groupOf(group)
    return {
      state: 'ok',
      sentence: `Members of ${groups.join(', ')} are changed and read.`,
      checkedAt,
      leastRights,
      expiresAt: null,
    }
  } catch (error) {
    if (!(error instanceof SystemFailure)) throw error
    return { state: 'failing', sentence: error.message, checkedAt, leastRights, expiresAt: null }
  }
}
