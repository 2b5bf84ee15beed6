import { z } from 'zod'
import type { Listing } from '../../grants/system.ts'
import { entriesOf, listing } from '../listing.ts'
import type { Memberships } from './memberships.ts'

const entry = z.object({ preferredMemberKey: z.object({ id: z.string().min(1) }) })

/** Everybody who is in a group by themselves. */
export async function listGroup(memberships: Memberships, group: string): Promise<Listing> {
  const entries = entriesOf(await memberships.all(group), {
    named: entry,
    account: ({ preferredMemberKey: { id } }) => ({ kind: 'email' as const, id: id.toLowerCase(), name: id }),
    whole: entry,
    judge: ({ preferredMemberKey: { id } }) => ({ has: 'wanted', detail: `${id} is in ${group}.` }),
  })
  return listing(entries, 'Whoever another group brings in is seen only as that group.')
}
