import { type Health, SystemFailure } from '../../grants/system.ts'
import type { Installation } from '../../rules/types.ts'
import type { GithubClient } from '../github/client.ts'
import { credentialsIn, lackingWords, leastRightsOf, proposesLists, rightsOf } from '../github/rights.ts'
import { type Repository, readerAt } from './commits.ts'
import { listsIn } from './list-file.ts'

/** A file with lists, as the installation names it. */
export interface NamedFile extends Repository {
  path: string
}

/** The files that the installation names for one system, each once. */
export function filesOf(targets: Installation['targets'], system: string): NamedFile[] {
  const files = Object.entries(targets).flatMap(([target, { repository, branch = 'main', path }]) =>
    target.startsWith(`${system}:`) && repository && path ? [{ repository, branch, path }] : [],
  )
  return [...new Map(files.map((file) => [JSON.stringify(file), file])).values()]
}

/**
 * Reads every file, and asks what our credentials may do.
 * @param fine the sentence where all is well
 */
export async function listsHealth(
  client: GithubClient,
  files: NamedFile[],
  fine: string,
  checkedAt: Date,
): Promise<Health> {
  const leastRights = leastRightsOf(proposesLists)
  if (files.length === 0)
    return { state: 'not-configured', sentence: 'The installation names no file with lists.', checkedAt, leastRights }
  try {
    const rights = await rightsOf(client, proposesLists)
    const common = { checkedAt, ...credentialsIn(rights, proposesLists) }
    const wrong = [lackingWords(rights), ...(await Promise.all(files.map((file) => troubleIn(client, file))))]
    const said = wrong.filter((one) => one !== null)
    if (said.length > 0) return { state: 'failing', sentence: said.join(' '), ...common }
    return { state: 'ok', sentence: rights.cannotSee ? `${fine} ${rights.cannotSee}` : fine, ...common }
  } catch (error) {
    if (!(error instanceof SystemFailure)) throw error
    return { state: 'failing', sentence: error.message, checkedAt, leastRights }
  }
}

/** Why a file cannot be read or understood, in words; `null` = it can. */
async function troubleIn(client: GithubClient, file: NamedFile): Promise<string | null> {
  const { path, repository, branch } = file
  try {
    const lists = await listsIn(path, await readerAt(client, file, branch)(path))
    return lists.size > 0 ? null : `${path} on ${branch} of ${repository} holds no list that we can read.`
  } catch (error) {
    if (!(error instanceof SystemFailure)) throw error
    return `${path} on ${branch} of ${repository} cannot be read: ${error.message}`
  }
}
