import { DAY } from '../../clock.ts'
import { type StepOrder, SystemFailure } from '../../grants/system.ts'
import { type Ending, endingIn, endOf } from '../../rules/ending.ts'
import type { Membership } from './memberships.ts'

/** What an order wants of a Google Group. */

/** @throws SystemFailure where no group is configured */
export function groupIn({ wanted }: Pick<StepOrder, 'wanted'>): string {
  const { group } = wanted.params
  if (typeof group === 'string' && group.includes('@')) return group
  throw new SystemFailure(
    'invalid',
    'The address of the Google Group is not configured.',
    'Name the group’s address in the installation file.',
  )
}

export function pageIn({ wanted }: StepOrder): string | null {
  const { page } = wanted.params
  return typeof page === 'string' ? page : null
}

/** When the membership shall end by itself; `null` = never, or people add the member and choose for themselves. */
export function wantedEnd({ method, wanted }: StepOrder): Ending | null {
  return method === 'api' ? endingIn(wanted.params) : null
}

/**
 * Whether Google ends a membership before the day that was approved. A number of days tells no day once it runs, so a
 * membership that is there already is then left as it is.
 */
export function endsTooSoon<T extends Membership>(order: StepOrder, found: T): found is T & { endsAt: Date } {
  const ending = order.direction === 'grant' && found.role === 'member' ? wantedEnd(order) : null
  if (!ending || !('on' in ending) || found.endsAt === null) return false
  return found.endsAt.getTime() < endOf(ending, found.endsAt).getTime() - DAY
}
