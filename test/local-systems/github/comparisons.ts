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

export function commitsOf(repo: Repository, pull: Pull) {
  const before = repo.commits[pull.merged?.commit ?? '']?.parents[0] ?? tipOf(repo, pull.base) ?? ''
  return ahead(repo, before, headOf(repo, pull)).map((sha) => commitJson(repo, sha))
}

/** @param range `base...head` */
export function compare(repo: Repository, range: string): Reply {
  const [base = '', head = ''] = range.split('...').map((ref) => tipOf(repo, ref))
  const common = base && head ? commonOf(repo, base, head) : undefined
  if (!common) return notFound
  const commits = ahead(repo, base, head)
  return {
    status: 200,
    data: {
      status: commits.length === 0 ? 'behind' : 'ahead',
      total_commits: commits.length,
      merge_base_commit: commitJson(repo, common),
      commits: commits.map((sha) => commitJson(repo, sha)),
      files: differing(repo, common, head),
    },
  }
}

function commitJson(repo: Repository, sha: string) {
  return {
    sha,
    commit: { message: repo.commits[sha]?.message ?? '' },
    parents: (repo.commits[sha]?.parents ?? []).map((parent) => ({ sha: parent })),
  }
}
