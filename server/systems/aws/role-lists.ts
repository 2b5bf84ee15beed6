import type { Direction, Evidence, Observation, Receipt, StepOrder, SystemAdapter } from '../../grants/system.ts'
import { SystemFailure } from '../../grants/system.ts'
import type { GithubClient } from '../github/client.ts'
import { type FileEdit, newestCommit, type ReadAt, readerAt } from '../repository-lists/commits.ts'
import { listFileFor } from '../repository-lists/list-file.ts'
import {
  closeGrants,
  followProposal,
  foundProposal,
  openGrants,
  type Proposal,
  propose,
} from '../repository-lists/proposals.ts'
import { ListRefusal } from '../repository-lists/refusal.ts'
import { adminList, changesFor, checkArn, isAsWanted, type Listed, refuseSamePerson, userList } from './rules.ts'

/**
 * AWS role lists, by pull request to the repository that holds them. *Merged* is the most that is claimed here: until
 * AWS itself is read, a person says that it was applied and a second one looks.
 */
export function createAwsRoleLists(client: GithubClient, now: () => Date): SystemAdapter {
  return {
    id: 'aws',
    name: 'AWS',
    can: ['pull-request'],
    health: async () => ({
      state: 'ok',
      sentence: 'Lists are changed by pull request. AWS itself is not read.',
      checkedAt: now(),
    }),
    read: (order) => read(client, order),
    async apply(orders) {
      const [first] = orders
      if (!first) throw new SystemFailure('invalid', 'Nothing was asked for.', 'Look at the attempts.')
      for (const order of orders) checkArn(order.account.id)
      const closed = first.direction === 'revoke' ? await closeGrants(client, placeOf(first), first) : []
      try {
        return await propose(client, placeOf(first), orders, (base, older) => editsOf(orders, base, older))
      } catch (error) {
        // Nobody had merged it, so closing it was all there was to take back.
        if (closed.length === 0 || !(error instanceof ListRefusal) || error.why !== 'no-op') throw error
        return withdrawn(closed)
      }
    },
    withdraw: async (order) => withdrawn(await closeGrants(client, placeOf(order), order)),
  }
}

function withdrawn(closed: number[]): Receipt {
  const detail = closed.length === 0 ? 'No pull request was open.' : `Closed pull request ${closed.join(', ')}.`
  return { vendorRequestId: null, link: null, detail }
}

async function read(client: GithubClient, order: StepOrder): Promise<Observation> {
  const place = placeOf(order)
  const [giving] = order.direction === 'revoke' ? await openGrants(client, place, order) : []
  // Whatever the list says now, a merge would give the access after nobody looks any more.
  if (giving !== undefined)
    return {
      is: 'present',
      detail: `Pull request ${giving} would still give it, and is closed first.`,
      evidence: { repository: place.repository, path: place.path, list: place.list, pull: giving },
    }
  const proposal =
    order.sentTo === null
      ? await foundProposal(client, place, order)
      : await followProposal(client, place, order, order.sentTo)
  const evidence = { repository: place.repository, path: place.path, list: place.list, pull: proposal?.number ?? null }
  if (proposal?.is === 'closed') return closed(proposal, evidence)
  // What was found by its branch may be of another step of the same request, without this one's file.
  const isInIt =
    proposal?.is === 'open' &&
    (order.sentTo !== null || (await isProposed(readerAt(client, place, proposal.branch), order, place)))
  if (proposal?.is === 'open' && isInIt && !proposal.conflicts) return waiting(proposal, evidence)
  const text = await readerAt(client, place, await newestCommit(client, place))(place.path)
  const listed = await listedIn(place.path, text, order.account.id, place.list)
  const seen = {
    ...evidence,
    listed:
      order.direction === 'grant' ? isAsWanted('grant', place.list, listed) : !isAsWanted('revoke', place.list, listed),
  }
  if (isAsWanted(order.direction, place.list, listed))
    return {
      is: 'merged',
      detail: mergedWords(order.direction, place),
      link: proposal?.link ?? order.sentTo,
      evidence: seen,
    }
  if (proposal?.is === 'merged')
    return {
      is: 'refused',
      detail: `Pull request ${proposal.number} was merged, and the list was changed back since.`,
      link: proposal.link,
      who: null,
      evidence: seen,
    }
  const isIn = order.direction === 'revoke'
  const again = isInIt ? ` Pull request ${proposal?.number} conflicts with the newest list and is made again.` : ''
  const detail = `${order.account.name} is ${isIn ? '' : 'not '}in ${place.list} in ${place.path}.${again}`
  return { is: isIn ? 'present' : 'absent', detail, evidence: seen }
}

