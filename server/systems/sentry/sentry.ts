import { type Health, type Receipt, type SystemAdapter, SystemFailure } from '../../grants/system.ts'
import type { JsonClient } from '../http/json-client.ts'
import { grant, revoke, withdraw } from './changing.ts'
import { listMembers } from './listing.ts'
import { createSentryMembers, tokenOf } from './members.ts'
import { placeOf } from './place.ts'
import { readGrant, readRevoke } from './reading.ts'

export interface SentryParts {
  client: JsonClient
  now(): Date
  /** Where people see it, without a path; left out: Sentry's own, of any region. */
  url?: string
  /** Organisations that the installation names: whether we reach them is the health. */
  organisations?: string[]
}

/**
 * Sentry's members. What the rules call Admin is the organisation's role of that name, or Team Admin of a configured team
 * where the plan has retired it. Who is not a member is invited by email and counts once they have accepted.
 */
export function createSentry({ client, now, url, organisations = [] }: SentryParts): SystemAdapter {
  const at = (order: Parameters<typeof placeOf>[1]) => placeOf(client, order, url)
  return {
    id: 'sentry',
    name: 'Sentry',
    can: ['api'],
    reads: () => true,
    health: () => health(client, organisations, now()),
    list: async (order) => listMembers(at({ ...order, account: nobody, seen: null })),
    async read(order) {
      const place = at(order)
      return order.direction === 'grant' ? readGrant(place, order) : readRevoke(place)
    },
    async apply(orders) {
      let receipt: Receipt = { vendorRequestId: null, link: null, detail: 'Nothing was asked for.' }
      for (const order of orders) {
        const place = at(order)
        receipt = order.direction === 'grant' ? await grant(place) : await revoke(place)
      }
      return receipt
    },
    withdraw: (order) => withdraw(at(order)),
  }
}

/** A list is of everybody. */
const nobody = { kind: 'email', id: '', name: '' } as const

const leastRights =
  'A token of a Sentry user who is Manager or Owner, with member:admin and org:read: integrations may not change roles.'

async function health(client: JsonClient, organisations: string[], checkedAt: Date): Promise<Health> {
  const common = { checkedAt, leastRights, expiresAt: null, noEnd: 'Sentry does not say when its tokens end.' }
  try {
    const { isUser, scopes } = await tokenOf(client)
    if (!isUser) return { state: 'failing', sentence: 'Our Sentry token belongs to no user.', ...common }
    if (!scopes.includes('member:admin'))
      return { state: 'failing', sentence: 'Our Sentry token lacks the scope member:admin.', ...common }
    // Another region, or a misspelt name, answers about itself and knows nothing of the organisation.
    for (const organisation of organisations) await createSentryMembers(client, organisation).reached()
    return { state: 'ok', sentence: 'Sentry answers, and shows the members.', ...common }
  } catch (error) {
    const sentence = error instanceof SystemFailure ? error.message : 'Sentry could not be reached.'
    return { state: 'failing', sentence, ...common }
  }
}
