import { z } from 'zod'
import { type Observation, type Receipt, type StepOrder, SystemFailure } from '../../grants/system.ts'
import type { GithubClient } from '../github/client.ts'

/** One request's changes to one repository: one commit on a branch of its own, one pull request, followed to its end. */

export interface Repository {
  /** `owner/name` */
  repository: string
  /** The branch that counts. */
  branch: string
}

export interface FileEdit {
  path: string
  after: string
}

const content = z.object({ content: z.string(), encoding: z.literal('base64') })
const sha = z.object({ sha: z.string() })
const reference = z.object({ object: sha })
const commit = z.object({ sha: z.string(), tree: sha })
const pull = z.object({
  number: z.number(),
  state: z.enum(['open', 'closed']),
  merged_at: z.string().nullable().optional(),
  html_url: z.string(),
  head: z.object({ ref: z.string() }),
})
const issue = z.object({ closed_by: z.object({ login: z.string() }).nullable().optional() })

const missing = (what: string) =>
  new SystemFailure(
    'invalid',
    `We cannot find ${what}.`,
    'Put it right in the installation file, or give our GitHub App access to it.',
  )

function split(place: Repository): { owner: string; repo: string } {
  const [owner = '', repo = ''] = place.repository.split('/')
  return { owner, repo }
}

/** A file as it stands on the branch that counts. */
export async function readFile(client: GithubClient, place: Repository, path: string): Promise<string> {
  const found = await client.call('GET /repos/{owner}/{repo}/contents/{path}', {
    ...split(place),
    path,
    ref: place.branch,
  })
  if (!found) throw missing(`${path} in ${place.repository}`)
  return Buffer.from(content.parse(found.data).content, 'base64').toString('utf8')
}

/** The mark by which we find our own work again after a lost answer. */
function branchOf(order: StepOrder, attempt: number): string {
  return `production-access/${order.requestId}-${order.direction}${attempt === 1 ? '' : `-${attempt}`}`
}

/** How many closed proposals of one request we look past; more than that is a person's business. */
const MOST_PROPOSALS = 10

async function pullsOf(client: GithubClient, place: Repository, branch: string) {
  const { owner, repo } = split(place)
  const found = await client.call('GET /repos/{owner}/{repo}/pulls', {
    owner,
    repo,
    head: `${owner}:${branch}`,
    state: 'all',
  })
  return found ? z.array(pull).parse(found.data) : []
}

/** Follows the proposal behind a link; without a link, looks for an open one of ours on its branch. */
export async function readProposal(
  client: GithubClient,
  place: Repository,
  link: string | null,
  order?: StepOrder,
): Promise<Observation> {
  const { owner, repo } = split(place)
  if (link === null) {
    for (let attempt = 1; order && attempt <= MOST_PROPOSALS; attempt += 1) {
      const pulls = await pullsOf(client, place, branchOf(order, attempt))
      const open = pulls.find((one) => one.state === 'open')
      if (open) return waiting(open.number, open.html_url, place)
      if (pulls.length === 0) break
    }
    return { is: 'cannot-tell', detail: 'There is no open pull request.' }
  }
  const number = Number(/\/pull\/(\d+)$/.exec(link)?.[1])
  const found = await client.call('GET /repos/{owner}/{repo}/pulls/{pull_number}', { owner, repo, pull_number: number })
  if (!found) throw missing(`pull request ${number} in ${place.repository}`)
  const one = pull.parse(found.data)
  const evidence = { repository: place.repository, pull: number, state: one.state }
  if (one.state === 'open') return waiting(number, one.html_url, place)
  if (one.merged_at)
    return { is: 'merged', detail: 'Merged in the list, not applied yet.', link: one.html_url, evidence }
  const closer = await client.call('GET /repos/{owner}/{repo}/issues/{issue_number}', {
    owner,
    repo,
    issue_number: number,
  })
  const who = closer ? (issue.parse(closer.data).closed_by?.login ?? null) : null
  return {
    is: 'refused',
    detail: `${who ?? 'Somebody'} closed the pull request without merging it.`,
    link: one.html_url,
    who,
    evidence,
  }
}

function waiting(number: number, link: string, place: Repository): Observation {
  return {
    is: 'waiting',
    waitsFor: 'reviewer',
    detail: `Pull request ${number} waits for a review and a merge.`,
    link,
    who: null,
    evidence: { repository: place.repository, pull: number, state: 'open' },
  }
}

