import { type StepOrder, SystemFailure } from '../../grants/system.ts'
import type { JsonClient } from '../http/json-client.ts'
import { createFastlyAccounts, type FastlyAccounts } from './accounts.ts'
import { type Wanted, wantedFrom } from './standing.ts'

/** One order, with the account it is about and what the installation says. */
export interface Place {
  accounts: FastlyAccounts
  customer: string
  email: string
  /** The id of the user that access was given to, as it was seen then, or `null`. */
  seen: string | null
  name: string
  wanted: Wanted
  /** What a revocation leaves, because another request still holds it. */
  kept: Wanted | null
  /** Who makes and ends the accounts where Fastly follows an identity provider. */
  provisionedBy: string | null
  page: string
  /** Where invitations are accepted, if not by email alone. */
  invitation: string | null
  today: Date
}

/** Where superusers manage people. */
const USER_MANAGEMENT = 'https://manage.fastly.com/account/users'

/** @throws SystemFailure when the installation or the rule set does not say enough */
export function placeOf(
  client: JsonClient,
  order: Pick<StepOrder, 'wanted' | 'account' | 'seen'>,
  today: () => Date,
): Place {
  const { customer, provisionedBy, invitation, page, keeps } = order.wanted.params
  if (typeof customer !== 'string' || customer === '') throw notConfigured()
  return {
    accounts: createFastlyAccounts(client, customer, today),
    customer,
    email: order.account.id.toLowerCase(),
    seen: order.seen?.['customer'] === customer ? text(order.seen['user']) : null,
    name: order.account.name,
    wanted: wantedFrom(order.wanted.value),
    kept: typeof keeps === 'string' ? wantedFrom(keeps) : null,
    provisionedBy: text(provisionedBy),
    page: text(page) ?? USER_MANAGEMENT,
    invitation: text(invitation),
    today: today(),
  }
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null)

const notConfigured = () =>
  new SystemFailure(
    'invalid',
    'The Fastly account is not configured.',
    'Name customer, the account’s id in Fastly, for it in the installation file.',
  )
