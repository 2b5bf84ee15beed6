import type { Kysely } from 'kysely'
import type { NewEvent } from '../../audit/events.ts'
import type { Tx } from '../../db/database.ts'
import type { Schema } from '../../db/schema.ts'
import { type AccessReviewRow, reviewsOf } from '../../requests/access-reviews.ts'
import type { Doing, Refusal, World } from '../../requests/act.ts'
import { about } from '../../requests/acts/common.ts'
import { changedRefusal } from '../../requests/refusing.ts'
import type { Office } from '../../requests/world.ts'
import type { ReviewOutcome } from '../../rules/access-review.ts'
import { digestOfWhole, revokes, wholeRevocation } from '../revoke-person.ts'
import type { Adapters } from '../steps.ts'
import type { Wake } from '../wake.ts'

/** What the acts about everything that one person holds share. */

export interface WholeParts {
  office: Office
  adapters: Adapters
  wake: Pick<Wake, 'send'>
}

/** What the window looked at must still be what would be revoked, or kept. */
export async function refusedSinceLooked(
  act: 'confirm-revocation' | 'keep-access' | 'revoke-for-cause',
  tx: Tx,
  office: Office,
  subject: string,
  plan: string,
): Promise<Refusal | null> {
  const whole = await wholeRevocation(tx, office, subject)
  if (whole.worlds.length === 0)
    return {
      code: 'nothing-held',
      sentence: 'They hold nothing that was given here. Nothing was changed.',
      status: 409,
    }
  if (digestOfWhole(whole) === plan) return null
  return changedRefusal(act, ['What they hold changed.'])
}

export async function openReviewsOf(db: Kysely<Schema>, subject: string): Promise<AccessReviewRow[]> {
  return (await reviewsOf(db, subject)).filter((one) => one.closed_at === null)
}

/** What is signed about everything that somebody holds, and the reviews that it decides. */
export async function statementOfWhole(tx: Tx, office: Office, subject: string, as: 'revokes' | 'keeps') {
  const [whole, reviews] = [await wholeRevocation(tx, office, subject), await openReviewsOf(tx, subject)]
  return { reviews: reviews.map(({ id }) => id), [as]: revokes(whole) }
}

/** Closes the reviews of somebody with one decision. Answers what the log says of each, beside the act's own event. */
export async function decideReviews(
  doing: Doing,
  subject: string,
  decision: { outcome: ReviewOutcome; reason: string | null; lookAgainOn: string | null },
): Promise<AccessReviewRow[]> {
  const open = await openReviewsOf(doing.tx, subject)
  for (const { id } of open)
    await doing.tx
      .updateTable('access_review')
      .set({
        closed_at: doing.clock.calendar(),
        outcome: decision.outcome,
        decided_by: doing.actor.person.id,
        reason: decision.reason,
        look_again_on: decision.lookAgainOn,
        signed_act_id: doing.signedActId,
      })
      .where('id', '=', id)
      .execute()
  return open
}

/** The evidence that the log holds of this act. */
export async function evidenceOf({ tx, signedActId }: Doing): Promise<{ signedAct: string; digest: string }> {
  const { digest } = await tx
    .selectFrom('signed_act')
    .select('digest')
    .where('id', '=', signedActId)
    .executeTakeFirstOrThrow()
  return { signedAct: signedActId, digest }
}

/** An event about one of the person's requests, by whoever acts. */
export function onRequest(
  doing: Doing,
  world: World,
  type: NewEvent['type'],
  data: NewEvent['data'],
  reason: string,
): NewEvent {
  return { ...about(doing, world), type, data, ...(reason === '' ? {} : { detail: { reason } }) }
}
