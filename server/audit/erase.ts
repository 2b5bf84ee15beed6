import type { Clock } from '../clock.ts'
import type { Database, Tx } from '../db/database.ts'
import { json } from '../db/json.ts'
import { append } from './append.ts'
import { eraseDetails } from './detail.ts'

/** Thrown when nothing was erased; the message says what to do. */
export class EraseRefused extends Error {
  override name = 'EraseRefused'
}

/** Short, as on a server: no full name, because it stays in the chain. */
const operatorForm = /^[a-z][a-z0-9.-]{1,39}$/

/**
 * Erases the personal details beside the log that are about one person, and logs who did it and why, in one transaction.
 * The chain stays whole: it holds salted digests, and the salts go too.
 * @returns how many details were erased
 * @throws EraseRefused for an unknown person, an operator who is not named, or a reason that names the person
 */
export function erasePerson(
  db: Database,
  asked: { personId: string; operator: string; reason: string },
  clock: Clock,
): Promise<number> {
  const { personId, operator } = asked
  const reason = asked.reason.trim()
  if (!operatorForm.test(operator))
    throw new EraseRefused('Say who you are with --operator, in small letters, such as jo-ops: it stays in the log.')
  if (reason === '' || reason.length > 300)
    throw new EraseRefused('Say why with --reason, in 1 to 300 characters, such as "erasure request 12".')
  return db.transaction(async (tx) => {
    const named = await namesOf(tx, personId)
    if (named.some((name) => reason.toLowerCase().includes(name.toLowerCase())))
      throw new EraseRefused('The reason names this person. It stays in the log for good: say it without the name.')
    const details = await eraseDetails(tx, personId)
    await forgetExported(tx, personId)
    await forgetDrift(tx, personId)
    const about = { requestId: null, personId, stepId: null, boardId: null }
    await append(
      tx,
      [{ ...about, type: 'details-erased', actor: `operator:${operator}`, data: { details, reason } }],
      clock,
    )
    return details
  })
}

/** What an export of another system, or the system itself, says of them: a copy, which may be brought again. */
async function forgetExported(tx: Tx, personId: string): Promise<void> {
  const accounts = await tx.selectFrom('person_account').select('id').where('person_id', '=', personId).execute()
  const ids = accounts.map(({ id }) => id.toLowerCase())
  if (ids.length === 0) return
  await tx.deleteFrom('system_export_entry').where('account', 'in', ids).execute()
  await tx.deleteFrom('system_told').where('account', 'in', ids).execute()
}

/** What comparisons found of them and is settled. What is open is about access that they have now. */
async function forgetDrift(tx: Tx, personId: string): Promise<void> {
  await tx
    .updateTable('drift_finding')
    .set({
      ...{ account: json({ kind: 'email', id: null, name: '' }), sentence: '', identity: '' },
      ...{ detail: null, ruled_reason: null, ruling_undone: null },
    })
    .where('person_id', '=', personId)
    .where('settled_at', 'is not', null)
    .execute()
  await tx.deleteFrom('other_account').where('person_id', '=', personId).execute()
}

/** What this person is called here and elsewhere; also for somebody whom only the log still knows. */
async function namesOf(tx: Tx, personId: string): Promise<string[]> {
  const person = await tx.selectFrom('person').select('full_name').where('id', '=', personId).executeTakeFirst()
  const event = await tx.selectFrom('event').select('seq').where('person_id', '=', personId).limit(1).executeTakeFirst()
  if (!person && !event)
    throw new EraseRefused(`There is nobody with the id ${personId}. The log names people by ids such as p-….`)
  const accounts = await tx
    .selectFrom('person_account')
    .select(['id', 'name'])
    .where('person_id', '=', personId)
    .execute()
  const names = [...(person ? [person.full_name] : []), ...accounts.flatMap(({ id, name }) => [id, name])]
  return names.filter((name) => name.length > 2)
}
