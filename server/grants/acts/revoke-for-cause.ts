import { z } from 'zod'
import type { Tx } from '../../db/database.ts'
import type { OfficeAct } from '../../requests/act.ts'
import { lineAsked } from '../../requests/acts/lines.ts'
import { canBeCommented } from '../../requests/notices.ts'
import { loadShared, type Office } from '../../requests/world.ts'
import { isSamePerson } from '../../rules/same-person.ts'
import { goesForCause } from '../for-cause.ts'
import { toldOfCauseNotice } from '../notices.ts'
import {
  lookedAt,
  onRequest,
  refusedSinceLooked,
  revokeEverything,
  statementOfWhole,
  type WholeParts,
} from './whole-person.ts'

const input = z.strictObject({
  plan: lookedAt,
  reason: lineAsked(),
})

/** Everything of one person, at once, without a review. Why is kept where it can be erased; a second person is told. */
export function revokeForCauseAct(parts: WholeParts): OfficeAct<typeof input> {
  const { office } = parts
  return {
    name: 'revoke-for-cause',
    on: 'person',
    input,
    locksPerson: true,
    allows: (_actor, subject, { plan }, tx) => refusedSinceLooked('revoke-for-cause', tx, office, subject, plan),
    statement: async (subject, _input, tx) => statementOfWhole(tx, office, subject),
    async carryOut(doing, subject, { reason }) {
      const others = await secondPeople(doing.tx, office, [subject, doing.actor.person.id])
      let told = false
      await revokeEverything(doing, parts, subject, reason, (world, evidence) => {
        if (!told && others.length > 0 && canBeCommented(world.card)) {
          doing.notify(toldOfCauseNotice(world, others))
          told = true
        }
        return onRequest(doing, world, 'undo-opened', evidence, reason)
      })
      await goesForCause(doing, subject)
      return told
        ? 'Revoking at once. A second person is mentioned on the card; where nobody of them is on its board, the card says so. The queue shows what is still there.'
        : `Revoking at once. No card of theirs can be commented on: tell ${await nameOf(doing.tx, others[0] ?? null)} yourself. The queue shows what is still there.`
    },
  }
}

async function nameOf(tx: Tx, personId: string | null): Promise<string> {
  const person = await tx
    .selectFrom('person')
    .select('full_name')
    .where('id', '=', personId ?? '')
    .executeTakeFirst()
  return person?.full_name ?? 'a second person'
}

/** Senior Tech, then keepers, who are none of these people. */
export async function secondPeople(tx: Tx, office: Office, not: string[]): Promise<string[]> {
  const { people, keepers } = await loadShared(tx, office)
  const senior = [...people.values()].filter((one) => one.seniorTech?.value === true && !one.left?.value)
  const others = not.flatMap((id) => people.get(id) ?? [])
  return [...new Set([...senior.map(({ id }) => id), ...keepers])].filter((id) => {
    const one = people.get(id)
    return one && !others.some((other) => isSamePerson(one, other))
  })
}
