import type { Kysely } from 'kysely'
import type { Schema } from '../db/schema.ts'

/** What somebody revoked with the command on the server, alone and without a board: another person looks at it after. */
export interface CommandToReview {
  personId: string
  fullName: string
  /** Whoever gave the newest command, by person id. */
  operator: string
  /** Everybody who gave one that nobody looked at, by person id. */
  operators: string[]
  operatorName: string
  at: Date
}

const operatorOf = (actor: string) => actor.replace(/^operator:/, '')

/** Everybody whose revocation by command nobody else has looked at since, the oldest first; read from the log alone. */
export async function commandsToReview(db: Kysely<Schema>): Promise<CommandToReview[]> {
  const commands = await db
    .selectFrom('event')
    .select(['person_id', 'actor', 'at', 'seq'])
    .where('type', '=', 'revoked-by-command')
    .where('person_id', 'is not', null)
    .orderBy('seq')
    .execute()
  if (commands.length === 0) return []
  const looked = await db
    .selectFrom('event')
    .select(['person_id', 'seq'])
    .where('type', '=', 'command-looked-at')
    .execute()
  const open = commands.filter(
    ({ person_id, seq }) => !looked.some((one) => one.person_id === person_id && one.seq > seq),
  )
  const names = new Map(
    (await db.selectFrom('person').select(['id', 'full_name']).execute()).map((one) => [one.id, one.full_name]),
  )
  // One command is an event on each card; the newest of a person's says who gave it.
  const newest = new Map(open.map((one) => [one.person_id ?? '', one]))
  return [...newest].map(([personId, { actor, at }]) => {
    const operator = operatorOf(actor)
    return {
      personId,
      fullName: names.get(personId) ?? 'Somebody',
      operator,
      operators: open.filter(({ person_id }) => person_id === personId).map((one) => operatorOf(one.actor)),
      operatorName: names.get(operator) ?? 'somebody',
      at,
    }
  })
}
