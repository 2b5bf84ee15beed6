import { z } from 'zod'
import { MINUTE } from '../../clock.ts'
import { allPages } from '../listing.ts'
import { checked, type GithubClient } from './client.ts'

/** Invitations to an organisation: open ones that must be withdrawn, and those that came to nothing. */

const open = z.array(z.object({ id: z.number(), login: z.string().nullable().optional() }))
const failed = z.array(
  z.object({
    id: z.number(),
    login: z.string().nullable().optional(),
    created_at: z.string(),
    failed_at: z.string().nullable().optional(),
    failed_reason: z.string().nullable().optional(),
  }),
)

const PER_PAGE = 100
/** Older and paid organisations may send 500 a day, and open ones run out after seven. */
const MOST_PAGES = 40

const same = (login: string) => (one: { login?: string | null | undefined }) =>
  one.login?.toLowerCase() === login.toLowerCase()

/** Whole, or it throws: whoever is on no page that we read would count as not invited. */
async function pages<T>(client: GithubClient, route: string, org: string, schema: z.ZodType<T[]>): Promise<T[]> {
  return allPages('GitHub’s list of invitations', MOST_PAGES, async (page) => {
    const found = await client.call(route, { org, per_page: PER_PAGE, page })
    const rows = found ? checked(schema, found) : []
    return { rows, next: rows.length < PER_PAGE ? null : String(page + 1) }
  })
}

/** The id of somebody's open invitation, or `null`. */
export async function openInvitation(client: GithubClient, org: string, login: string): Promise<number | null> {
  return (await pages(client, 'GET /orgs/{org}/invitations', org, open)).find(same(login))?.id ?? null
}

/** Somebody's open invitation that leads into no team any more, or `null`. It would still let them join. */
async function emptyInvitation(client: GithubClient, org: string, login: string): Promise<number | null> {
  const mine = await openInvitation(client, org, login)
  if (mine === null) return null
  const found = await client.call('GET /orgs/{org}/invitations/{invitation_id}/teams', { org, invitation_id: mine })
  const left = found ? checked(z.array(z.unknown()), found).length : 0
  return left === 0 ? mine : null
}

/** Whether revoking is not finished yet because an invitation without a team is still open. */
export async function isStillInvited(client: GithubClient, org: string, login: string): Promise<boolean> {
  return (await emptyInvitation(client, org, login)) !== null
}

/** Withdraws somebody's open invitation, unless it also leads into another team. */
export async function cancelInvitation(client: GithubClient, org: string, login: string): Promise<void> {
  const id = await emptyInvitation(client, org, login)
  if (id !== null) await client.call('DELETE /orgs/{org}/invitations/{invitation_id}', { org, invitation_id: id })
}

/** An invitation is older than the answer that tells of it, by less than a call may take. */
const CALL_MS = 1 * MINUTE

/**
 * How this invitation of somebody ran out or failed, or `null`. GitHub keeps those of years ago, which tell nothing.
 * @param ours its id, once it was seen open; else when GitHub was asked for it, by GitHub's clock
 */
export async function failedInvitation(
  client: GithubClient,
  org: string,
  login: string,
  ours: { id: number | null; since: Date | null },
): Promise<{ expired: boolean; at: string } | null> {
  const isOurs = (one: { id: number; created_at: string }) =>
    ours.id !== null
      ? one.id === ours.id
      : ours.since !== null && new Date(one.created_at).getTime() >= ours.since.getTime() - CALL_MS
  const all = (await pages(client, 'GET /orgs/{org}/failed_invitations', org, failed)).filter(same(login))
  const one = all.find(isOurs)
  return one ? { expired: /expired/i.test(one.failed_reason ?? ''), at: one.failed_at ?? '' } : null
}
