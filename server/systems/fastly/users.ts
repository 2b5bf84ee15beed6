import { type Health, type Receipt, type SystemAdapter, SystemFailure } from '../../grants/system.ts'
import type { JsonClient } from '../http/json-client.ts'
import { createFastlyAccounts, tokenSelf } from './accounts.ts'
import { grant, revoke, withdraw } from './changing.ts'
import { listAccount } from './listing.ts'
import { placeOf } from './place.ts'
import { readGrant, readRevoke } from './reading.ts'
import { provisioned } from './refusals.ts'

export interface FastlyParts {
  client: JsonClient
  /** The wall clock, for the health, and the calendar, by which invitations run out. */
  now(): Date
  today(): Date
  /** Accounts that the installation names: whether we see their people is the health. */
  customers?: string[]
}

/**
 * Fastly's users. The role and "all services" are two facts and both are read. Who has no account is invited by email and
 * counts once they have accepted; who has more than is wanted is never changed.
 */
export function createFastly({ client, now, today, customers = [] }: FastlyParts): SystemAdapter {
  return {
    id: 'fastly',
    name: 'Fastly',
    can: ['api'],
    reads: () => true,
    health: () => health(client, customers, now()),
    async list(order) {
      const { accounts, wanted } = placeOf(client, { ...order, account: nobody, seen: null }, today)
      return listAccount(accounts, wanted, today())
    },
    async read(order) {
      const place = placeOf(client, order, today)
      return order.direction === 'grant' ? readGrant(place, order) : readRevoke(place)
    },
    async apply(orders) {
      let receipt: Receipt = { vendorRequestId: null, link: null, detail: 'Nothing was asked for.' }
      for (const order of orders) {
        const place = placeOf(client, order, today)
        if (place.provisionedBy) throw provisioned(place.provisionedBy)
        receipt = order.direction === 'grant' ? await grant(place) : await revoke(place)
      }
      return receipt
    },
    async withdraw(order) {
      const place = placeOf(client, order, today)
      if (place.provisionedBy) throw provisioned(place.provisionedBy)
      return withdraw(place)
    },
  }
}

/** A list is of everybody. */
const nobody = { kind: 'email', id: '', name: '' } as const

const leastRights =
  'A token with the scope global of a Fastly superuser: it invites people, sets roles and deletes accounts.'

async function health(client: JsonClient, customers: string[], checkedAt: Date): Promise<Health> {
  try {
    const { scopes, expiresAt } = await tokenSelf(client)
    const common = { checkedAt, leastRights, expiresAt, noEnd: 'Fastly says that this token has no end.' }
    if (!scopes.includes('global'))
      return { state: 'failing', sentence: 'Our Fastly token may only read. Give it the scope global.', ...common }
    for (const customer of customers) await createFastlyAccounts(client, customer, () => checkedAt).everybody()
    return { state: 'ok', sentence: 'Fastly answers, and shows the people of the account.', ...common }
  } catch (error) {
    const sentence = error instanceof SystemFailure ? error.message : 'Fastly could not be reached.'
    return { state: 'failing', sentence, checkedAt, leastRights }
  }
}
