import type { Evidence, Observation, Receipt, StepOrder, SystemAdapter } from '../../grants/system.ts'
import { SystemFailure } from '../../grants/system.ts'
import type { GithubClient } from '../github/client.ts'
import { besideOurs, besideWords } from './beside.ts'
import { type FileEdit, newestCommit, type ReadAt, readerAt } from './commits.ts'
import { listsHealth, type NamedFile } from './health.ts'
import { listEntries } from './listing.ts'
import { type Closed, closeGrants, followProposal, foundProposal, openGrants, type Proposal } from './proposals.ts'
import { propose } from './proposing.ts'
import { ListRefusal } from './refusal.ts'
import { type ListRules, mergedWords, type Place, placeOf } from './rules.ts'

/**
 * Lists in a repository, changed by pull request. *Merged* is the most that is claimed here: until the system itself is
 * read, a person says that it was applied and a second one looks.
 * @param files those that the installation names, for the health of the connection
 */
export function createRepositoryLists(
  rules: ListRules,
  client: GithubClient,
  now: () => Date,
  files: NamedFile[] = [],
): SystemAdapter {
  const fine = rules.isWhole
    ? 'The list is changed by pull request, and read from its repository.'
    : `Lists are changed by pull request, and read from their repository. ${rules.name} itself is not read.`
  const place = (order: StepOrder) => placeOf(order, rules.name)
  return {
    id: rules.id,
    name: rules.name,
    can: ['pull-request'],
    health: () => listsHealth(client, files, fine, now()),
    list: (order) => listEntries(rules, client, order),
    inTurn: ({ wanted: { params } }) => {
      const { repository, path } = params
      return typeof repository === 'string' && typeof path === 'string' ? [`${repository}/${path}`] : []
    },
    read: (order) => read({ rules, client }, order),
    async apply(orders) {
      const [first] = orders
      if (!first) throw new SystemFailure('invalid', 'Nothing was asked for.', 'Look at the attempts.')
      for (const order of orders) rules.check(order)
      const closed = first.direction === 'revoke' ? await closeGrants(client, place(first), first) : null
      try {
        return await propose(client, place(first), orders, {
          edits: (base, older) => editsOf(rules, orders, base, older),
          isOurs: (proposal) => isOurs({ rules, client }, orders, proposal),
        })
      } catch (error) {
        // Nobody had merged it, so closing it was all there was to take back.
        if (!closed || closed.numbers.length === 0 || !(error instanceof ListRefusal) || error.why !== 'no-op')
          throw error
        return withdrawn(closed)
      }
    },
    withdraw: async (order) => withdrawn(await closeGrants(client, place(order), order)),
  }
}

interface Parts {
  rules: ListRules
  client: GithubClient
}

function withdrawn({ numbers, requestId }: Closed): Receipt {
  const detail = numbers.length === 0 ? 'No pull request was open.' : `Closed pull request ${numbers.join(', ')}.`
  return { vendorRequestId: requestId, link: null, detail }
}

async function read({ rules, client }: Parts, order: StepOrder): Promise<Observation> {
  const place = placeOf(order, rules.name)
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
  const commit = proposal?.head ?? null
  const evidence = { repository: place.repository, path: place.path, list: place.list, pull: proposal?.number ?? null }
  if (proposal?.is === 'closed') return closed(proposal, evidence)
  const changed = proposal ? await changedByOthers({ rules, client }, place, order, proposal, evidence) : null
  if (changed && !isKnown(order, changed)) return changed
  // What was found by its branch may be of another step of the same request, without this one's file.
  const isInIt =
    proposal?.is === 'open' &&
    !changed &&
    (order.sentTo !== null || (await isProposed(rules, readerAt(client, place, proposal.branch), order, place)))
  if (proposal?.is === 'open' && isInIt && !proposal.conflicts) return waiting(proposal, { ...evidence, commit })
  const text = await readerAt(client, place, await newestCommit(client, place))(place.path)
  const asWanted = await rules.isAsWanted(order, place.path, text)
  const besides = await rules.besides?.(order, place.path, text)
  const seen = { ...evidence, commit, listed: asWanted === (order.direction === 'grant'), ...besides }
  if (asWanted && rules.isWhole) return there(order, place, seen)
  if (asWanted)
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
  const again = isInIt
    ? ` Pull request ${proposal?.number} conflicts with the newest list and is made again.`
    : changed
      ? ` Pull request ${proposal?.number} is put back to exactly our change.`
      : ''
  const detail = `${order.account.name} is ${isIn ? '' : 'not '}in ${place.list} in ${place.path}.${again}`
  // What a person let be put right must still be known when it is looked at again.
  return {
    is: isIn ? 'present' : 'absent',
    detail,
    evidence: changed ? { ...seen, changed: proposal?.head ?? null } : seen,
  }
}

