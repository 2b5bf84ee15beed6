import { z } from 'zod'
import type { NewEvent } from '../../audit/events.ts'
import type { Tx } from '../../db/database.ts'
import { type AccessReviewRow, openReviewsOf } from '../../requests/access-reviews.ts'
import type { Doing, Refusal, World } from '../../requests/act.ts'
import { about, officeEvent } from '../../requests/acts/common.ts'
import { changedRefusal } from '../../requests/refusing.ts'
import type { Office } from '../../requests/world.ts'
import type { ReviewOutcome } from '../../rules/access-review.ts'
import {
  byHandWords,
  digestOfWhole,
  holdsNothing,
  pauseWhatIsAsked,
  revokes,
  revokeWhole,
  wholeRevocation,
} from '../revoke-person.ts'
import type { Adapters } from '../steps.ts'
import type { Wake } from '../wake.ts'

/** What the acts about everything that one person holds share. */

export interface WholeParts {
  office: Office
  adapters: Adapters
  wake: Pick<Wake, 'send'>
}

/** A digest of what stood in the window: never signed unseen. */
export const lookedAt = z.string().regex(/^[0-9a-f]{64}$/, 'Open the window again and look at what they hold.')

/** What the window looked at must still be what would be revoked, or kept. */
export async function refusedSinceLooked(
  act: 'confirm-revocation' | 'keep-access' | 'revoke-for-cause',
  tx: Tx,
  office: Office,
  subject: string,
  plan: string,
): Promise<Refusal | null> {
  const whole = await wholeRevocation(tx, office, subject)
  if (holdsNothing(whole))
    return {
      code: 'nothing-held',
      sentence: ['They hold nothing that was given here. Nothing was changed.', ...byHandWords(whole)].join(' '),
      status: 409,
    }
  if (digestOfWhole(whole) === plan) return null
  return changedRefusal(act, ['What they hold changed.'])
}

/** Where no review waits for an answer any more. */
export async function notDue(tx: Tx, subject: string): Promise<Refusal | null> {
  if ((await openReviewsOf(tx, subject)).length > 0) return null
  return {
    code: 'no-review',
    sentence: 'No access review is due here any more. Reload the card to see what was decided.',
    status: 409,
  }
}

/** What is signed about everything that somebody holds, and the reviews that it decides. */
export async function statementOfWhole(tx: Tx, office: Office, subject: string) {
  const [whole, reviews] = [await wholeRevocation(tx, office, subject), await openReviewsOf(tx, subject)]
  return { reviews: reviews.map(({ id }) => id), revokes: revokes(whole.goes) }
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

type Evidenced = { signedAct: string; digest: string }

/** The evidence that the log holds of this act. */
export async function evidenceOf({ tx, signedActId }: Doing): Promise<Evidenced> {
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

/**
 * Revokes everything, which decides every open review, and holds what they only asked for.
 * @param event what the log says of each request
 */
export async function revokeEverything(
  doing: Doing,
  parts: WholeParts,
  subject: string,
  reason: string,
  event: (world: World, evidence: Evidenced) => NewEvent,
): Promise<void> {
  const evidence = await evidenceOf(doing)
  const reviews = await decideReviews(doing, subject, { outcome: 'revoked', reason: null, lookAgainOn: null })
  const on = { by: doing.actor.person.id, boardId: doing.actor.boardId, reason }
  const cards = await revokeWhole(doing, parts, subject, on, (world) => event(world, evidence))
  for (const { id } of reviews)
    doing.log(officeEvent(doing, 'review-decided', { ...evidence, review: id, outcome: 'revoked' }, subject))
  const paused = await pauseWhatIsAsked(doing, subject)
  await parts.wake.send(doing.tx)
  for (const card of [...cards, ...paused]) doing.touched(card)
}
