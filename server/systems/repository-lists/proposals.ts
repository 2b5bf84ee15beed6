import { z } from 'zod'
import { type Receipt, type StepOrder, SystemFailure } from '../../grants/system.ts'
import { checked, type GithubClient } from '../github/client.ts'
import { aboutSomebodyElse, GithubFailure } from '../github/failures.ts'
import {
  commitOn,
  type FileEdit,
  missing,
  newestCommit,
  ownerAndRepo,
  parentsOf,
  type ReadAt,
  type Repository,
  readerAt,
  tipOf,
} from './commits.ts'
import { bodyOf, closedWords, titleOf } from './proposal-words.ts'
import { ListRefusal } from './refusal.ts'

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
}

const pull = z.object({
  number: z.number(),
  state: z.enum(['open', 'closed']),
  merged_at: z.string().nullable().optional(),
  mergeable: z.boolean().nullable().optional(),
  html_url: z.string(),
  head: z.object({ ref: z.string() }),
})
const issue = z.object({ closed_by: z.object({ login: z.string() }).nullable().optional() })
const files = z.array(z.object({ filename: z.string() }))

/** How many closed proposals of one request we look past; more than that is a person's business. */
const MOST_PROPOSALS = 10

/** The mark by which we find our own work again after a lost answer. */
function branchOf({ requestId, direction }: StepOrder, attempt: number): string {
  return `production-access/${requestId}-${direction}${attempt === 1 ? '' : `-${attempt}`}`
}

async function pullsOf(client: GithubClient, place: Repository, branch: string) {
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
  const proposal = { number, link: one.html_url, branch: one.head.ref, who: null, conflicts: one.mergeable === false }
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

/** Closes them, and says why to whoever was about to merge. Answers their numbers. */
export async function closeGrants(client: GithubClient, place: Repository, order: StepOrder): Promise<number[]> {
  const open = await openGrants(client, place, order)
  const where = ownerAndRepo(place)
  for (const number of open) {
    // Closing comes first: an explanation that fails must not leave the access mergeable.
    await client.call('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
      ...where,
      pull_number: number,
      state: 'closed',
    })
    await client.call('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      ...where,
      issue_number: number,
      body: closedWords(order),
    })
  }
  return open
}

/** What to change, on the newest texts, and what an older branch of ours did where it is made again. */
export type PlanEdits = (base: ReadAt, older: { read: ReadAt; paths: string[] } | null) => Promise<FileEdit[]>

/** Opens the proposal, or answers the one that is open. All files travel in one commit. */
export async function propose(
  client: GithubClient,
  place: Repository,
  orders: StepOrder[],
  plan: PlanEdits,
): Promise<Receipt> {
  const [order] = orders
  if (!order) throw missing('what to propose')
  for (let attempt = 1; attempt <= MOST_PROPOSALS; attempt += 1) {
    const branch = branchOf(order, attempt)
    const pulls = await pullsOf(client, place, branch)
    const open = pulls.find((one) => one.state === 'open')
    if (open) return keepOrRemake(client, place, orders, plan, open.html_url)
    if (pulls.length === 0) return openNew(client, place, orders, plan, branch)
  }
  throw new SystemFailure(
    'refused-by-rule',
    'Ten pull requests for this were closed.',
    'Talk to whoever closes them, or stop.',
  )
}

/**
 * An open proposal is left alone, unless the list moved on under it, or a step of the same request came late and its
 * file is not in it: then its commit is made again on the newest list.
 */
async function keepOrRemake(
  client: GithubClient,
  place: Repository,
  orders: StepOrder[],
  plan: PlanEdits,
  link: string,
): Promise<Receipt> {
  const [order] = orders
  if (!order) throw missing('what to propose')
  const { number, branch, conflicts } = await followProposal(client, place, order, link)
  const base = await newestCommit(client, place)
  const tip = await tipOf(client, place, branch)
  const lacking = tip ? await plan(readerAt(client, place, tip), null) : []
  const isNewest = tip !== null && (await parentsOf(client, place, tip)).includes(base)
  if (lacking.length === 0 && (!conflicts || isNewest))
    return { vendorRequestId: null, link, detail: `Pull request ${number} was open already.` }
  const changed = await client.call('GET /repos/{owner}/{repo}/pulls/{pull_number}/files', {
    ...ownerAndRepo(place),
    pull_number: number,
    per_page: 100,
  })
  const paths = changed ? checked(files, changed).map((one) => one.filename) : []
  const edits = await plan(readerAt(client, place, base), { read: readerAt(client, place, branch), paths })
  if (edits.length === 0) throw new ListRefusal('no-op', String(order.wanted.params['list']))
  await commitOn(client, place, branch, base, edits, messageOf(orders, edits))
  return { vendorRequestId: null, link, detail: `Made pull request ${number} again on the newest list.` }
}

async function openNew(
  client: GithubClient,
  place: Repository,
  orders: StepOrder[],
  plan: PlanEdits,
  branch: string,
): Promise<Receipt> {
  const base = await newestCommit(client, place)
  const edits = await plan(readerAt(client, place, base), null)
  if (edits.length === 0) throw new ListRefusal('no-op', String(orders[0]?.wanted.params['list']))
  await commitOn(client, place, branch, base, edits, messageOf(orders, edits))
  try {
    const made = await client.call('POST /repos/{owner}/{repo}/pulls', {
      ...ownerAndRepo(place),
      head: branch,
      base: place.branch,
      title: titleOf(orders),
      body: bodyOf(orders, edits),
    })
    if (!made) throw missing(place.repository)
    const one = checked(pull, made)
    if (one.head.ref !== branch) throw aboutSomebodyElse()
    return { vendorRequestId: made.requestId, link: one.html_url, detail: `Opened pull request ${one.number}.` }
  } catch (error) {
    // Another worker was quicker, or GitHub had carried out what it did not answer.
    const twin = error instanceof GithubFailure && error.status === 422 ? await pullsOf(client, place, branch) : []
    const open = twin.find((one) => one.state === 'open')
    if (!open) throw error
    return { vendorRequestId: null, link: open.html_url, detail: `Pull request ${open.number} was open already.` }
  }
}

const messageOf = (orders: StepOrder[], edits: FileEdit[]) => `${titleOf(orders)}\n\n${bodyOf(orders, edits)}`