function there({ direction, account }: StepOrder, { list, path, branch }: Place, evidence: Evidence): Observation {
  return direction === 'grant'
    ? { is: 'present', detail: `${account.name} is in ${list} in ${path} on ${branch}.`, evidence }
    : { is: 'absent', detail: `${account.name} is not in ${list} in ${path} on ${branch}.`, evidence }
}

type Changed = Extract<Observation, { is: 'changed-by-others' }>

/** Whether what was proposed, or merged, is more than exactly our change. What was looked at once is not read again. */
async function changedByOthers(
  parts: Parts,
  place: Place,
  order: StepOrder,
  proposal: Proposal,
  evidence: Evidence,
): Promise<Changed | null> {
  if (order.lastSeen?.['pull'] === proposal.number && order.lastSeen['commit'] === proposal.head) return null
  const beside = await besideOurs(parts, place, order, proposal)
  if (!beside) return null
  const open = proposal.is === 'open'
  return {
    is: 'changed-by-others',
    open,
    ...besideWords(proposal, beside),
    link: proposal.link,
    evidence: { ...evidence, changed: proposal.head },
  }
}

/** @throws SystemFailure where it is not, and nobody was told yet */
async function isOurs(parts: Parts, orders: StepOrder[], proposal: Proposal): Promise<boolean> {
  const [first] = orders
  if (!first) return false
  if (!(await besideOurs(parts, placeOf(first, parts.rules.name), first, proposal))) return true
  if (orders.some((order) => order.lastSeen?.['changed'] === proposal.head)) return false
  throw new SystemFailure(
    'conflict',
    `Somebody changed pull request ${proposal.number} meanwhile.`,
    'This is read again by itself.',
  )
}

/** A person was shown exactly this and let it be tried again: an open one is put right, a merged one is accepted. */
function isKnown(order: StepOrder, { evidence }: Changed): boolean {
  return order.sentTo === null && order.lastSeen?.['changed'] === evidence['changed']
}

async function isProposed(rules: ListRules, read: ReadAt, order: StepOrder, { path }: Place): Promise<boolean> {
  return rules.isAsWanted(order, path, await read(path))
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
 * @param older the branch that is made again: what it does for this account is carried over even where its own step is
 *   not among the orders
 */
async function editsOf(rules: ListRules, orders: StepOrder[], base: ReadAt, older: ReadAt | null): Promise<FileEdit[]> {
  const edits = new Map<string, string>()
  const edit = async (order: StepOrder) => {
    const { path } = placeOf(order, rules.name)
    const text = edits.get(path) ?? (await base(path))
    const after = await rules.edit(order, path, text)
    if (after !== text) edits.set(path, after)
  }
  for (const order of orders) await edit(order)
  const [first] = orders
  for (const wanted of older && first ? first.travelsWith : []) {
    if (!first || !older) continue
    const other = { ...first, wanted }
    const { path } = placeOf(other, rules.name)
    if (await isIn(rules, other, path, older)) await edit(other)
  }
  return [...edits].map(([path, after]) => ({ path, after }))
}

/** What somebody made unreadable holds nothing that we could carry over: its step comes late then. */
async function isIn(rules: ListRules, order: StepOrder, path: string, read: ReadAt): Promise<boolean> {
  try {
    return await rules.isAsWanted(order, path, await read(path))
  } catch (error) {
    if (error instanceof ListRefusal) return false
    throw error
  }
}
