import { createHash } from 'node:crypto'
import type { Reply } from '../frame/call.ts'

/** What the local GitHub knows. Plain data, so that it can be kept in a file between runs. */

export interface Membership {
  state: 'active' | 'pending'
  role: 'member' | 'maintainer'
}

export interface Team {
  org: string
  slug: string
  name: string
  /** The slug of the parent team: members of a child count as members of its parents. */
  parent?: string
  /** An identity provider keeps the members, so that GitHub refuses changes. */
  synchronised?: boolean
  members: Record<string, Membership>
}

export interface Invitation {
  id: number
  login: string
  createdAt: string
}

export interface FailedInvitation extends Invitation {
  failedAt: string
  reason: string
}

export interface Organisation {
  members: Record<string, 'member' | 'admin'>
  invitations: Invitation[]
  failed: FailedInvitation[]
}

export interface Pull {
  number: number
  head: string
  base: string
  title: string
  body: string
  state: 'open' | 'closed'
  merged_at: string | null
  merged_by?: string
  /** Where its branch stood, and what the merge made, once it is merged. */
  merged?: { head: string; commit: string }
  closed_by: string | null
  comments?: string[]
}

/** Whole files by their path: trees of a practice repository are small. */
export type Tree = Record<string, string>

export interface Commit {
  tree: Tree
  parents: string[]
  message: string
}

export interface Repository {
  branches: Record<string, string>
  commits: Record<string, Commit>
  trees: Record<string, Tree>
  blobs?: Record<string, string>
  pulls: Pull[]
}

export interface State {
  users: Map<string, number>
  organisations: Map<string, Organisation>
  teams: Team[]
  repositories: Map<string, Repository>
}

interface Kept {
  users: [string, number][]
  organisations?: [string, Organisation][]
  teams: Team[]
  repos: [string, Repository][]
}

export function readState(text: string | undefined): State {
  const kept: Kept = text ? JSON.parse(text) : { users: [], teams: [], repos: [] }
  return {
    users: new Map(kept.users),
    organisations: new Map(kept.organisations ?? []),
    teams: kept.teams,
    repositories: new Map(kept.repos),
  }
}

export function writeState({ users, organisations, teams, repositories }: State): string {
  const kept: Kept = {
    users: [...users],
    organisations: [...organisations],
    teams,
    repos: [...repositories],
  }
  return JSON.stringify(kept)
}

export function organisationOf(state: State, name: string): Organisation {
  const known = state.organisations.get(name)
  if (known) return known
  const made: Organisation = { members: {}, invitations: [], failed: [] }
  state.organisations.set(name, made)
  return made
}

/** As git counts it, so that equal content has an equal id. */
export function blobSha(text: string): string {
  return createHash('sha1')
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest('hex')
}

export function shaOf(value: unknown): string {
  return createHash('sha1').update(JSON.stringify(value)).digest('hex')
}

export const notFound: Reply = { status: 404, data: { message: 'Not Found', status: '404' } }

export function refusal(status: number, message: string, errors?: unknown[]): Reply {
  const more = { documentation_url: 'https://docs.github.com/rest', status: String(status) }
  return { status, data: { message, ...(errors ? { errors } : {}), ...more } }
}
