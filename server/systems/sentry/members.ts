import { z } from 'zod'
import type { JsonClient } from '../http/json-client.ts'
import { allPages } from '../listing.ts'
import { changedMeanwhile, noSuchOrganisation } from './refusals.ts'

/** Who is in a Sentry organisation or invited to it, for exactly the address that was asked about. */

const address = z.object({ email: z.string(), is_verified: z.boolean().nullish() })
const emails = z.object({ emails: z.array(address).nullish() }).nullish()
const found = z.object({ id: z.string().min(1), email: z.string(), user: emails })
const memberSchema = found.extend({
  orgRole: z.string(),
  pending: z.boolean(),
  expired: z.boolean(),
  inviteStatus: z.string().nullish(),
  dateCreated: z.string().nullish(),
  flags: z.record(z.string(), z.boolean()).nullish(),
  teamRoles: z.array(z.object({ teamSlug: z.string(), role: z.string().nullish() })),
})

export interface TeamRole {
  teamSlug: string
  role: string | null
}

export interface Member {
  id: string
  /** The first address of the account, or the one that was invited, in small letters. */
  email: string
  /** Sentry says that nobody has shown yet that this address is theirs. */
  unverified: boolean
  /** The organisation's role, such as `member`. */
  role: string
  state: 'member' | 'invited' | 'expired' | 'requested'
  teamRoles: TeamRole[]
  /** An identity provider or a partner keeps the role. */
  restricted: boolean
  /** When they joined or were invited. */
  since: string | null
}

/** Who counts as somebody: an account's further addresses, which everybody may add to theirs, make it nobody's. */
export interface Found {
  /** Whose own first address it is. */
  mine: Member[]
  /** Who was seen with that id before, and goes by another address now. */
  seen: Member | null
  /** Another account has the address as a further one. */
  isSecondOfAnother: boolean
}

/** @param organisation its slug, from the installation file */
export function createSentryMembers(client: JsonClient, organisation: string) {
  const members = ['api', '0', 'organizations', organisation, 'members']

  /** @param email whose it must be; `null` = whoever's it is now */
  async function whole(id: string, email: string | null): Promise<Member[]> {
    const found = await client.call({ method: 'GET', path: [...members, id, ''], answer: memberSchema })
    return found ? [checked(found.data, id, email ?? found.data.email.toLowerCase())] : []
  }

  function checked(data: z.infer<typeof memberSchema>, id: string, email: string): Member {
    if (!is(data, email) || data.id !== id) throw client.failures.aboutSomebodyElse()
    const { pending, expired, inviteStatus, flags } = data
    const requested = pending && (inviteStatus ?? 'approved') !== 'approved'
    return {
      id,
      email,
      unverified: !pending && (data.user?.emails ?? []).some((one) => is(one, email) && one.is_verified === false),
      role: data.orgRole.toLowerCase(),
      state: !pending ? 'member' : requested ? 'requested' : expired ? 'expired' : 'invited',
      teamRoles: data.teamRoles.map(({ teamSlug, role }) => ({ teamSlug, role: role ?? null })),
      restricted: flags?.['idp:role-restricted'] === true || flags?.['partnership:restricted'] === true,
      since: data.dateCreated ?? null,
    }
  }

  async function page(cursor: string | null): Promise<{ rows: unknown[]; next: string | null }> {
    const list = await client.call({
      method: 'GET',
      path: [...members, ''],
      query: cursor === null ? {} : { cursor },
      answer: z.array(z.unknown()),
    })
    if (!list) throw noSuchOrganisation()
    return { rows: list.data, next: cursorIn(list.link) }
  }

  return {
    /** Everybody and every invitation, unread: without the roles in teams, which the list does not have. */
    everybody: (): Promise<unknown[]> => allPages('The list of members', MOST_PAGES, (_at, next) => page(next)),

    /** Whether the organisation is there for us. @throws SystemFailure where it is not */
    async reached(): Promise<void> {
      await page(null)
    },

    /** @param seen the id that the access was given to, or `null` */
    async who(email: string, seen: string | null): Promise<Found> {
      const list = await client.call({
        method: 'GET',
        path: [...members, ''],
        query: { query: `email:${email}` },
        answer: z.array(found),
      })
      if (!list) throw noSuchOrganisation()
      const own = list.data.filter((one) => is(one, email))
      const second = list.data.filter((one) => !is(one, email) && isSecondOf(one, email))
      if (list.data.length > 0 && own.length + second.length === 0) throw client.failures.aboutSomebodyElse()
      const mine: Member[] = []
      for (const { id } of own) mine.push(...(await whole(id, email)))
      const [before] = seen === null || own.some(({ id }) => id === seen) ? [] : await whole(seen, null)
      return { mine, seen: before ?? null, isSecondOfAnother: second.some(({ id }) => id !== before?.id) }
    },

    /** Team roles are not stored with an invitation, so only the team is named. */
    async invite(email: string, orgRole: string, team: string | null): Promise<void> {
      const done = await client.call({
        method: 'POST',
        path: [...members, ''],
        json: { email, orgRole, teamRoles: team ? [{ teamSlug: team, role: null }] : [], sendInvite: true },
        answer: found,
      })
      if (!done) throw noSuchOrganisation()
      if (!is(done.data, email)) throw client.failures.aboutSomebodyElse()
    },

    /** A lapsed invitation is made anew. */
    async inviteAgain(member: Member): Promise<void> {
      await change(member, { reinvite: true, regenerate: true })
    },

    async setRoles(member: Member, roles: { orgRole?: string; teamRoles?: TeamRole[] }): Promise<void> {
      await change(member, roles)
    },

    /** 404 says that it is gone already. */
    async remove({ id }: Member): Promise<void> {
      await client.call({ method: 'DELETE', path: [...members, id, ''], answer: z.unknown() })
    },
  }

  async function change({ id, email }: Member, json: Record<string, unknown>): Promise<void> {
    const done = await client.call({ method: 'PUT', path: [...members, id, ''], json, answer: found })
    if (!done) throw changedMeanwhile()
    if (done.data.id !== id || !is(done.data, email)) throw client.failures.aboutSomebodyElse()
  }
}

/** 100 members are on a page. */
const MOST_PAGES = 50

/** Sentry gives a link to the next page also where there is none, and says so in it. */
function cursorIn(link: string | null): string | null {
  const next = (link ?? '').split(',').find((one) => /rel="next"/.test(one) && /results="true"/.test(one))
  return /cursor="([^"]+)"/.exec(next ?? '')?.[1] ?? null
}

export type SentryMembers = ReturnType<typeof createSentryMembers>

const is = (one: { email: string }, email: string) => one.email.toLowerCase() === email

/** Sentry finds people by their further addresses too, verified or not. */
const isSecondOf = ({ user }: z.infer<typeof found>, email: string) =>
  (user?.emails ?? []).some((one) => is(one, email))

/** What our own token is: whose, and what it may do. */
export async function tokenOf(client: JsonClient) {
  const answer = z.object({
    auth: z.object({ scopes: z.array(z.string()) }).nullish(),
    user: z.object({ id: z.string() }).nullish(),
  })
  const self = await client.call({ method: 'GET', path: ['api', '0', ''], answer })
  return { isUser: Boolean(self?.data.user), scopes: self?.data.auth?.scopes ?? [] }
}
