import { z } from 'zod'
import { SystemFailure } from '../../grants/system.ts'
import { allPages } from '../listing.ts'
import type { GoogleClient } from './client.ts'

/** Groups and who is in them, for exactly the address that was asked about. */

export interface Membership {
  /** `groups/…/memberships/…` */
  name: string
  /** The strongest of what they are in the group. */
  role: 'member' | 'manager' | 'owner'
  /** When Google ends the membership by itself, or `null`. */
  endsAt: Date | null
}

const group = z.object({ name: z.string().regex(/^groups\/[\w-]+$/) })
const lookedUp = z.object({ name: z.string() })
const membership = z.object({
  name: z.string(),
  preferredMemberKey: z.object({ id: z.string() }),
  roles: z
    .array(
      z.object({
        name: z.enum(['MEMBER', 'MANAGER', 'OWNER']),
        expiryDetail: z.object({ expireTime: z.iso.datetime({ offset: true }) }).optional(),
      }),
    )
    .min(1),
})
const operation = z.object({
  name: z.string().optional(),
  done: z.boolean().optional(),
  error: z.object({ code: z.number() }).optional(),
})
export type Operation = z.infer<typeof operation>

export interface Memberships {
  /** The group’s own name, asked once. Throws SystemFailure where it cannot be found. */
  groupOf(email: string): Promise<string>
  find(groupEmail: string, email: string): Promise<Membership | null>
  /** All entries, unread. Throws SystemFailure. */
  all(groupEmail: string): Promise<unknown[]>
  /** Whether they are in the group also through another one; `null` where this edition of Google does not tell. */
  isThroughAnother(groupEmail: string, email: string): Promise<boolean | null>
  /** @param endsAt when Google ends it by itself; `null` = never. Not every edition takes a time. */
  add(groupEmail: string, email: string, endsAt: Date | null): Promise<Operation>
  /** Moves the time at which Google ends a membership. */
  endAt(membership: Membership, endsAt: Date): Promise<void>
  /** Answers `null` when it was gone already. */
  remove(membership: Membership): Promise<Operation | null>
}

/** 10,000 members, at the 200 that Google puts on a page. */
const MOST_PAGES = 50

const sameAddress = (one: string, other: string) => one.toLowerCase() === other.toLowerCase()

export function createMemberships(client: GoogleClient, noSuchGroup: (email: string) => Error): Memberships {
  const groups = new Map<string, string>()

  async function groupOf(email: string): Promise<string> {
    const known = groups.get(email)
    if (known) return known
    const found = await client.call({
      method: 'GET',
      path: ['v1', 'groups:lookup'],
      query: { 'groupKey.id': email },
      answer: group,
    })
    if (!found) throw noSuchGroup(email)
    groups.set(email, found.data.name)
    return found.data.name
  }

  /** @param parts of the path after the group */
  const under = async (groupEmail: string, ...parts: string[]) => [
    'v1',
    ...(await groupOf(groupEmail)).split('/'),
    ...parts,
  ]

  return {
    groupOf,
    async find(groupEmail, email) {
      const found = await client.call({
        method: 'GET',
        path: await under(groupEmail, 'memberships:lookup'),
        query: { 'memberKey.id': email },
        answer: lookedUp,
      })
      if (!found) return null
      const { name } = found.data
      if (!name.startsWith(`${await groupOf(groupEmail)}/memberships/`)) throw client.failures.aboutSomebodyElse()
      const read = await client.call({ method: 'GET', path: ['v1', ...name.split('/')], answer: membership })
      // It ended between the two calls.
      if (!read) return null
      const { preferredMemberKey, roles, name: own } = read.data
      if (own !== name || !sameAddress(preferredMemberKey.id, email)) throw client.failures.aboutSomebodyElse()
      const is = (role: string) => roles.find((one) => one.name === role)
      const ends = is('MEMBER')?.expiryDetail?.expireTime
      return {
        name,
        role: is('OWNER') ? 'owner' : is('MANAGER') ? 'manager' : 'member',
        endsAt: ends ? new Date(ends) : null,
      }
    },
    async all(groupEmail) {
      const path = await under(groupEmail, 'memberships')
      return allPages(`The group ${groupEmail}`, MOST_PAGES, async (_at, next) => {
        const found = await client.call({
          method: 'GET',
          path,
          query: next === null ? {} : { pageToken: next },
          answer: z.object({ memberships: z.array(z.unknown()).default([]), nextPageToken: z.string().nullish() }),
        })
        if (!found) throw noSuchGroup(groupEmail)
        return { rows: found.data.memberships, next: found.data.nextPageToken || null }
      })
    },
    async isThroughAnother(groupEmail, email) {
      const path = await under(groupEmail, 'memberships:checkTransitiveMembership')
      try {
        const found = await client.call({
          method: 'GET',
          path,
          query: { query: `member_key_id == '${email.replaceAll("'", "\\'")}'` },
          answer: z.object({ hasMembership: z.boolean().default(false) }),
          known: ({ status, said }) => (status === 403 && /PERMISSION_DENIED/.test(said) ? new NotToldHere() : null),
        })
        if (!found) throw noSuchGroup(groupEmail)
        return found.data.hasMembership
      } catch (error) {
        if (error instanceof NotToldHere) return null
        throw error
      }
    },
    async add(groupEmail, email, endsAt) {
      const made = await client.call({
        method: 'POST',
        path: await under(groupEmail, 'memberships'),
        json: { preferredMemberKey: { id: email }, roles: [memberUntil(endsAt)] },
        answer: operation,
      })
      if (!made) {
        groups.delete(groupEmail)
        throw noSuchGroup(groupEmail)
      }
      return made.data
    },
    async endAt({ name }, endsAt) {
      const update = { fieldMask: 'expiry_detail.expire_time', membershipRole: memberUntil(endsAt) }
      await client.call({
        method: 'POST',
        path: ['v1', ...`${name}:modifyMembershipRoles`.split('/')],
        json: { updateRolesParams: [update] },
        answer: z.object({ membership: membership.partial().optional() }),
      })
    },
    async remove({ name }) {
      const done = await client.call({ method: 'DELETE', path: ['v1', ...name.split('/')], answer: operation })
      return done?.data ?? null
    },
  }
}

function memberUntil(endsAt: Date | null) {
  return { name: 'MEMBER', ...(endsAt ? { expiryDetail: { expireTime: endsAt.toISOString() } } : {}) }
}

/**
 * Google's documented refusal to say who comes in through another group: "a 403 (PERMISSION_DENIED) HTTP status code",
 * by editions that do not have it. Whatever else goes wrong is no such answer.
 */
class NotToldHere extends SystemFailure {
  override name = 'NotToldHere'
  constructor() {
    super(
      'forbidden',
      'Google does not say here who is in a group through another one.',
      'An owner of the group looks whether another group brings them in.',
    )
  }
}
