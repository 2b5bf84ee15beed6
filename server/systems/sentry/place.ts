import { type StepOrder, SystemFailure } from '../../grants/system.ts'
import type { JsonClient } from '../http/json-client.ts'
import { createSentryMembers, type Member, type SentryMembers } from './members.ts'
import { notVerified, onlySecond, otherAddress, several } from './refusals.ts'

/** One order, with the account it is about and what the installation says. */
export interface Place {
  members: SentryMembers
  organisation: string
  /** The team in which Team Admin stands for the organisation's retired role, or `null`. */
  team: string | null
  email: string
  /** The id of the member that access was given to, as it was seen then, or `null`. */
  seen: string | null
  name: string
  /** Whether Admin itself stays, and only what is above it goes. */
  keepsAdmin: boolean
  page: string
  /** Where invitations are accepted, if not by email alone. */
  invitation: string | null
}

/** @throws SystemFailure when the installation or the rule set does not say enough */
export function placeOf(
  client: JsonClient,
  order: Pick<StepOrder, 'wanted' | 'account' | 'seen'>,
  url = 'https://sentry.io',
): Place {
  const { organisation, team, page, invitation } = order.wanted.params
  const named = text(organisation)
  if (!named) throw notConfigured()
  if (order.wanted.value !== 'Admin') throw notKnown()
  return {
    members: createSentryMembers(client, named),
    organisation: named,
    team: text(team)?.replace(/^#/, '') ?? null,
    email: order.account.id.toLowerCase(),
    seen: order.seen?.['organisation'] === named ? text(order.seen['member']) : null,
    name: order.account.name,
    keepsAdmin: order.wanted.params['keeps'] === 'Admin',
    page: text(page) ?? pageOn(url, encodeURIComponent(named)),
    invitation: text(invitation),
  }
}

/**
 * The one account that counts as theirs for a grant, or `null`.
 * @throws SystemFailure where it cannot be told whose it is
 */
export async function theirs({ members, email, seen, name }: Place): Promise<Member | null> {
  const found = await members.who(email, seen)
  const [member, ...more] = found.mine
  if (more.length > 0) throw several(name)
  if (member?.unverified) throw notVerified(name)
  if (!member && found.seen) throw otherAddress(name)
  if (!member && found.isSecondOfAnother) throw onlySecond(name)
  return member ?? null
}

/** Whether somebody has more than Admin. */
export const isAboveAdmin = ({ role }: Pick<Member, 'role'>) => role === 'manager' || role === 'owner'

/** These do all that Admin does. */
export const enough = ['admin', 'manager', 'owner']

/** What somebody has of what is wanted: the organisation's role, or Team Admin where that stands for it. */
export function adminBy({ role, teamRoles }: Member, { team }: Place): string | null {
  if (enough.includes(role)) return `${role} of the organisation`
  const inTeam = team !== null && teamRoles.some((one) => one.teamSlug === team && one.role === 'admin')
  return inTeam ? `Team Admin of ${team}` : null
}

/** In every region people see Sentry's own under their organisation's name; one of somebody's own has one address. */
function pageOn(url: string, organisation: string): string {
  const isSentrys = /^(.+\.)?sentry\.io$/.test(new URL(url).hostname)
  return isSentrys ? `https://${organisation}.sentry.io/settings/members/` : `${url}/settings/${organisation}/members/`
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null)

const notConfigured = () =>
  new SystemFailure(
    'invalid',
    'The Sentry organisation is not configured.',
    'Name organisation, as it stands in Sentry’s addresses, for it in the installation file.',
  )

const notKnown = () =>
  new SystemFailure(
    'invalid',
    'The rule set asks for something in Sentry that we cannot grant.',
    'Whoever keeps the rule set writes “Admin”.',
  )
