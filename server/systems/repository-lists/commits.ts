import { z } from 'zod'
import { SystemFailure } from '../../grants/system.ts'
import { checked, type GithubClient } from '../github/client.ts'
import { aboutSomebodyElse } from '../github/failures.ts'

/** Files of a repository at one commit, and new commits through the Git Data API: any number of files, all or none. */

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

/** Reads a file at one commit, so that everything that is decided together was read together. */
export type ReadAt = (path: string) => Promise<string>

const content = z.object({ content: z.string(), encoding: z.literal('base64'), path: z.string() })
const sha = z.object({ sha: z.string() })
const reference = z.object({ object: sha })
const commit = z.object({ sha: z.string(), tree: sha, parents: z.array(sha) })

export const missing = (what: string) =>
  new SystemFailure(
    'invalid',
    `We cannot find ${what}.`,
    'Put it right in the installation file, or give our GitHub App access to it.',
  )

export function ownerAndRepo(place: Repository): { owner: string; repo: string } {
  const [owner = '', repo = ''] = place.repository.split('/')
  return { owner, repo }
}

async function tipOf(client: GithubClient, place: Repository, branch: string): Promise<string | null> {
  const found = await client.call('GET /repos/{owner}/{repo}/git/ref/{ref}', {
    ...ownerAndRepo(place),
    ref: `heads/${branch}`,
  })
  return found ? checked(reference, found).object.sha : null
}

/** The newest commit on the branch that counts. */
export async function newestCommit(client: GithubClient, place: Repository): Promise<string> {
  const tip = await tipOf(client, place, place.branch)
  if (tip === null) throw missing(`the branch ${place.branch} of ${place.repository}`)
  return tip
}

/** @param ref a commit or a branch */
export function readerAt(client: GithubClient, place: Repository, ref: string): ReadAt {
  return async (path) => {
    const found = await client.call('GET /repos/{owner}/{repo}/contents/{path}', {
      ...ownerAndRepo(place),
      path,
      ref,
    })
    if (!found) throw missing(`${path} in ${place.repository}`)
    const file = checked(content, found)
    if (file.path !== path) throw aboutSomebodyElse()
    return Buffer.from(file.content, 'base64').toString('utf8')
  }
}

export async function parentsOf(client: GithubClient, place: Repository, at: string): Promise<string[]> {
  return (await commitAt(client, place, at)).parents.map((one) => one.sha)
}

async function commitAt(client: GithubClient, place: Repository, at: string) {
  const found = await client.call('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
    ...ownerAndRepo(place),
    commit_sha: at,
  })
  if (!found) throw missing(`the commit ${at.slice(0, 8)} of ${place.repository}`)
  const one = checked(commit, found)
  if (one.sha !== at) throw aboutSomebodyElse()
  return one
}

/**
 * One commit on `parent` that changes the given files and no other byte, and a branch of ours that points to it. What an
 * earlier attempt left there is not made twice; what somebody else prepared there under our name is replaced: trees are
 * named by their content, so only exactly this change on exactly this parent counts as ours.
 * @param branch made, or moved
 * @returns GitHub's id of the request that did so, or `null` where it was so already
 */
export async function commitOn(
  client: GithubClient,
  place: Repository,
  branch: string,
  parent: string,
  edits: FileEdit[],
  message: string,
): Promise<string | null> {
  const where = ownerAndRepo(place)
  const post = async (route: string, body: Record<string, unknown>) => {
    const made = await client.call(route, { ...where, ...body })
    if (!made) throw missing(place.repository)
    return made
  }
  const tree = await post('POST /repos/{owner}/{repo}/git/trees', {
    base_tree: (await commitAt(client, place, parent)).tree.sha,
    tree: edits.map((edit) => ({ path: edit.path, mode: '100644', type: 'blob', content: edit.after })),
  })
  const wanted = checked(sha, tree).sha
  const tip = await tipOf(client, place, branch)
  const there = tip === null ? null : await commitAt(client, place, tip)
  if (there?.tree.sha === wanted && there.parents.length === 1 && there.parents[0]?.sha === parent) return null
  const made = await post('POST /repos/{owner}/{repo}/git/commits', {
    message,
    tree: wanted,
    parents: [parent],
  })
  const newest = checked(sha, made).sha
  const put =
    tip === null
      ? await post('POST /repos/{owner}/{repo}/git/refs', { ref: `refs/heads/${branch}`, sha: newest })
      : await post('PATCH /repos/{owner}/{repo}/git/refs/{ref}', { ref: `heads/${branch}`, sha: newest, force: true })
  return put.requestId
}
