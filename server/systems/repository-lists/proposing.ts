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
} from './commits.ts'
import { bodyOf, titleOf } from './proposal-words.ts'
import { branchOf, followProposal, MOST_PROPOSALS, type Proposal, pull, pullsOf } from './proposals.ts'
import { ListRefusal } from './refusal.ts'

/** Opens a proposal, or makes the open one again: always one commit of exactly our change. */

export interface Plan {
  /** What to change, on the newest texts; `older`: an older branch of ours, where it is made again. */
  edits(base: ReadAt, older: ReadAt | null): Promise<FileEdit[]>
  /** Whether an open proposal holds exactly our change. @throws SystemFailure where nobody may put it right yet */
  isOurs(proposal: Proposal): Promise<boolean>
}

/** Opens the proposal, or answers the one that is open. All files travel in one commit. */
export async function propose(
  client: GithubClient,
  place: Repository,
  orders: StepOrder[],
  plan: Plan,
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
 * An open proposal is left alone, unless the list moved on under it, a step of the same request came late and its file is
 * not in it, or a person lets what somebody else changed in it be put right: then its commit is made again on the newest
 * list.
 */
async function keepOrRemake(
  client: GithubClient,
  place: Repository,
  orders: StepOrder[],
  plan: Plan,
  link: string,
): Promise<Receipt> {
  const [order] = orders
  if (!order) throw missing('what to propose')
  const proposal = await followProposal(client, place, order, link)
  const { number, branch, conflicts, head } = proposal
  const base = await newestCommit(client, place)
  const older = readerAt(client, place, head)
  const isOurs = await plan.isOurs(proposal)
  const turned = proposal.base === place.branch ? null : await putOnBase(client, place, number)
  const isNewest = (await parentsOf(client, place, head)).includes(base)
  if (isOurs && (!conflicts || isNewest) && (await plan.edits(older, null)).length === 0)
    return { vendorRequestId: turned, link, detail: `Pull request ${number} was open already.` }
  const edits = await plan.edits(readerAt(client, place, base), older)
  if (edits.length === 0) throw new ListRefusal('no-op', String(order.wanted.params['list']))
  const made = await commitOn(client, place, branch, base, edits, messageOf(orders, edits))
  const detail = isOurs
    ? `Made pull request ${number} again on the newest list.`
    : `Put pull request ${number} back to exactly our change.`
  return { vendorRequestId: made ?? turned, link, detail }
}

/** Somebody turned it to another branch. @returns GitHub's id of the request */
async function putOnBase(client: GithubClient, place: Repository, number: number): Promise<string | null> {
  const done = await client.call('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
    ...ownerAndRepo(place),
    pull_number: number,
    base: place.branch,
  })
  return done?.requestId ?? null
}

async function openNew(
  client: GithubClient,
  place: Repository,
  orders: StepOrder[],
  plan: Plan,
  branch: string,
): Promise<Receipt> {
  const base = await newestCommit(client, place)
  const edits = await plan.edits(readerAt(client, place, base), null)
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
