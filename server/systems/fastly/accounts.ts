import { z } from 'zod'
import { DAY } from '../../clock.ts'
import { SystemFailure } from '../../grants/system.ts'
import type { JsonClient } from '../http/json-client.ts'
import { allPages } from '../listing.ts'
import { invitationsNotShown } from './refusals.ts'

/** Who is in a Fastly account and who is invited, for exactly the address that was asked about. */

const role = z.string()
export const userSchema = z.object({
  id: z.string().min(1),
  login: z.string(),
  role: role.nullish(),
  // Newer accounts have several roles for a user, as names or as objects.
  roles: z.array(z.union([role, z.object({ name: role })])).nullish(),
  limit_services: z.boolean().nullish(),
  locked: z.boolean().nullish(),
  deleted_at: z.string().nullish(),
  customer_id: z.string().nullish(),
})
export const invitationSchema = z.object({
  id: z.string().min(1),
  attributes: z.object({
    email: z.string(),
    role: role.nullish(),
    limit_services: z.boolean().nullish(),
    status_code: z.number().nullish(),
    created_at: z.string().nullish(),
  }),
})
const tokenSchema = z.object({
  id: z.string().min(1),
  user_id: z.string(),
  scope: z.string().nullish(),
  expires_at: z.string().nullish(),
})

export interface User {
  id: string
  /** Their address there, in small letters. */
  login: string
  roles: string[]
  /** The interface's "Access all services"; `null` when Fastly does not say. */
  allServices: boolean | null
  locked: boolean
}

export interface Invitation {
  id: string
  role: string | null
  allServices: boolean
  sentAt: string | null
  /** It can still be accepted. */
  open: boolean
}

/** An invitation is listed "until the invitation is accepted or seven calendar days have passed" (managing users). */
export const INVITATION_LASTS = 7 * DAY
const ACTIVE = 1
const PER_PAGE = 100
/** Far more open invitations than any account has within seven days. */
const MOST_PAGES = 20

/** @param customer the account's id, from the installation file */
export function createFastlyAccounts(client: JsonClient, customer: string, now: () => Date) {
  async function users() {
    const found = await client.call({
      method: 'GET',
      path: ['customer', customer, 'users'],
      answer: z.array(userSchema),
    })
    if (!found) throw noSuchCustomer()
    if (found.data.some((one) => one.customer_id && one.customer_id !== customer))
      throw client.failures.aboutSomebodyElse()
    return found.data
  }

  async function invitationsOn<T>(page: number, schema: z.ZodType<T>): Promise<T[]> {
    const found = await client.call({
      method: 'GET',
      path: ['invitations'],
      query: { 'page[number]': String(page), 'page[size]': String(PER_PAGE) },
      headers: jsonApi.accept,
      answer: z.object({ data: z.array(schema) }),
    })
    // Documented is a list, if an empty one: 404 may also say that we may not see it.
    if (!found) throw invitationsNotShown()
    return found.data.data
  }

  function allInvitations<T>(schema: z.ZodType<T>): Promise<T[]> {
    return allPages('The list of invitations', MOST_PAGES, async (page) => {
      const some = await invitationsOn(page, schema)
      return { rows: some, next: some.length < PER_PAGE ? null : 'more' }
    })
  }

  return {
    /** Everybody in the account and every open invitation, unread. */
    async everybody(): Promise<{ users: unknown[]; invitations: unknown[] }> {
      // In this order whoever accepts meanwhile is in both and not in neither.
      const invitations = await allInvitations(z.unknown())
      const found = await client.call({
        method: 'GET',
        path: ['customer', customer, 'users'],
        answer: z.array(z.unknown()),
      })
      if (!found) throw noSuchCustomer()
      return { users: found.data, invitations }
    },

    /**
     * The users with this login, in whatever case it is written, and whoever was seen with that id before; `deleted`
     * when there are only such that were deleted.
     * @param seen the id of the user that access was given to, or `null`
     */
    async who(
      email: string,
      seen: string | null,
    ): Promise<{ byLogin: User | null; bySeen: User | null; deleted: boolean }> {
      const all = await users()
      const live = all.filter(({ deleted_at }) => !deleted_at).map(asUser)
      const isMine = (one: { id: string; login: string }) => one.login.toLowerCase() === email || one.id === seen
      const byLogin = live.find(({ login }) => login === email) ?? null
      const bySeen = live.find(({ id, login }) => id === seen && login !== email) ?? null
      return { byLogin, bySeen, deleted: !byLogin && !bySeen && all.some(isMine) }
    },

    /** All invitations for this address, newest first. */
    async invitations(email: string): Promise<Invitation[]> {
      const all = await allInvitations(invitationSchema)
      return all
        .filter(({ attributes }) => attributes.email.toLowerCase() === email)
        .map((one) => asInvitation(one, now()))
        .toSorted((a, b) => (b.sentAt ?? '').localeCompare(a.sentAt ?? ''))
    },

    async invite(email: string, wanted: { role: string; allServices: boolean }): Promise<void> {
      const sent = await client.call({
        method: 'POST',
        path: ['invitations'],
        headers: { ...jsonApi.accept, ...jsonApi.content },
        json: {
          data: {
            type: 'invitation',
            attributes: { email, role: wanted.role, limit_services: !wanted.allServices },
            relationships: { customer: { data: { id: customer, type: 'customer' } } },
          },
        },
        answer: z.object({
          data: z.object({ id: z.string(), attributes: z.object({ email: z.string().nullish() }).nullish() }),
        }),
        known: ({ status, said }) => (/already|taken|exists/i.test(said) && status !== 429 ? changedMeanwhile() : null),
      })
      if (!sent) throw noSuchCustomer()
      const named = sent.data.data.attributes?.email
      if (named && named.toLowerCase() !== email) throw client.failures.aboutSomebodyElse()
    },

    async withdraw(invitation: Invitation): Promise<void> {
      await client.call({ method: 'DELETE', path: ['invitations', invitation.id], answer: z.unknown() })
    },

    async change(user: User, to: { role: string; allServices: boolean }): Promise<void> {
      const done = await client.call({
        method: 'PUT',
        path: ['user', user.id],
        form: { role: to.role, limit_services: String(!to.allServices) },
        answer: userSchema,
      })
      if (!done) throw changedMeanwhile()
      if (done.data.id !== user.id || done.data.login.toLowerCase() !== user.login)
        throw client.failures.aboutSomebodyElse()
    },

    /** Ids of the tokens that somebody made. Fastly does not delete a user who has any. */
    async tokensOf(user: User): Promise<string[]> {
      const found = await client.call({
        method: 'GET',
        path: ['customer', customer, 'tokens'],
        answer: z.array(tokenSchema),
      })
      if (!found) throw noSuchCustomer()
      return found.data.filter((one) => one.user_id === user.id).map(({ id }) => id)
    },

    async revokeToken(id: string): Promise<void> {
      await client.call({ method: 'DELETE', path: ['tokens', id], answer: z.unknown() })
    },

    async remove(user: User): Promise<void> {
      await client.call({ method: 'DELETE', path: ['user', user.id], answer: z.unknown() })
    },

    self: () => tokenSelf(client),
  }
}

