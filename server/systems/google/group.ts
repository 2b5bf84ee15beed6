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
import { dayInWords } from '../../rules/ending.ts'
import { add, checkOperation } from './adding.ts'
import type { GoogleClient } from './client.ts'
import { listGroup } from './listing.ts'
import { createMemberships, type Membership, type Memberships } from './memberships.ts'
import { endsTooSoon, groupIn, pageIn, wantedEnd } from './wanted.ts'

/**
 * Membership of a Google Group is seen by projects "typically within several minutes, potentially hours": said as the
 * rules' own words say it, a day.
 */
const SPREADS_WITHIN = DAY

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
    ends: true,
    reads: () => true,
    health: () => health(memberships, groups, now()),
    list: (order) => listGroup(memberships, groupIn(order)),
    read: (order) => read(memberships, order, now()),
    async apply([order]) {
      if (!order) throw new SystemFailure('invalid', 'Nothing was asked for.', 'Look at the attempts.')
      return order.direction === 'grant' ? add(memberships, order, now()) : remove(memberships, order)
    },
  }
}

async function read(memberships: Memberships, order: StepOrder, now: Date): Promise<Observation> {
  const group = groupIn(order)
  const { name, id } = order.account
  const found = await memberships.find(group, id)
  const effective = { effectiveWithinMs: SPREADS_WITHIN }
  if (found && (found.endsAt === null || found.endsAt > now)) {
    const evidence = { group, role: found.role, endsAt: found.endsAt?.toISOString() ?? null }
    if (endsTooSoon(order, found))
      return {
        is: 'absent',
        detail: `${name} is in ${group}, and Google ends that on ${dayInWords(found.endsAt)}: sooner than wanted.`,
        evidence,
      }
    return {
      is: 'present',
      detail: [`${name} is in ${group}.`, ...besides(order, found)].join(' '),
      evidence,
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

/** What is true of a membership beside that it is there. */
function besides(order: StepOrder, { role, endsAt }: Membership): string[] {
  if (role !== 'member') return [`They are ${roleWords[role]} of it, which is left as it is.`]
  if (endsAt) return [`It ends by itself on ${dayInWords(endsAt)}.`]
  const wantsEnd = order.direction === 'grant' && wantedEnd(order) !== null
  return wantsEnd ? ['Google has no end for it, so it stays until somebody takes it back.'] : []
}

const roleWords: Record<'manager' | 'owner', string> = { manager: 'a manager', owner: 'an owner' }

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

function noSuchGroup(group: string): SystemFailure {
  return new SystemFailure(
    'invalid',
    `Google has no group ${group}.`,
    'Put the group’s address right in the installation file.',
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
  const common = { leastRights, expiresAt: null, noEnd: 'Google does not say when the service account’s key ends.' }
  try {
    for (const group of groups) await memberships.groupOf(group)
    return {
      state: 'ok',
      sentence: `Members of ${groups.join(', ')} are changed and read.`,
      checkedAt,
      ...common,
    }
  } catch (error) {
    if (!(error instanceof SystemFailure)) throw error
    return { state: 'failing', sentence: error.message, checkedAt, ...common }
  }
}
