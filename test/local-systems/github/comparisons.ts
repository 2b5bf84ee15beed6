import type { Reply } from '../frame/call.ts'
import { ahead, commonOf, differing, tipOf, treeOf } from './history.ts'
import { blobSha, notFound, type Pull, type Repository } from './model.ts'

/** What differs between two places of a repository, and what a pull request holds, also once it is merged. */

export const headOf = (repo: Repository, pull: Pull) => pull.merged?.head ?? tipOf(repo, pull.head) ?? ''

export function filesOf(repo: Repository, pull: Pull) {
  const head = headOf(repo, pull)
  const files = differing(repo, commonOf(repo, tipOf(repo, pull.base) ?? '', head) ?? '', head)
  return files.map((one) => ({ ...one, sha: blobSha(treeOf(repo, head)[one.filename] ?? '') }))
}

/** How a commit is shown. */
export type ShowCommit = (repo: Repository, sha: string) => Record<string, unknown>

export function commitsOf(repo: Repository, pull: Pull, show: ShowCommit) {
  const before = repo.commits[pull.merged?.commit ?? '']?.parents[0] ?? tipOf(repo, pull.base) ?? ''
  return ahead(repo, before, headOf(repo, pull)).map((sha) => show(repo, sha))
}

/**
 * @param range `base...head`
 * @param page the repository's own page
 */
export function compare(repo: Repository, range: string, show: ShowCommit, page: string): Reply {
  const [base = '', head = ''] = range.split('...').map((ref) => tipOf(repo, ref))
  const common = base && head ? commonOf(repo, base, head) : undefined
  if (!common) return notFound
  const commits = ahead(repo, base, head)
  const url = `${page}/compare/${encodeURIComponent(range)}`
  return {
    status: 200,
    data: {
      status: commits.length === 0 ? 'behind' : 'ahead',
      total_commits: commits.length,
      ahead_by: commits.length,
      behind_by: ahead(repo, head, base).length,
      base_commit: show(repo, base),
      merge_base_commit: show(repo, common),
      commits: commits.map((sha) => show(repo, sha)),
      files: differing(repo, common, head).map((one) => {
        const sha = blobSha(treeOf(repo, head)[one.filename] ?? '')
        const urls = {
          blob_url: `${page}/blob/${sha}`,
          raw_url: `${page}/raw/${sha}`,
          contents_url: `${page}/contents/${sha}`,
        }
        return { ...one, sha, additions: 1, deletions: 0, changes: 1, ...urls }
      }),
      ...{ url, html_url: url, permalink_url: url, diff_url: `${url}.diff`, patch_url: `${url}.patch` },
    },
  }
}