export type FastlyAccounts = ReturnType<typeof createFastlyAccounts>

/** Our own token: whose it is, what it may do and when it ends. */
export async function tokenSelf(client: JsonClient) {
  const found = await client.call({ method: 'GET', path: ['tokens', 'self'], answer: tokenSchema })
  if (!found) throw client.failures.notUnderstood()
  const { user_id, scope, expires_at } = found.data
  return {
    userId: user_id,
    scopes: (scope ?? '').split(' '),
    expiresAt: expires_at && !Number.isNaN(Date.parse(expires_at)) ? new Date(expires_at) : null,
  }
}

const jsonApi = {
  accept: { accept: 'application/vnd.api+json' },
  content: { 'content-type': 'application/vnd.api+json' },
}

export function asUser({ id, login, role: single, roles, limit_services, locked }: z.infer<typeof userSchema>): User {
  const names = (roles ?? []).map((one) => (typeof one === 'string' ? one : one.name))
  return {
    id,
    login: login.toLowerCase(),
    roles: [...new Set([...(single ? [single] : []), ...names].map((name) => name.toLowerCase()))].sort(),
    allServices: limit_services == null ? null : !limit_services,
    locked: locked === true,
  }
}

export function asInvitation({ id, attributes }: z.infer<typeof invitationSchema>, now: Date): Invitation {
  const sentAt = attributes.created_at ?? null
  const age = now.getTime() - Date.parse(sentAt ?? '')
  return {
    id,
    role: attributes.role ?? null,
    allServices: attributes.limit_services === false,
    sentAt,
    open: (attributes.status_code ?? ACTIVE) === ACTIVE && !(age >= INVITATION_LASTS),
  }
}

const noSuchCustomer = () =>
  new SystemFailure(
    'invalid',
    'Fastly does not know the account that is configured, or does not show it to us.',
    'Put the Fastly customer’s id right in the installation file, or give our token the whole account.',
  )

const changedMeanwhile = () =>
  new SystemFailure('conflict', 'Fastly says that something changed meanwhile.', 'This is read again by itself.')
