/**
 * GitHub's objects with every field that GitHub's own description asks for. What the product reads is set by the callers;
 * the rest is what a quiet organisation of that day would have.
 */

export const LONG_AGO = '2020-01-01T00:00:00Z'

/** Addresses under one place, named as GitHub names them: `events_url` is `…/events`. */
function addresses<Name extends string>(under: string, names: readonly Name[]): Record<Name, string> {
  const pairs = names.map((name) => [name, `${under}/${name.replace(/_url$/, '').replaceAll('_', '/')}`])
  return Object.fromEntries(pairs)
}

const userAddresses = [
  'avatar_url',
  'events_url',
  'followers_url',
  'following_url',
  'gists_url',
  'organizations_url',
  'received_events_url',
  'repos_url',
  'starred_url',
  'subscriptions_url',
] as const

/** As GitHub's `simple-user`. */
export function simpleUser(origin: string, login: string, id = 0) {
  const url = `${origin}/api/users/${login}`
  return {
    login,
    id,
    node_id: `U_${id}`,
    gravatar_id: '',
    url,
    html_url: `${origin}/${login}`,
    type: login.endsWith('[bot]') ? 'Bot' : 'User',
    site_admin: false,
    ...addresses(url, userAddresses),
  }
}

/** As GitHub's `public-user`. */
export function publicUser(origin: string, login: string, id: number) {
  const unsaid = { name: null, company: null, blog: '', location: null, email: null, hireable: null, bio: null }
  const counts = { public_repos: 0, public_gists: 0, followers: 0, following: 0 }
  return {
    ...simpleUser(origin, login, id),
    ...unsaid,
    ...counts,
    user_view_type: 'public',
    created_at: LONG_AGO,
    updated_at: LONG_AGO,
  }
}

/** As GitHub's `installation`. */
export function installation(
  origin: string,
  id: string,
  { appId, permissions, suspended }: { appId: string; permissions: Record<string, string>; suspended: boolean },
) {
  const url = `${origin}/api/app/installations/${id}`
  return {
    id: Number(id),
    app_id: Number(appId),
    app_slug: 'production-access',
    account: simpleUser(origin, 'example-gov', 1),
    target_id: 1,
    target_type: 'Organization',
    permissions,
    events: [],
    single_file_name: null,
    repository_selection: 'all',
    html_url: `${origin}/organizations/example-gov/settings/installations/${id}`,
    ...addresses(url, ['access_tokens_url', 'repositories_url']),
    ...{ created_at: LONG_AGO, updated_at: LONG_AGO },
    suspended_by: suspended ? simpleUser(origin, 'kofi-o', 1) : null,
    suspended_at: suspended ? LONG_AGO : null,
  }
}

const organisationAddresses = [
  'repos_url',
  'events_url',
  'hooks_url',
  'issues_url',
  'members_url',
  'public_members_url',
  'avatar_url',
] as const

/** As GitHub's `organization-simple`. */
export function simpleOrganisation(origin: string, login: string) {
  const url = `${origin}/api/orgs/${login}`
  return { login, id: 1, node_id: 'O_1', url, description: null, ...addresses(url, organisationAddresses) }
}

/** As GitHub's `team`. */
export function team(origin: string, org: string, given: { id: number; slug: string; name: string }) {
  const url = `${origin}/api/orgs/${org}/teams/${given.slug}`
  return {
    ...given,
    node_id: `T_${given.id}`,
    url,
    html_url: `${origin}/orgs/${org}/teams/${given.slug}`,
    description: null,
    permission: 'pull',
    privacy: 'closed',
    parent: null,
    type: 'organization',
    ...addresses(url, ['members_url', 'repositories_url']),
  }
}

/** As GitHub's `team-full`. */
export function fullTeam(
  origin: string,
  org: string,
  given: { id: number; slug: string; name: string },
  members: number,
) {
  const counts = { public_repos: 0, public_gists: 0, followers: 0, following: 0 }
  const flags = { has_organization_projects: true, has_repository_projects: true, archived_at: null }
  const times = { created_at: LONG_AGO, updated_at: LONG_AGO }
  return {
    ...team(origin, org, given),
    members_count: members,
    repos_count: 0,
    ...times,
    organization: {
      ...simpleOrganisation(origin, org),
      html_url: `${origin}/${org}`,
      type: 'Organization',
      ...counts,
      ...flags,
      ...times,
    },
  }
}

/** As GitHub's `organization-invitation`. */
export function invitation(origin: string, org: string, given: { id: number; login: string; created_at: string }) {
  return {
    ...given,
    node_id: `OI_${given.id}`,
    email: null,
    role: 'direct_member',
    inviter: simpleUser(origin, 'production-access[bot]'),
    team_count: 1,
    invitation_teams_url: `${origin}/api/orgs/${org}/invitations/${given.id}/teams`,
  }
}

