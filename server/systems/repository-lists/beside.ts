import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { type StepOrder, SystemFailure } from '../../grants/system.ts'
import { checked, type GithubClient } from '../github/client.ts'
import { missing, ownerAndRepo, parentsOf, type Repository, readerAt } from './commits.ts'
import { listsIn } from './list-file.ts'
import type { Proposal } from './proposals.ts'
import { type ListRules, placeOf } from './rules.ts'

/**
 * What a proposal holds beside exactly our own change. Whoever may push to the repository may push to our branch too, so
 * an approved request must not carry along what nobody approved.
 */
export interface Beside {
  /** Lists that would be changed otherwise than we proposed, with how many entries come and go. */
  lists: { list: string; added: number; removed: number }[]
  /** Files with other changes than that. */
  files: number
  /** It goes to another branch than the one that we proposed it to. */
  elsewhere: boolean
  /** There are commits in it that are not ours, whatever they amount to. */
  commits: boolean
}

const oneCommit = z.object({ sha: z.string(), parents: z.array(z.object({ sha: z.string() })) })
const comparison = z.object({
  merge_base_commit: z.object({ sha: z.string() }),
  files: z.array(z.object({ filename: z.string(), status: z.string() })),
})

/**
 * Compares what a proposal brings, or brought, with what was approved. A merge of the base branch into it ("Update
 * branch") and our commit made again on a newer base are tolerated, as long as what they bring is exactly our change.
 * @returns `null` where it is exactly ours
 */
export async function besideOurs(
  { client, rules }: { client: GithubClient; rules: ListRules },
  place: Repository,
  order: StepOrder,
  proposal: Proposal,
): Promise<Beside | null> {
  const { from, to, files } = await broughtBy(client, place, proposal)
  const beside: Beside = {
    lists: [],
    files: 0,
    elsewhere: proposal.base !== place.branch,
    commits: (await ownCommits(client, place, proposal)) !== 1,
  }
  for (const { filename, status } of files) {
    if (status !== 'modified') {
      beside.files += 1
      continue
    }
    const before = await readerAt(client, place, from)(filename)
    const after = await readerAt(client, place, to)(filename)
    const wanted = await ourTexts(rules, place, order, filename, before)
    if (wanted.includes(after)) continue
    const differing = await differingLists(filename, wanted[0] ?? before, after)
    beside.lists.push(...differing)
    if (differing.length === 0) beside.files += 1
  }
  const isOurs = beside.lists.length === 0 && beside.files === 0 && !beside.elsewhere && !beside.commits
  return isOurs ? null : beside
}

/** The two commits between which the proposal changes something, and the files that differ between them. */
async function broughtBy(client: GithubClient, place: Repository, proposal: Proposal) {
  const merged = proposal.mergeCommit
  // A merge is compared with what the branch held before it.
  const [before] = merged === null ? [place.branch] : await parentsOf(client, place, merged)
  const to = merged ?? proposal.head
  const found = await client.call('GET /repos/{owner}/{repo}/compare/{basehead}', {
    ...ownerAndRepo(place),
    basehead: `${before ?? place.branch}...${to}`,
  })
  if (!found) throw missing(`what pull request ${proposal.number} of ${place.repository} changes`)
  const { merge_base_commit, files } = checked(comparison, found)
  return { from: merge_base_commit.sha, to, files }
}

/** How many commits stand in it that are not merges. */
async function ownCommits(client: GithubClient, place: Repository, { number }: Proposal): Promise<number> {
  const found = await client.call('GET /repos/{owner}/{repo}/pulls/{pull_number}/commits', {
    ...ownerAndRepo(place),
    pull_number: number,
    per_page: 100,
  })
  if (!found) throw missing(`pull request ${number} of ${place.repository}`)
  return checked(z.array(oneCommit), found).filter(({ parents }) => parents.length < 2).length
}

/** The texts that this file may have by our change: by what travels together in it, of which some may have come late. */
async function ourTexts(
  rules: ListRules,
  place: Repository,
  order: StepOrder,
  path: string,
  before: string,
): Promise<string[]> {
  const here = [order.wanted, ...order.travelsWith]
    .map((wanted) => ({ ...order, wanted }))
    .filter((one) => {
      const at = placeOf(one, rules.name)
      return at.path === path && at.repository === place.repository
    })
  let texts = [before]
  for (const one of here) {
    const more = await Promise.all(texts.map((text) => edited(rules, one, path, text)))
    texts = [...more.filter((text) => text !== null), ...texts]
  }
  return texts.filter((text) => text !== before)
}

/** `null` where our rules would not have proposed it. */
async function edited(rules: ListRules, order: StepOrder, path: string, text: string): Promise<string | null> {
  try {
    return await rules.edit(order, path, text)
  } catch (error) {
    if (error instanceof SystemFailure) return null
    throw error
  }
}

/** Lists of one file that hold something else than they should. Counted only: names have no place in what many read. */
async function differingLists(path: string, wanted: string, is: string): Promise<Beside['lists']> {
  const [should, does] = await Promise.all([listsIn(path, wanted), listsIn(path, is)])
  return [...new Set([...should.keys(), ...does.keys()])].flatMap((list) => {
    const [before, after] = [should.get(list) ?? [], does.get(list) ?? []]
    if (isDeepStrictEqual(before, after)) return []
    const lacking = (one: unknown[], other: unknown[]) =>
      one.filter((entry) => !other.some((same) => isDeepStrictEqual(same, entry))).length
    return [{ list, added: lacking(after, before), removed: lacking(before, after) }]
  })
}

/** In words for everybody who may see the step, and what to do about it. */
export function besideWords(
  { is, number }: Proposal,
  { lists, files, elsewhere, commits }: Beside,
): { detail: string; remedy: string } {
  const merged = is === 'merged'
  const count = (one: Beside['lists'][number]) =>
    [one.added > 0 ? `${one.added} added` : '', one.removed > 0 ? `${one.removed} taken out` : '']
      .filter((part) => part !== '')
      .join(', ') || 'in another order'
  const parts = [
    ...lists.map((one) => `the list ${one.list} (${count(one)})`),
    ...(files > 0 ? [`${files === 1 ? '1 file' : `${files} files`} in other ways`] : []),
  ]
  const what =
    parts.length > 0
      ? `it also ${merged ? 'changed' : 'changes'} ${parts.join(' and ')}`
      : elsewhere
        ? 'it goes to another branch'
        : commits
          ? 'it holds commits that are not ours'
          : 'it is not as we opened it'
  return merged
    ? {
        detail: `Pull request ${number} was merged with more than was approved: ${what}. Nobody should apply it before that is put right.`,
        remedy:
          'Ask who changed and who merged it, and have the rest taken out of the file. Then choose Try again. What was not approved is not recorded as granted.',
      }
    : {
        detail: `Somebody changed pull request ${number} after we opened it: ${what}. Nobody should merge it.`,
        remedy: 'Ask who changed it and why. Try again puts it back to exactly what was approved, or stop.',
      }
}
