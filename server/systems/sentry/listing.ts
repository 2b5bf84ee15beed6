import { z } from 'zod'
import { type Listed, type Listing, SystemFailure } from '../../grants/system.ts'
import { entriesOf, listing } from '../listing.ts'
import { adminBy, enough, type Place } from './place.ts'

/** Everybody in a Sentry organisation and everybody who is invited, with how they stand to the role Admin. */

const named = z.object({ email: z.string().min(1) })
const whole = named.extend({ orgRole: z.string(), pending: z.boolean(), expired: z.boolean() })

/** Where a role in a team stands for Admin, each member is asked for: so many, and no more. */
const MOST_ONE_BY_ONE = 500

export async function listMembers(place: Place): Promise<Listing> {
  const { accounts, nameless } = entriesOf(await place.members.everybody(), {
    named,
    account: ({ email }) => ({ kind: 'email' as const, id: email.toLowerCase(), name: email }),
    whole,
    judge: (one) => judged(one, place),
  })
  return listing({ accounts: place.team === null ? accounts : await withTeams(accounts, place), nameless })
}

function judged(
  { email, orgRole, pending, expired }: z.infer<typeof whole>,
  { team }: Place,
): Pick<Listed, 'has' | 'detail'> | null {
  const role = orgRole.toLowerCase()
  const isAdmin = enough.includes(role)
  if (pending) {
    // An invitation to a team says nothing of the role there.
    const gives = isAdmin || team !== null
    return gives && !expired ? { has: 'invited', detail: `${email} is invited to Sentry as ${role}.` } : null
  }
  const detail = `${email} is ${role} in Sentry.`
  return isAdmin ? { has: role === 'admin' ? 'wanted' : 'more', detail } : { has: 'less', detail }
}

async function withTeams(accounts: Listed[], place: Place): Promise<Listed[]> {
  if (accounts.filter(({ has }) => has === 'less').length > MOST_ONE_BY_ONE)
    throw new SystemFailure(
      'invalid',
      'Sentry has more members than we ask for one by one.',
      'Tell whoever runs this server: roles in teams are compared with nothing meanwhile.',
    )
  const all: Listed[] = []
  for (const one of accounts) {
    const found = one.has === 'less' ? await place.members.who(one.account.name.toLowerCase(), null) : null
    const [by] = (found?.mine ?? []).flatMap((member) =>
      member.state === 'member' ? (adminBy(member, place) ?? []) : [],
    )
    all.push(by ? { ...one, has: 'wanted', detail: `${one.account.name} is ${by} in Sentry.` } : one)
  }
  return all
}