const repositoryAddresses = [
  ...['archive_url', 'assignees_url', 'blobs_url', 'branches_url', 'collaborators_url', 'comments_url', 'commits_url'],
  ...['compare_url', 'contents_url', 'contributors_url', 'deployments_url', 'downloads_url', 'events_url', 'forks_url'],
  ...['git_commits_url', 'git_refs_url', 'git_tags_url', 'git_url', 'hooks_url', 'issue_comment_url'],
  ...['issue_events_url', 'issues_url', 'keys_url', 'labels_url', 'languages_url', 'merges_url', 'milestones_url'],
  ...['notifications_url', 'pulls_url', 'releases_url', 'ssh_url', 'stargazers_url', 'statuses_url', 'subscribers_url'],
  ...['subscription_url', 'svn_url', 'tags_url', 'teams_url', 'trees_url', 'clone_url'],
]

/** As GitHub's `repository`. @param fullName `owner/name` */
export function repository(origin: string, fullName: string) {
  const [owner = '', name = ''] = fullName.split('/')
  const url = `${origin}/api/repos/${fullName}`
  const counts = { forks: 0, forks_count: 0, stargazers_count: 0, watchers: 0, watchers_count: 0, size: 1 }
  const has = { has_downloads: true, has_issues: true, has_projects: false, has_wiki: false, has_pages: false }
  return {
    id: 1,
    node_id: 'R_1',
    name,
    full_name: fullName,
    owner: simpleUser(origin, owner, 1),
    private: true,
    fork: false,
    url,
    html_url: `${origin}/${fullName}`,
    default_branch: 'main',
    ...{ description: null, homepage: null, language: null, mirror_url: null, license: null },
    ...{ archived: false, disabled: false, open_issues: 0, open_issues_count: 0 },
    ...counts,
    ...has,
    ...{ created_at: LONG_AGO, updated_at: LONG_AGO, pushed_at: LONG_AGO },
    ...addresses(url, repositoryAddresses),
  }
}

/** What a pull request has beside what its callers say. @param at where it stands: `owner/name` and its number */
export function pullParts(
  origin: string,
  at: { repo: string; number: number },
  body: string | null,
  closedAt: string | null,
) {
  const url = `${origin}/api/repos/${at.repo}/pulls/${at.number}`
  const html = `${origin}/${at.repo}/pull/${at.number}`
  const links = {
    issue_url: `${origin}/api/repos/${at.repo}/issues/${at.number}`,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    ...addresses(url, ['commits_url', 'comments_url', 'statuses_url', 'review_comments_url', 'review_comment_url']),
  }
  const link = (href: string) => ({ href })
  return {
    id: at.number,
    node_id: `PR_${at.number}`,
    url,
    html_url: html,
    body,
    closed_at: closedAt,
    created_at: LONG_AGO,
    updated_at: LONG_AGO,
    ...links,
    ...{ assignee: null, milestone: null, labels: [], locked: false, auto_merge: null, author_association: 'NONE' },
    _links: {
      self: link(url),
      html: link(html),
      issue: link(links.issue_url),
      comments: link(links.comments_url),
      commits: link(links.commits_url),
      statuses: link(links.statuses_url),
      review_comments: link(links.review_comments_url),
      review_comment: link(links.review_comment_url),
    },
  }
}

/** As GitHub's `content-file`. */
export function contentFile(
  origin: string,
  repo: string,
  file: { path: string; sha: string; size: number; content: string; encoding: string },
) {
  const url = `${origin}/api/repos/${repo}/contents/${file.path}`
  const git = `${origin}/api/repos/${repo}/git/blobs/${file.sha}`
  const html = `${origin}/${repo}/blob/main/${file.path}`
  return {
    type: 'file',
    ...file,
    name: file.path.split('/').at(-1) ?? file.path,
    url,
    git_url: git,
    html_url: html,
    download_url: `${origin}/raw/${repo}/main/${file.path}`,
    _links: { self: url, git, html },
  }
}

const somebody = { name: 'Somebody', email: 'somebody@example.gov.uk', date: LONG_AGO }
const unsigned = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null }

function parentsOf(origin: string, repo: string, parents: string[]) {
  return parents.map((sha) => ({
    sha,
    url: `${origin}/api/repos/${repo}/git/commits/${sha}`,
    html_url: `${origin}/${repo}/commit/${sha}`,
  }))
}

interface CommitGiven {
  sha: string
  message: string
  tree: string
  parents: string[]
}

/** As GitHub's `git-commit`: a commit of the Git database. */
export function gitCommit(origin: string, repo: string, { sha, message, tree, parents }: CommitGiven) {
  return {
    sha,
    node_id: `C_${sha}`,
    url: `${origin}/api/repos/${repo}/git/commits/${sha}`,
    html_url: `${origin}/${repo}/commit/${sha}`,
    author: somebody,
    committer: somebody,
    message,
    tree: { sha: tree, url: `${origin}/api/repos/${repo}/git/trees/${tree}` },
    parents: parentsOf(origin, repo, parents),
    verification: unsigned,
  }
}

/** As GitHub's `commit`: a commit as lists and comparisons show it. */
export function commit(origin: string, repo: string, given: CommitGiven) {
  const { sha, node_id, html_url, author, committer, message, tree, parents, verification } = gitCommit(
    origin,
    repo,
    given,
  )
  const url = `${origin}/api/repos/${repo}/commits/${sha}`
  return {
    ...{ sha, node_id, url, html_url, parents, author: null, committer: null, comments_url: `${url}/comments` },
    commit: { url, author, committer, message, tree, verification, comment_count: 0 },
  }
}
