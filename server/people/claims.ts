import type { Kysely } from 'kysely'
import type { Tx } from '../db/database.ts'
import type { Schema } from '../db/schema.ts'
import { hasElevatedRole, isOurs } from './roles.ts'

/** Thrown when "I am …" is refused; the message is for the reader. */
export class ClaimRefused extends Error {
  override name = 'ClaimRefused'
}

const askKeeper = 'Ask a register keeper to link your Trello account.'

/**
 * Somebody unlinked says who they are. It counts for nothing until a colleague confirms it.
 * @throws ClaimRefused for people whose link only a keeper or an import may make, and for those who have one
 */
export async function claimPerson(tx: Tx, claim: { memberId: string; personId: string; at: Date }): Promise<void> {
  const person = await tx.selectFrom('person').select('full_name').where('id', '=', claim.personId).executeTakeFirst()
  if (!person) throw new ClaimRefused(`We do not know this person. ${askKeeper}`)
  const live = await tx
    .selectFrom('person_account')
    .select(['id', 'person_id', 'state'])
    .where('kind', '=', 'trello')
    .where((eb) => eb.or([eb('id', '=', claim.memberId), eb('person_id', '=', claim.personId)]))
    .execute()
  if (live.some((row) => row.state === 'linked' && row.id === claim.memberId))
    throw new ClaimRefused('This Trello account is linked to a person already.')
  if (live.some((row) => row.state === 'linked' && row.person_id === claim.personId))
    throw new ClaimRefused(`${person.full_name} has another Trello account already. ${askKeeper}`)
  if (await hasElevatedRole(tx, claim.personId))
    throw new ClaimRefused(
      `${person.full_name} has a role in approvals, so only a register keeper can link this account. ${askKeeper}`,
    )
  const other = live.find(
    (row) => row.state === 'claimed' && row.person_id === claim.personId && row.id !== claim.memberId,
  )
  if (other) throw new ClaimRefused(`Somebody else says they are ${person.full_name}. ${askKeeper}`)
  await tx.deleteFrom('person_account').where('kind', '=', 'trello').where('id', '=', claim.memberId).execute()
  await tx
    .insertInto('person_account')
    .values({
      kind: 'trello',
      id: claim.memberId,
      name: '',
      person_id: claim.personId,
      state: 'claimed',
      since: claim.at,
      set_by: `member:${claim.memberId}`,
    })
    .execute()
}

/** Open claims, for the line "Is this Priya Shah?". */
export async function openClaims(
  db: Kysely<Schema>,
): Promise<{ memberId: string; personId: string; fullName: string }[]> {
  const rows = await db
    .selectFrom('person_account')
    .innerJoin('person', 'person.id', 'person_account.person_id')
    .select(['person_account.id', 'person_account.person_id', 'person.full_name'])
    .where('kind', '=', 'trello')
    .where('state', '=', 'claimed')
    .orderBy('person.full_name')
    .execute()
  return rows.map((row) => ({ memberId: row.id, personId: row.person_id, fullName: row.full_name }))
}

interface ClaimAnswer {
  personId: string
  /** The account that was asked about; whoever else claims the same person meanwhile is not answered. */
  memberId?: string | undefined
  by: string
}

/**
 * A linked colleague says yes.
 * @throws ClaimRefused when the confirmer is the claimed or stands on a colleague's word too, the claim is gone or
 *   another's, or the person has a role by now
 */
export async function confirmClaim(tx: Tx, answer: ClaimAnswer & { at: Date }): Promise<void> {
  if (answer.by === answer.personId)
    throw new ClaimRefused('You cannot confirm yourself. Another linked colleague can.')
  // One word must not carry the next: a made-up colleague could vouch for a second one.
  if (!(await isLinkedByUs(tx, answer.by)))
    throw new ClaimRefused(
      'Your own Trello account is linked on a colleague’s word, so it cannot confirm others. A colleague whom a register keeper has linked can.',
    )
  if (await hasElevatedRole(tx, answer.personId))
    throw new ClaimRefused(`This person has a role in approvals, so only a register keeper can link the account.`)
  const changed = await tx
    .updateTable('person_account')
    .set({ state: 'linked', since: answer.at, set_by: answer.by })
    .where('kind', '=', 'trello')
    .where('person_id', '=', answer.personId)
    .where('state', '=', 'claimed')
    .$if(answer.memberId !== undefined, (query) => query.where('id', '=', answer.memberId ?? ''))
    .returning('id')
    .executeTakeFirst()
  if (!changed) throw new ClaimRefused('This has been answered already.')
}

/** Whether somebody's Trello account is linked by an import or the configuration. */
export async function isLinkedByUs(db: Kysely<Schema>, personId: string): Promise<boolean> {
  const link = await db
    .selectFrom('person_account')
    .select('set_by')
    .where('kind', '=', 'trello')
    .where('state', '=', 'linked')
    .where('person_id', '=', personId)
    .executeTakeFirst()
  return link !== undefined && isOurs(link.set_by)
}

export async function rejectClaim(tx: Tx, answer: ClaimAnswer): Promise<void> {
  if (answer.by === answer.personId)
    throw new ClaimRefused('You cannot answer for yourself. Another linked colleague can.')
  await tx
    .deleteFrom('person_account')
    .where('kind', '=', 'trello')
    .where('person_id', '=', answer.personId)
    .where('state', '=', 'claimed')
    .$if(answer.memberId !== undefined, (query) => query.where('id', '=', answer.memberId ?? ''))
    .execute()
}