/** Opens the proposal, or answers the one that a lost answer left behind. All files travel in one commit. */
export async function openProposal(
  client: GithubClient,
  place: Repository,
  orders: StepOrder[],
  edits: FileEdit[],
): Promise<Receipt> {
  const [order] = orders
  if (!order) throw missing('what to propose')
  const { owner, repo } = split(place)
  for (let attempt = 1; attempt <= MOST_PROPOSALS; attempt += 1) {
    const branch = branchOf(order, attempt)
    const pulls = await pullsOf(client, place, branch)
    const open = pulls.find((one) => one.state === 'open')
    if (open)
      return { vendorRequestId: null, link: open.html_url, detail: `Pull request ${open.number} was open already.` }
    if (pulls.length > 0) continue
    await commitOn(client, place, branch, orders, edits)
    const made = await client.call('POST /repos/{owner}/{repo}/pulls', {
      owner,
      repo,
      head: branch,
      base: place.branch,
      title: titleOf(orders),
      body: bodyOf(orders),
    })
    if (!made) throw missing(place.repository)
    const one = pull.parse(made.data)
    return { vendorRequestId: made.requestId, link: one.html_url, detail: `Opened pull request ${one.number}.` }
  }
  throw new SystemFailure(
    'refused-by-rule',
    'Ten pull requests for this were closed.',
    'Talk to whoever closes them, or stop.',
  )
}

async function commitOn(
  client: GithubClient,
  place: Repository,
  branch: string,
  orders: StepOrder[],
  edits: FileEdit[],
): Promise<void> {
  const { owner, repo } = split(place)
  const base = await client.call('GET /repos/{owner}/{repo}/git/ref/{ref}', {
    owner,
    repo,
    ref: `heads/${place.branch}`,
  })
  if (!base) throw missing(`the branch ${place.branch} of ${place.repository}`)
  const parent = reference.parse(base.data).object.sha
  const parentCommit = await client.call('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
    owner,
    repo,
    commit_sha: parent,
  })
  if (!parentCommit) throw missing(`the newest commit of ${place.repository}`)
  const tree = await client.call('POST /repos/{owner}/{repo}/git/trees', {
    owner,
    repo,
    base_tree: commit.parse(parentCommit.data).tree.sha,
    tree: edits.map((edit) => ({ path: edit.path, mode: '100644', type: 'blob', content: edit.after })),
  })
  if (!tree) throw missing(place.repository)
  const made = await client.call('POST /repos/{owner}/{repo}/git/commits', {
    owner,
    repo,
    message: `${titleOf(orders)}\n\n${bodyOf(orders)}`,
    tree: sha.parse(tree.data).sha,
    parents: [parent],
  })
  if (!made) throw missing(place.repository)
  const newest = sha.parse(made.data).sha
  const there = await client.call('GET /repos/{owner}/{repo}/git/ref/{ref}', { owner, repo, ref: `heads/${branch}` })
  // A branch without a pull request is what a kill in between leaves behind: it is ours, and starts again from here.
  if (there)
    await client.call('PATCH /repos/{owner}/{repo}/git/refs/{ref}', {
      owner,
      repo,
      ref: `heads/${branch}`,
      sha: newest,
      force: true,
    })
  else
    await client.call('POST /repos/{owner}/{repo}/git/refs', { owner, repo, ref: `refs/heads/${branch}`, sha: newest })
}

function titleOf([first]: StepOrder[]): string {
  if (!first) return ''
  return first.direction === 'grant' ? `Give ${first.engineerName} access` : `Revoke access of ${first.engineerName}`
}

/** The card's short address puts the pull request on the card by itself, where that hook is installed. */
function bodyOf(orders: StepOrder[]): string {
  const [first] = orders
  const lines = orders.map(
    (order) =>
      `- ${order.direction === 'grant' ? 'add to' : 'remove from'} ${String(order.wanted.params['list'])} in ${order.environment ?? ''}`,
  )
  return [
    `Request ${first?.requestId ?? ''}, approved by ${first?.sponsorName ?? ''}.`,
    '',
    ...lines,
    '',
    first?.cardUrl ?? '',
  ].join('\n')
}
