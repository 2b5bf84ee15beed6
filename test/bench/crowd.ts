import { json } from '../../server/db/json.ts'
import { idFor } from '../local-trello/model.ts'
import type { PracticeWorld } from '../practice-world.ts'

/** Puts many people, each with a card and an open request, into the register. Answers the cards' ids. */
export async function addCrowd(world: PracticeWorld, size: number): Promise<string[]> {
  const now = new Date()
  const day = now.toISOString().slice(0, 10)
  const numbers = Array.from({ length: size }, (_, n) => n)
  const card = (n: number) => idFor(`crowd card ${n}`)
  const person = (n: number) => `crowd-${n}`
  const fact = (n: number, name: 'clearance' | 'apprentice' | 'left', value: boolean) => ({
    person_id: person(n),
    fact: name,
    value: json(value),
    source: 'register',
    as_of: day,
    recorded_at: now,
    recorded_by: 'import',
  })
  const email = (n: number) => `crowd.${n}@example.gov.uk`
  await world.product.db.transaction(async (tx) => {
    await tx
      .insertInto('person')
      .values(numbers.map((n) => ({ id: person(n), full_name: `Crowd Member ${n}`, created_at: now })))
      .execute()
    await tx
      .insertInto('person_fact')
      .values(
        numbers.flatMap((n) => [
          fact(n, 'clearance', n % 3 !== 0),
          fact(n, 'apprentice', n % 7 === 0),
          fact(n, 'left', false),
        ]),
      )
      .execute()
    await tx
      .insertInto('person_account')
      .values(
        numbers.map((n) => ({
          kind: 'email' as const,
          id: email(n),
          name: email(n),
          person_id: person(n),
          state: 'linked' as const,
          since: now,
          set_by: 'import',
        })),
      )
      .execute()
    await tx
      .insertInto('card')
      .values(
        numbers.map((n) => ({
          id: card(n),
          short_link: `crwd${String(n).padStart(4, '0')}`,
          url: '',
          board_id: world.boardId,
          name: `Production Deploy for Crowd Member ${n}`,
          list_name: 'Doing',
          kind: 'request' as const,
          level: 'deploy',
          way: 'copy' as const,
          closed: false,
          checklists: json([]),
          members: json([]),
          last_activity: now,
          read_at: now,
        })),
      )
      .execute()
    await tx
      .insertInto('request')
      .values(
        numbers.map((n) => ({
          id: `crowd-request-${n}`,
          card_id: card(n),
          board_id: world.boardId,
          person_id: person(n),
          level: 'deploy',
          rule_set: '2024-11',
          state: 'open' as const,
          state_since: now,
          attached_by: person(n),
          reason: 'Joining Search',
          signon_apps: json({ production: ['Release'] }),
          apprentice: json({ confident: null, wantsSecondary: null, lineManagerAgrees: null }),
          version: 1,
          updated_at: now,
          created_at: now,
        })),
      )
      .execute()
  })
  return numbers.map(card)
}
