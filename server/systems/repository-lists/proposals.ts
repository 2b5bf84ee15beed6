import { z } from 'zod'
import type { StepOrder } from '../../grants/system.ts'
import { checked, type GithubClient } from '../github/client.ts'
import { aboutSomebodyElse } from '../github/failures.ts'
import { missing, ownerAndRepo, type Repository } from './commits.ts'
import { closedWords } from './proposal-words.ts'

/** One request's changes to one repository: one commit on a branch of its own, one pull request, followed to its end. */
export interface Proposal {
  is: 'open' | 'merged' | 'closed'
  number: number
  link: string
  branch: string
  /** Whether it can no longer be merged because the list changed meanwhile. */
  conflicts: boolean
  /** Who closed it without merging, where GitHub tells. */
  who: string | null
  /** The newest commit in it, and the branch that it goes to. */
  head: string
  base: string
  /** What merging it made; `null` while it is not merged. */
  mergeCommit: string | null
}

export const pull = z.object({
  number: z.number(),
  state: z.enum(['open', 'closed']),
  merged_at: z.string().nullable().optional(),
  mergeable: z.boolean().nullable().optional(),
  html_url: z.string(),
  head: z.object({ ref: z.string(), sha: z.string() }),
  base: z.object({ ref: z.string() }),
  merge_commit_sha: z.string().nullable().optional(),
})
const issue = z.object({ closed_by: z.object({ login: z.string() }).nullable().optional() })

/** How many closed proposals of one request we look past; more than that is a person's business. */
export const MOST_PROPOSALS = 10

/** The mark by which we find our own work again after a lost answer. */
export function branchOf({ requestId, proposal, direction }: StepOrder, attempt: number): string {
  return `production-access/${requestId}-${proposal}-${direction}${attempt === 1 ? '' : `-${attempt}`}`
}

export async function pullsOf(client: GithubClient, place: Repository, branch: string) {
  const { owner, repo } = ownerAndRepo(place)
  const parameters = { owner, repo, head: `${owner}:${branch}`, state: 'all' }
  const found = await client.call('GET /repos/{owner}/{repo}/pulls', parameters)
  const all = found ? checked(z.array(pull), found) : []
  if (all.some((one) => one.head.ref !== branch)) throw aboutSomebodyElse()
  return all
}

/** Follows the proposal behind a link. */
export async function followProposal(
  client: GithubClient,
  place: Repository,
  order: StepOrder,
  link: string,
): Promise<Proposal> {
  const number = Number(/\/pull\/(\d+)$/.exec(link)?.[1])
  const where = ownerAndRepo(place)
  const found = await client.call('GET /repos/{owner}/{repo}/pulls/{pull_number}', { ...where, pull_number: number })
  if (!found) throw missing(`pull request ${number} in ${place.repository}`)
  const one = checked(pull, found)
  if (one.number !== number || !one.head.ref.startsWith(branchOf(order, 1))) throw aboutSomebodyElse()
  const proposal = {
    number,
    link: one.html_url,
    branch: one.head.ref,
    who: null,
    conflicts: one.mergeable === false,
    head: one.head.sha,
    base: one.base.ref,
    // While it is open GitHub names a trial merge here.
    mergeCommit: one.merged_at ? (one.merge_commit_sha ?? null) : null,
  }
  if (one.state === 'open') return { ...proposal, is: 'open' }
  if (one.merged_at) return { ...proposal, is: 'merged' }
  const closer = await client.call('GET /repos/{owner}/{repo}/issues/{issue_number}', {
    ...where,
    issue_number: number,
  })
  return { ...proposal, is: 'closed', who: closer ? (checked(issue, closer).closed_by?.login ?? null) : null }
}

/**
 * Looks for what a lost answer left behind on this order's branches: an open proposal, or, where a change may have gone
 * out, one that somebody closed before we saw it. That is their no, and not an invitation to open another.
 */
export async function foundProposal(
  client: GithubClient,
  place: Repository,
  order: StepOrder,
): Promise<Proposal | null> {
  let newest: string | null = null
  for (let attempt = 1; attempt <= MOST_PROPOSALS; attempt += 1) {
    const pulls = await pullsOf(client, place, branchOf(order, attempt))
    const open = pulls.find((one) => one.state === 'open')
    if (open) return followProposal(client, place, order, open.html_url)
    const [last] = pulls
    if (!last) break
    newest = last.merged_at || last.number === order.lastSeen?.['pull'] ? null : last.html_url
  }
  return order.inDoubt && newest !== null ? followProposal(client, place, order, newest) : null
}

/** The proposals that would give this request's access and that somebody could still merge. */
export async function openGrants(client: GithubClient, place: Repository, order: StepOrder): Promise<number[]> {
  const open: number[] = []
  for (let attempt = 1; attempt <= MOST_PROPOSALS; attempt += 1) {
    const pulls = await pullsOf(client, place, branchOf({ ...order, direction: 'grant' }, attempt))
    if (pulls.length === 0) break
    open.push(...pulls.filter((one) => one.state === 'open').map((one) => one.number))
  }
  return open
}

export interface Closed {
  numbers: number[]
  /** GitHub's id of the last request that closed one, or `null`. */
  requestId: string | null
}

/** Closes them, and says why to whoever was about to merge. */
export async function closeGrants(client: GithubClient, place: Repository, order: StepOrder): Promise<Closed> {
  const open = await openGrants(client, place, order)
  const where = ownerAndRepo(place)
  let requestId: string | null = null
  for (const number of open) {
    // Closing comes first: an explanation that fails must not leave the access mergeable.
    const done = await client.call('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
      ...where,
      pull_number: number,
      state: 'closed',
    })
    requestId = done?.requestId ?? requestId
    await client.call('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      ...where,
      issue_number: number,
      body: closedWords(order),
    })
  }
  return { numbers: open, requestId }
}
