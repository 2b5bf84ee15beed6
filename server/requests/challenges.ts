import type { Kysely, Selectable } from 'kysely'
import type { Database } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { ChallengeTable, Schema } from '../db/schema.ts'
import { ActRefused } from './act.ts'
import type { Presented } from './actor.ts'
import { CHALLENGE_LIFE, canonical, digestOf, newNonce, readChallenge, writeChallenge } from './challenge.ts'

export type ChallengeRow = Selectable<ChallengeTable>

/**
 * Keeps what is to be signed and answers the challenge that stands for it. The input stays here: the browser signs a
 * digest of the statement, and cannot change what it stands for afterwards.
 */
export async function issueChallenge(
  db: Kysely<Schema>,
  what: { act: string; subject: string; input: unknown; statement: unknown },
  presented: Presented,
  now: Date,
): Promise<{ challenge: string; expiresAt: string }> {
  const statement = canonical(what.statement)
  const digest = digestOf(statement)
  const nonce = newNonce()
  const expires = new Date(now.getTime() + CHALLENGE_LIFE)
  await forgetChallenges(db, now)
  await db
    .insertInto('challenge')
    .values({
      nonce,
      act: what.act,
      subject: what.subject,
      digest,
      statement,
      input: json(what.input),
      member_id: presented.memberId,
      board_id: presented.boardId,
      card_id: presented.cardId,
      expires_at: expires,
    })
    .execute()
  return {
    challenge: writeChallenge({ act: what.act, subject: what.subject, digest, nonce }),
    expiresAt: expires.toISOString(),
  }
}

/**
 * Removes challenges ten minutes after they were made: until then a late or second try is told what is wrong with it,
 * and what was typed into an act that nobody signed is not kept.
 */
export async function forgetChallenges(db: Kysely<Schema>, now: Date): Promise<void> {
  await db
    .deleteFrom('challenge')
    .where('expires_at', '<', new Date(now.getTime() - CHALLENGE_LIFE))
    .execute()
}

const again = 'Nothing has been changed. Go back and press the button again.'

/**
 * Uses a challenge up: exactly one caller gets it, once, within its life, with a token of the member and board it was
 * made for. Committed by itself, so that a failing act cannot be tried again with the same token.
 * @throws ActRefused with a code for the log
 */
export async function useChallenge(database: Database, presented: Presented, now: Date): Promise<ChallengeRow> {
  const signed = readChallenge(presented.state ?? '')
  if (!signed) throw new ActRefused({ code: 'not-a-challenge', sentence: again, status: 403 })
  const row = await database.kysely
    .selectFrom('challenge')
    .selectAll()
    .where('nonce', '=', signed.nonce)
    .executeTakeFirst()
  if (!row) throw new ActRefused({ code: 'challenge-unknown', sentence: again, status: 403 })
  const same = row.act === signed.act && row.subject === signed.subject && row.digest === signed.digest
  const sameMember = row.member_id === presented.memberId && row.board_id === presented.boardId
  const sameCard = row.card_id === null || row.card_id === presented.cardId
  if (!same || !sameMember || !sameCard)
    throw new ActRefused({ code: 'challenge-of-another', sentence: again, status: 403 })
  if (row.expires_at <= now) throw new ActRefused({ code: 'challenge-expired', sentence: again, status: 403 })
  const used = await database.kysely
    .updateTable('challenge')
    // What was sent is with the caller now; a file of other people's facts does not lie here any longer.
    .set({ used_at: now, input: json({}) })
    .where('nonce', '=', signed.nonce)
    .where('used_at', 'is', null)
    .returning('nonce')
    .executeTakeFirst()
  if (!used)
    throw new ActRefused({
      code: 'challenge-used',
      sentence: 'This was sent already. Look at the card to see what happened.',
      status: 409,
    })
  return row
}
