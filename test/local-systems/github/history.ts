import { mergeTexts } from './merge-texts.ts'
import { type Commit, type Pull, type Repository, shaOf, type Tree } from './model.ts'

/** Commits with real parents: where a branch points, what came before, and what a merge gives. */

export function store(repo: Repository, commit: Commit): string {
  const sha = shaOf([commit, Object.keys(repo.commits).length])
  repo.commits[sha] = commit
  repo.trees[shaOf(commit.tree)] = commit.tree
  return sha
}

export const tipOf = (repo: Repository, ref: string) =>
  repo.branches[ref.replace(/^(refs\/)?heads\//, '')] ?? (repo.commits[ref] ? ref : undefined)
export const treeOf = (repo: Repository, ref: string): Tree => repo.commits[tipOf(repo, ref) ?? '']?.tree ?? {}

export function ancestors(repo: Repository, from: string): Set<string> {
  const seen = new Set<string>()
  const open = [from]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) continue
    seen.add(at)
    open.push(...(repo.commits[at]?.parents ?? []))
  }
  return seen
}

/** The merged tree, or `null` in a conflict. */
export function mergedTree(repo: Repository, pull: Pull): Tree | null {
  const head = tipOf(repo, pull.head)
  const base = tipOf(repo, pull.base)
  if (!head || !base) return null
  const from = treeOf(repo, commonOf(repo, base, head) ?? '')
  const [ours, theirs] = [treeOf(repo, base), treeOf(repo, head)]
  const merged: Tree = { ...ours }
  for (const path of Object.keys(theirs)) {
    const text = mergeTexts(from[path] ?? '', ours[path] ?? '', theirs[path] ?? '')
    if (text === null) return null
    merged[path] = text
  }
  return merged
}

/** The newest commit that both have, as a comparison with three dots takes it. */
export function commonOf(repo: Repository, base: string, head: string): string | undefined {
  const behind = ancestors(repo, base)
  const common = [...ancestors(repo, head)].filter((sha) => behind.has(sha))
  return common.find((sha) => common.every((other) => other === sha || !ancestors(repo, other).has(sha)))
}

/** What `head` has and `base` has not, the oldest first. */
export function ahead(repo: Repository, base: string, head: string): string[] {
  const behind = ancestors(repo, base)
  return [...ancestors(repo, head)].filter((sha) => !behind.has(sha)).toReversed()
}

/** Files that differ between two commits, as GitHub lists them. */
export function differing(repo: Repository, from: string, to: string): { filename: string; status: string }[] {
  const [before, after] = [treeOf(repo, from), treeOf(repo, to)]
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((path) => before[path] !== after[path])
    .map((filename) => ({
      filename,
      status: before[filename] === undefined ? 'added' : after[filename] === undefined ? 'removed' : 'modified',
    }))
}
