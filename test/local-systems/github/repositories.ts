import type { Call, Reply } from '../frame/call.ts'
import { commitsOf, compare, filesOf, headOf, type ShowCommit } from './comparisons.ts'
import { ancestors, mergedTree, store, tipOf, treeOf } from './history.ts'
import { blobSha, notFound, type Pull, type Repository, refusal, type State, shaOf, type Tree } from './model.ts'
import { commit, contentFile, gitCommit, LONG_AGO, pullParts, repository, simpleUser } from './whole.ts'

/** Contents, git data with real parents, and pull requests that people merge or close. */

export interface Repositories {
  answer(call: Call): Reply
  /** Answers whether it could be merged. */
  merge(name: string, number: number, by: string, how?: 'merge' | 'squash'): boolean
  /** The button “Update branch” of a pull request. */
  updateBranch(name: string, number: number): void
  /** A branch put somewhere else by force. */
  force(name: string, branch: string, files: Tree, on: string): void
  close(name: string, number: number, by: string): void
  add(name: string, files: Tree): void
  /** A commit by somebody else straight on a branch. */
  commit(name: string, files: Tree, branch?: string): void
  treeAt(name: string, ref: string): Tree
  mergeable(name: string, pull: Pull): boolean
}

export function createRepositories(state: State, origin: () => string, now: () => Date): Repositories {
  /** As lists show it. */
  const pullInList = (name: string, repo: Repository, pull: Pull) => ({
    number: pull.number,
    state: pull.state,
    title: pull.title,
    user: simpleUser(origin(), 'production-access[bot]'),
    head: side(name, pull.head, headOf(repo, pull)),
    base: side(name, pull.base, tipOf(repo, pull.base) ?? ''),
    merged_at: pull.merged_at,
    merge_commit_sha: pull.merged?.commit ?? null,
    ...pullParts(
      origin(),
      { repo: name, number: pull.number },
      pull.body,
      pull.state === 'closed' ? (pull.merged_at ?? now().toISOString()) : null,
    ),
  })

  const side = (name: string, ref: string, sha: string) => {
    const [owner = ''] = name.split('/')
    const repo = repository(origin(), name)
    return { ref, sha, label: `${owner}:${ref}`, repo, user: simpleUser(origin(), owner, 1) }
  }

  const pullJson = (name: string, repo: Repository, pull: Pull) => {
    const mergeable = pull.state === 'open' ? mergedTree(repo, pull) !== null : null
    const counts = { additions: 1, deletions: 0, comments: pull.comments?.length ?? 0, review_comments: 0 }
    return {
      ...pullInList(name, repo, pull),
      merged: pull.merged_at !== null,
      merged_by: pull.merged_by ? simpleUser(origin(), pull.merged_by) : null,
      mergeable,
      mergeable_state: mergeable === null ? 'unknown' : mergeable ? 'clean' : 'dirty',
      maintainer_can_modify: false,
      commits: commitsOf(repo, pull, inDetail(name)).length,
      changed_files: filesOf(repo, pull).length,
      ...counts,
    }
  }

  const inDetail =
    (name: string): ShowCommit =>
    (repo, sha) =>
      commit(origin(), name, {
        sha,
        message: repo.commits[sha]?.message ?? '',
        tree: shaOf(repo.commits[sha]?.tree ?? {}),
        parents: repo.commits[sha]?.parents ?? [],
      })

  const issueJson = (name: string, repo: Repository, pull: Pull) => {
    const {
      number,
      state: is,
      title,
      user,
      assignee,
      milestone,
      labels,
      locked,
      closed_at,
    } = pullInList(name, repo, pull)
    const url = `${origin()}/api/repos/${name}/issues/${number}`
    return {
      ...{ id: number, node_id: `I_${number}`, number, state: is, title, user, assignee, milestone, labels, locked },
      ...{ closed_at, created_at: LONG_AGO, updated_at: LONG_AGO, comments: pull.comments?.length ?? 0 },
      ...{ url, html_url: `${origin()}/${name}/pull/${number}`, repository_url: `${origin()}/api/repos/${name}` },
      ...{ labels_url: `${url}/labels`, comments_url: `${url}/comments`, events_url: `${url}/events` },
      closed_by: pull.closed_by ? simpleUser(origin(), pull.closed_by) : null,
    }
  }

  const commentJson = (name: string, { number }: Pull, id: number, body: string) => ({
    id,
    node_id: `IC_${id}`,
    body,
    url: `${origin()}/api/repos/${name}/issues/comments/${id}`,
    html_url: `${origin()}/${name}/pull/${number}#issuecomment-${id}`,
    issue_url: `${origin()}/api/repos/${name}/issues/${number}`,
    user: simpleUser(origin(), 'production-access[bot]'),
    created_at: now().toISOString(),
    updated_at: now().toISOString(),
  })

  function contents(name: string, repo: Repository, { part, query }: Call): Reply {
    const path = part.slice(4).join('/')
    const text = treeOf(repo, query.get('ref') ?? 'main')[path]
    if (text === undefined) return notFound
    // GitHub breaks base64 into lines.
    const content = Buffer.from(text)
      .toString('base64')
      .replace(/(.{60})/g, '$1\n')
    const file = { path, encoding: 'base64', size: Buffer.byteLength(text), content, sha: blobSha(text) }
    return { status: 200, data: contentFile(origin(), name, file) }
  }

  function refs(name: string, repo: Repository, { method, part, body }: Call): Reply {
    const ref = (method === 'POST' ? String(body['ref']) : part.slice(5).join('/')).replace(/^(refs\/)?heads\//, '')
    const git = `${origin()}/api/repos/${name}/git`
    const json = () => ({
      ref: `refs/heads/${ref}`,
      node_id: `REF_${ref}`,
      url: `${git}/refs/heads/${ref}`,
      object: { type: 'commit', sha: repo.branches[ref], url: `${git}/commits/${repo.branches[ref]}` },
    })
    const before = repo.branches[ref]
    if (method === 'GET') return before ? { status: 200, data: json() } : notFound
    const sha = String(body['sha'])
    if (!repo.commits[sha]) return refusal(422, 'Object does not exist')
    if (method === 'POST' && before) return refusal(422, 'Reference already exists')
    if (method === 'PATCH' && !before) return refusal(422, 'Reference does not exist')
    if (method === 'PATCH' && body['force'] !== true && !ancestors(repo, sha).has(before ?? ''))
      return refusal(422, 'Update is not a fast forward')
    repo.branches[ref] = sha
    return { status: method === 'POST' ? 201 : 200, data: json() }
  }

  function git(name: string, repo: Repository, call: Call): Reply {
    const { method, part, body } = call
    const [, , , , what = '', id = ''] = part
    if (what === 'ref' || what === 'refs') return refs(name, repo, call)
    if (what === 'blobs') {
      const text =
        body['encoding'] === 'base64'
          ? Buffer.from(String(body['content']), 'base64').toString()
          : String(body['content'])
      repo.blobs = { ...repo.blobs, [blobSha(text)]: text }
      return { status: 201, data: { sha: blobSha(text) } }
    }
    if (what === 'trees') {
      const base = repo.trees[String(body['base_tree'])]
      if (!base) return refusal(404, 'base_tree does not exist')
      const tree = { ...base }
      for (const entry of Array.isArray(body['tree']) ? body['tree'] : [])
        tree[String(entry.path)] = entry.content ?? repo.blobs?.[entry.sha] ?? ''
      repo.trees[shaOf(tree)] = tree
      const entries = Object.entries(tree).map(([path, text]) => ({
        path,
        mode: '100644',
        type: 'blob',
        sha: blobSha(text),
      }))
      return { status: 201, data: { sha: shaOf(tree), tree: entries, truncated: false } }
    }
    if (what !== 'commits') return notFound
    if (method === 'GET') {
      const found = repo.commits[id]
      return found
        ? { status: 200, data: gitCommit(origin(), name, { sha: id, ...found, tree: shaOf(found.tree) }) }
        : notFound
    }
    const tree = repo.trees[String(body['tree'])]
    if (!tree) return refusal(422, 'Tree SHA does not exist')
    const parents = Array.isArray(body['parents']) ? body['parents'].map(String) : []
    const made = { parents, message: String(body['message']) }
    const sha = store(repo, { ...made, tree })
    return { status: 201, data: gitCommit(origin(), name, { ...made, sha, tree: shaOf(tree) }) }
  }

  function pulls(name: string, repo: Repository, { method, part, query, body }: Call): Reply {
    const [, owner = '', , , number = '', what = ''] = part
    if (number === '' && method === 'GET') {
      const [head, base, wanted] = [query.get('head'), query.get('base'), query.get('state') ?? 'open']
      const found = repo.pulls.filter(
        (one) =>
          (head === null || head === `${owner}:${one.head}`) &&
          (base === null || base === one.base) &&
          (wanted === 'all' || one.state === wanted),
      )
      return { status: 200, data: found.toReversed().map((one) => pullInList(name, repo, one)) }
    }
    if (number === '') {
      const [head, base] = [String(body['head']), String(body['base'])]
      if (!tipOf(repo, head) || !tipOf(repo, base))
        return refusal(422, 'Validation Failed', [{ resource: 'PullRequest', field: 'head', code: 'invalid' }])
      if (repo.pulls.some((one) => one.head === head && one.base === base && one.state === 'open'))
        return refusal(422, 'Validation Failed', [
          { resource: 'PullRequest', code: 'custom', message: `A pull request already exists for ${owner}:${head}.` },
        ])
      if (tipOf(repo, head) === tipOf(repo, base))
        return refusal(422, 'Validation Failed', [
          { resource: 'PullRequest', code: 'custom', message: `No commits between ${base} and ${head}` },
        ])
      const pull: Pull = {
        number: repo.pulls.length + 1,
        head,
        base,
        title: String(body['title']),
        body: String(body['body']),
        state: 'open',
        merged_at: null,
        closed_by: null,
      }
      repo.pulls.push(pull)
      return { status: 201, data: pullJson(name, repo, pull) }
    }
    const pull = repo.pulls.find((one) => String(one.number) === number)
    if (!pull) return notFound
    if (what === 'files') return { status: 200, data: filesOf(repo, pull) }
    if (what === 'commits') return { status: 200, data: commitsOf(repo, pull, inDetail(name)) }
    if (method === 'PATCH' && body['state'] === 'closed' && pull.state === 'open')
      Object.assign(pull, { state: 'closed', closed_by: 'production-access[bot]' })
    return { status: 200, data: pullJson(name, repo, pull) }
  }

  return {
    answer(call) {
      const [, owner = '', repository = '', what = '', number = ''] = call.part
      const name = `${owner}/${repository}`
      const repo = state.repositories.get(name)
      if (!repo) return notFound
      if (what === 'contents') return contents(name, repo, call)
      if (what === 'git') return git(name, repo, call)
      if (what === 'compare') return compare(repo, call.part.slice(4).join('/'), inDetail(name), `${origin()}/${name}`)
      if (what === 'pulls') return pulls(name, repo, call)
      const pull = repo.pulls.find((one) => String(one.number) === number)
      if (what !== 'issues' || !pull) return notFound
      if (call.method === 'POST') {
        pull.comments = [...(pull.comments ?? []), String(call.body['body'])]
        const [id, body] = [pull.comments.length, String(call.body['body'])]
        return { status: 201, data: commentJson(name, pull, id, body) }
      }
      return { status: 200, data: issueJson(name, repo, pull) }
    },
    merge(name, number, by, how = 'merge') {
      const repo = state.repositories.get(name)
      const pull = repo?.pulls.find((one) => one.number === number)
      if (!repo || pull?.state !== 'open') return false
      const tree = mergedTree(repo, pull)
      const [base, head] = [tipOf(repo, pull.base), tipOf(repo, pull.head)]
      if (!tree || !base || !head) return false
      const parents = how === 'squash' ? [base] : [base, head]
      const commit = store(repo, { tree, parents, message: `Merge pull request #${number}` })
      repo.branches[pull.base] = commit
      const merged = { merged_at: now().toISOString(), merged_by: by, merged: { head, commit } }
      Object.assign(pull, { state: 'closed', closed_by: by, ...merged })
      return true
    },
    updateBranch(name, number) {
      const repo = state.repositories.get(name)
      const pull = repo?.pulls.find((one) => one.number === number)
      const tree = repo && pull ? mergedTree(repo, pull) : null
      if (!repo || !pull || !tree) return
      const parents = [tipOf(repo, pull.head), tipOf(repo, pull.base)].filter((one) => one !== undefined)
      repo.branches[pull.head] = store(repo, { tree, parents, message: `Merge branch '${pull.base}'` })
    },
    force(name, branch, files, on) {
      const repo = state.repositories.get(name)
      const parent = repo ? tipOf(repo, on) : undefined
      if (!repo || !parent) return
      const tree = { ...treeOf(repo, parent), ...files }
      repo.branches[branch] = store(repo, { tree, parents: [parent], message: 'Somebody else' })
    },
    close(name, number, by) {
      const pull = state.repositories.get(name)?.pulls.find((one) => one.number === number)
      if (pull?.state === 'open') Object.assign(pull, { state: 'closed', closed_by: by })
    },
    add(name, files) {
      if (state.repositories.has(name)) return
      const repo: Repository = { branches: {}, commits: {}, trees: {}, pulls: [] }
      repo.branches['main'] = store(repo, { tree: files, parents: [], message: 'Begin' })
      state.repositories.set(name, repo)
    },
    commit(name, files, branch = 'main') {
      const repo = state.repositories.get(name)
      const parent = repo ? tipOf(repo, branch) : undefined
      if (repo && parent)
        repo.branches[branch] = store(repo, {
          tree: { ...treeOf(repo, parent), ...files },
          parents: [parent],
          message: 'Somebody else',
        })
    },
    treeAt: (name, ref) => {
      const repo = state.repositories.get(name)
      return repo ? treeOf(repo, ref) : {}
    },
    mergeable: (name, pull) => {
      const repo = state.repositories.get(name)
      return repo !== undefined && mergedTree(repo, pull) !== null
    },
  }
}
