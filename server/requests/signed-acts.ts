import type { Tx } from '../db/database.ts'
import type { Presented } from './actor.ts'
import type { ChallengeRow } from './challenges.ts'

/** Keeps the evidence of one act: Trello's token, the key that verified it, and the statement whose digest it signs. */
export async function keepSignedAct(
  tx: Tx,
  act: { id: string; challenge: ChallengeRow; presented: Presented; personId: string | null; at: Date },
): Promise<void> {
  const { challenge, presented } = act
  await tx
    .insertInto('signed_act')
    .values({
      id: act.id,
      act: challenge.act,
      subject: challenge.subject,
      digest: challenge.digest,
      statement: challenge.statement,
      challenge: presented.state ?? '',
      token: presented.token,
      public_key: presented.publicKey,
      member_id: presented.memberId,
      person_id: act.personId,
      at: act.at,
    })
    .execute()
}