async function isProposed(read: ReadAt, order: StepOrder, { path, list }: Place): Promise<boolean> {
  return isAsWanted(order.direction, list, await listedIn(path, await read(path), order.account.id, list))
}

function mergedWords(direction: Direction, { list, path }: Place): string {
  return direction === 'grant'
    ? `Merged: ${list} in ${path} has the account. Not applied yet.`
    : `Merged: ${list} in ${path} no longer has the account. Not applied yet.`
}

function waiting({ number, link }: Proposal, evidence: Evidence): Observation {
  const detail = `Pull request ${number} waits for a review and a merge.`
  return { is: 'waiting', waitsFor: 'reviewer', detail, link, who: null, evidence: { ...evidence, state: 'open' } }
}

function closed({ number, link, who }: Proposal, evidence: Evidence): Observation {
  const detail = `${who ?? 'Somebody'} closed pull request ${number} without merging it.`
  return { is: 'refused', detail, link, who, evidence: { ...evidence, state: 'closed' } }
}

/**
 * The edits of all orders, each file once, on the newest texts.
 * @param older the branch that is made again, with the files that it changed: what it does for this account is carried
 *   over even where its own step is not among the orders
 */
async function editsOf(
  orders: StepOrder[],
  base: ReadAt,
  older: { read: ReadAt; paths: string[] } | null,
): Promise<FileEdit[]> {
  const edits = new Map<string, string>()
  const [first] = orders
  for (const order of orders) await editOne(edits, order, placeOf(order), base)
  for (const path of older?.paths ?? []) {
    if (!first || !older || orders.some((order) => placeOf(order).path === path)) continue
    const place = { ...placeOf(first), path }
    const listed = await listedIn(path, await older.read(path), first.account.id, place.list)
    if (isAsWanted(first.direction, place.list, listed)) await editOne(edits, first, place, base)
  }
  return [...edits].map(([path, after]) => ({ path, after }))
}

async function editOne(
  edits: Map<string, string>,
  order: StepOrder,
  { path, list }: Place,
  base: ReadAt,
): Promise<void> {
  const file = listFileFor(path)
  const arn = order.account.id
  let text = edits.get(path) ?? (await base(path))
  if (order.direction === 'grant') refuseSamePerson(arn, await everybodyIn(path, text, list))
  const { keeps } = order.wanted.params
  const listed = await listedIn(path, text, arn, list)
  const changes = changesFor(order.direction, list, listed, typeof keeps === 'string' ? keeps : null)
  for (const change of changes)
    text = change.does === 'add' ? await file.add(text, change.list, arn) : await file.remove(text, change.list, arn)
  if (changes.length > 0) edits.set(path, text)
}

/** The wanted list must be there; the other of the two may be missing. */
async function valuesOf(path: string, text: string, list: string, wanted: string): Promise<string[]> {
  try {
    return await listFileFor(path).read(text, list)
  } catch (error) {
    if (error instanceof ListRefusal && error.why === 'missing' && list !== wanted) return []
    throw error
  }
}

async function listedIn(path: string, text: string, arn: string, wanted: string): Promise<Listed> {
  const isIn = async (list: string) => (await valuesOf(path, text, list, wanted)).includes(arn)
  return { user: await isIn(userList), admin: await isIn(adminList) }
}

async function everybodyIn(path: string, text: string, wanted: string): Promise<string[]> {
  return [...(await valuesOf(path, text, userList, wanted)), ...(await valuesOf(path, text, adminList, wanted))]
}

interface Place {
  repository: string
  branch: string
  path: string
  list: string
}

function placeOf(order: StepOrder): Place {
  const { repository, branch, path, list } = order.wanted.params
  if (typeof repository !== 'string' || typeof path !== 'string')
    throw new SystemFailure(
      'invalid',
      'The repository of the AWS lists is not configured.',
      'Name repository and path for this environment in the installation file.',
    )
  if (list !== userList && list !== adminList)
    throw new SystemFailure(
      'invalid',
      'This is not one of the two AWS role lists.',
      `The rule set names ${userList} or ${adminList}.`,
    )
  return { repository, path, list, branch: typeof branch === 'string' ? branch : 'main' }
}
