import { z } from 'zod'
import type { Listed, Listing } from '../../grants/system.ts'
import { entriesOf, listing } from '../listing.ts'
import { asInvitation, asUser, type FastlyAccounts, invitationSchema, type User, userSchema } from './accounts.ts'
import { givesAtLeast, isAtMost, standing, type Wanted } from './standing.ts'

/** Everybody in a Fastly account and everybody who is invited, with how they stand to what is wanted. */

const user = z.object({ login: z.string().min(1) })
const invitation = z.object({ attributes: z.object({ email: z.string().min(1) }) })
const accountOf = (address: string) => ({ kind: 'email' as const, id: address.toLowerCase(), name: address })

export async function listAccount(accounts: FastlyAccounts, wanted: Wanted, today: Date): Promise<Listing> {
  const { users, invitations } = await accounts.everybody()
  const members = entriesOf(users, {
    named: user,
    account: ({ login }) => accountOf(login),
    whole: userSchema,
    judge: (one) => (one.deleted_at ? null : judged(asUser(one), one.login, wanted)),
  })
  const invited = entriesOf(invitations, {
    named: invitation,
    account: ({ attributes }) => accountOf(attributes.email),
    whole: invitationSchema,
    judge(one) {
      const found = asInvitation(one, today)
      const { email } = one.attributes
      return found.open && givesAtLeast(found, wanted)
        ? { has: 'invited', detail: `${email} is invited to Fastly as ${found.role ?? 'user'}.` }
        : null
    },
  })
  return listing({
    accounts: [...members.accounts, ...invited.accounts],
    nameless: members.nameless + invited.nameless,
  })
}

function judged(user: User, login: string, wanted: Wanted): Pick<Listed, 'has' | 'detail'> {
  const roles = user.roles.join(' and ')
  const reach = user.allServices ? 'all services' : 'some services'
  const detail = `${login} is ${roles || 'without a role that we know'} in Fastly, with ${reach}.`
  const is = standing(user, wanted).is
  if (is === 'unknown') return { has: 'unreadable', detail: `Fastly does not say enough about ${login}.` }
  if (is === 'less') return { has: 'less', detail }
  return { has: isAtMost(user, wanted) === false ? 'more' : 'wanted', detail }
}
