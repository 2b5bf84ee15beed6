import { z } from 'zod'
import type { JsonClient } from '../http/json-client.ts'
import { allPages } from '../listing.ts'
import { changedMeanwhile, noSuchOrganisation } from './refusals.ts'

/** Who is in a Sentry organisation or invited to it, for exactly the address that was asked about. */

const emails = z.object({ emails: z.array(z.object({ email: z.string() })).nullish() }).nullish()
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
  /** The organisation's role, such as `member`. */
  role: string
  state: 'member' | 'invited' | 'expired' | 'requested'
  teamRoles: TeamRole[]
  /** An identity provider or a partner keeps the role. */
  restricted: boolean
  /** When they joined or were invited. */
  since: string | null
}

/** @param organisation its slug, from the installation file */
export function createSentryMembers(client: JsonClient, organisation: string) {
  const members = ['api', '0', 'organizations', organisation, 'members']

  function checked(data: z.infer<typeof memberSchema>, email: string, id?: string): Member {
    if (!isOf(data, email) || (id !== undefined && data.id !== id)) throw client.failures.aboutSomebodyElse()
    const { pending, expired, inviteStatus, flags } = data
    const requested = pending && (inviteStatus ?? 'approved') !== 'approved'
    return {
      id: data.id,
      role: data.orgRole.toLowerCase(),
      state: !pending ? 'member' : requested ? 'requested' : expired ? 'expired' : 'invited',
      teamRoles: data.teamRoles.map(({ teamSlug, role }) => ({ teamSlug, role: role ?? null })),
      restricted: flags?.['idp:role-restricted'] === true || flags?.['partnership:restricted'] === true,
      since: data.dateCreated ?? null,
    }
  }

  return {
    /** Everybody and every invitation, unread: without the roles in teams, which the list does not have. */
    everybody(): Promise<unknown[]> {
      return allPages('The list of members', MOST_PAGES, async (_at, next) => {
        const found = await client.call({
          method: 'GET',
          path: [...members, ''],
          query: next === null ? {} : { cursor: next },
          answer: z.array(z.unknown()),
        })
        if (!found) throw noSuchOrganisation()
        return { rows: found.data, next: cursorIn(found.link) }
      })
    },

    async of(email: string): Promise<Member | null> {
      const list = await client.call({
        method: 'GET',
        path: [...members, ''],
        query: { query: `email:${email}` },
        answer: z.array(found),
      })
      if (!list) throw noSuchOrganisation()
      const [mine] = list.data.filter((one) => isOf(one, email))
      if (list.data.length > 0 && !mine) throw client.failures.aboutSomebodyElse()
      if (!mine) return null
      const whole = await client.call({ method: 'GET', path: [...members, mine.id, ''], answer: memberSchema })
      return whole ? checked(whole.data, email, mine.id) : null
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
      if (!isOf(done.data, email)) throw client.failures.aboutSomebodyElse()
    },

    /** A lapsed invitation is made anew. */
    async inviteAgain(email: string, { id }: Member): Promise<void> {
      await change(email, id, { reinvite: true, regenerate: true })
    },

    async setRoles(email: string, { id }: Member, roles: { orgRole?: string; teamRoles?: TeamRole[] }): Promise<void> {
      await change(email, id, roles)
    },

    /** 404 says that it is gone already. */
    async remove({ id }: Member): Promise<void> {
      await client.call({ method: 'DELETE', path: [...members, id, ''], answer: z.unknown() })
    },
  }

  async function change(email: string, id: string, json: Record<string, unknown>): Promise<void> {
    const done = await client.call({ method: 'PUT', path: [...members, id, ''], json, answer: found })
    if (!done) throw changedMeanwhile()
    if (done.data.id !== id || !isOf(done.data, email)) throw client.failures.aboutSomebodyElse()
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

/** Sentry finds people by their second addresses too. */
function isOf(one: z.infer<typeof found>, email: string): boolean {
  return [one.email, ...(one.user?.emails ?? []).map((other) => other.email)].some(
    (address) => address.toLowerCase() === email,
  )
}

/** What our own token is: whose, and what it may do. */
export async function tokenOf(client: JsonClient) {
  const answer = z.object({
    auth: z.object({ scopes: z.array(z.string()) }).nullish(),
    user: z.object({ id: z.string() }).nullish(),
  })
  const self = await client.call({ method: 'GET', path: ['api', '0', ''], answer })
  return { isUser: Boolean(self?.data.user), scopes: self?.data.auth?.scopes ?? [] }
}
