import { z } from 'zod'
import type { Listed, Listing } from '../../grants/system.ts'
import { allPages, entriesOf, listing } from '../listing.ts'
import { checked, type GithubClient } from './client.ts'
import type { Team } from './memberships.ts'

/** Everybody who is in a team, by themselves or through a child team, and everybody who is invited to it. */

const rowsSchema = z.array(z.unknown())
const member = z.object({ id: z.number(), login: z.string() })
const invited = z.object({ login: z.string().nullish(), email: z.string().nullish() })
const children = z.array(z.object({ slug: z.string() }))

const PER_PAGE = 100
/** 5,000 people: more than any team that gives production access. */
const MOST_PAGES = 50

async function rowsOf(client: GithubClient, { org, team }: Team, what: string, missing: () => Error) {
  return allPages(`The team ${team}`, MOST_PAGES, async (page) => {
    const found = await client.call(`GET /orgs/{org}/teams/{team_slug}/${what}`, {
      org,
      team_slug: team,
      per_page: PER_PAGE,
      page,
    })
    if (!found) throw missing()
    const rows = checked(rowsSchema, found)
    return { rows, next: rows.length < PER_PAGE ? null : 'more' }
  })
}

/** @param missing what is thrown where GitHub has no such team */
export async function listTeam(client: GithubClient, place: Team, missing: () => Error): Promise<Listing> {
  const through = await throughChildren(client, place, missing)
  const members = entriesOf(await rowsOf(client, place, 'members', missing), {
    named: member,
    account: ({ id, login }) => ({ kind: 'github' as const, id: String(id), name: login }),
    whole: member,
    judge({ id, login }) {
      const child = through.get(id)
      const also = child ? `, also through its child team ${child}` : ''
      return { has: 'wanted', detail: `${login} is in ${place.team}${also}.` }
    },
  })
  const open = (await rowsOf(client, place, 'invitations', missing)).map((row) => invitation(row, place.team))
  const invitations = open.filter((one) => one !== null)
  return listing({
    accounts: [...members.accounts, ...invitations],
    nameless: members.nameless + open.length - invitations.length,
  })
}

/** Invitations name a login and no number, or only an address. */
function invitation(row: unknown, team: string): Listed | null {
  const { login, email } = invited.safeParse(row).data ?? {}
  const name = login ?? email
  if (!name) return null
  return { account: { kind: 'github', id: null, name }, has: 'invited', detail: `${name} is invited to ${team}.` }
}

/** By member number, a child team through which they are in it. */
async function throughChildren(client: GithubClient, { org, team }: Team, missing: () => Error) {
  const found = new Map<number, string>()
  const rows = await rowsOf(client, { org, team }, 'teams', missing)
  for (const { slug } of children.parse(rows))
    for (const row of await rowsOf(client, { org, team: slug }, 'members', missing)) {
      const { data } = member.safeParse(row)
      if (data) found.set(data.id, slug)
    }
  return found
}
