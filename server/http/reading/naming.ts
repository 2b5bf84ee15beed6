import type { Kysely } from 'kysely'
import type { Schema } from '../../db/schema.ts'
import type { World } from '../../requests/act.ts'
import type { RuleSet } from '../../rules/rule-set.ts'

/** Who can be named in a window: for "I am …" and for "Name the engineer". */

/** People whom nobody has linked to a Trello account yet. */
export async function unlinkedPeople(db: Kysely<Schema>): Promise<{ id: string; fullName: string }[]> {
  const rows = await db
    .selectFrom('person')
    .select(['id', 'full_name'])
    .where(
      'id',
      'not in',
      db.selectFrom('person_account').select('person_id').where('kind', '=', 'trello').where('state', '=', 'linked'),
    )
    .orderBy('full_name')
    .execute()
  return rows.map((row) => ({ id: row.id, fullName: row.full_name }))
}

/** Those of these people who could be meant: card members and names in the title first. Nobody is chosen beforehand. */
export function candidates(
  card: { name: string; members: string[] },
  { people, members }: Pick<World, 'people' | 'members'>,
  ids: string[],
): { id: string; fullName: string; hint: string | null }[] {
  const onCard = new Set(card.members)
  const title = card.name.toLowerCase()
  const scored = ids
    .flatMap((id) => people.get(id) ?? [])
    .map((person) => {
      const member = members.get(person.id)
      const isMember = member !== undefined && onCard.has(member)
      const named = title.includes(person.fullName.toLowerCase())
      return {
        id: person.id,
        fullName: person.fullName,
        hint: isMember ? 'member of the card' : named ? 'named in the title' : null,
        weight: isMember ? 0 : named ? 1 : 2,
      }
    })
  return scored
    .toSorted((a, b) => a.weight - b.weight || a.fullName.localeCompare(b.fullName))
    .map(({ weight: _weight, ...person }) => person)
}

/** For a card that is no copy of a template: what it may be about. */
export function levelsOf(ruleSet: RuleSet): { id: string; name: string }[] {
  return Object.entries(ruleSet.levels).map(([id, { name }]) => ({ id, name }))
}
