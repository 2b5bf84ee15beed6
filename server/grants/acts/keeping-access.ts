import { z } from 'zod'
import { londonDay } from '../../clock.ts'
import type { Tx } from '../../db/database.ts'
import { loadPerson } from '../../people/register.ts'
import { openReviewsOf } from '../../requests/access-reviews.ts'
import type { LinkedActor, OfficeAct, Refusal } from '../../requests/act.ts'
import { lineAsked } from '../../requests/acts/lines.ts'
import { daysKept, refusedAfterLeaving } from '../../requests/letting-stand.ts'
import { newVersion } from '../../requests/new-version.ts'
import { changedRefusal } from '../../requests/refusing.ts'
import { relationsOf } from '../../requests/relations.ts'
import type { Office } from '../../requests/world.ts'
import { goingKey, revokes, type WholeRevocation, wholeRevocation } from '../revoke-person.ts'
import { afterMove, chosenOf, revokeChosen } from './after-move.ts'
import { dayAsked, lookAgainDay, refusedDay, wrongDay } from './look-again.ts'
import {
  decideReviews,
  evidenceOf,
  lookedAt,
  notDue,
  onRequest,
  refusedSinceLooked,
  type WholeParts,
} from './whole-person.ts'

const input = z.strictObject({
  plan: lookedAt,
  reason: lineAsked('Say why they keep it, in a line.'),
  /** Left out only after a move: then it is not asked about again. */
  lookAgain: z.union([z.literal(''), lookAgainDay]).default(''),
  /** What goes all the same after a move, each as `goingKey` writes it. */
  goes: z.array(z.string().max(200)).max(100).default([]),
})

/**
 * Lets somebody keep what they hold, with a reason and a day on which the review comes back. After a move things can go that
 * belong to the team before, one by one, and what is kept need not come back.
 */
export function keepAccessAct(parts: WholeParts): OfficeAct<typeof input> {
  const { office } = parts
  return {
    name: 'keep-access',
    on: 'person',
    input,
    locksPerson: true,
    allows: async (actor, subject, asked, tx) =>
      (await notDue(tx, subject)) ??
      (await refusedBecauseLeft(tx, subject, actor)) ??
      (await refusedForm(tx, office, subject, asked)) ??
      (await refusedSinceLooked('keep-access', tx, office, subject, asked.plan)) ??
      refusedGoing(await wholeRevocation(tx, office, subject), asked.goes),
    statement: async (subject, { goes }, tx) => {
      const whole = await wholeRevocation(tx, office, subject)
      const going = chosenOf(whole, goes)
      const reviews = await openReviewsOf(tx, subject)
      return {
        reviews: reviews.map(({ id }) => id),
        keeps: revokes(whole.goes.filter((one) => !going.includes(one))),
        revokes: revokes(going),
        notLookedAt: whole.unread,
      }
    },
    async carryOut(doing, subject, { reason, lookAgain, goes }) {
      const evidence = await evidenceOf(doing)
      const whole = await wholeRevocation(doing.tx, office, subject)
      const going = chosenOf(whole, goes)
      const lookAgainOn = lookAgain === '' ? null : lookAgain
      const reviews = await decideReviews(doing, subject, { outcome: 'kept', reason, lookAgainOn })
      for (const world of whole.worlds) {
        for (const { id } of reviews)
          doing.log(onRequest(doing, world, 'review-decided', { ...evidence, review: id, outcome: 'kept' }, reason))
        await newVersion(doing.tx, world.request?.id ?? '', doing.clock)
      }
      await revokeChosen(doing, parts, whole, going, evidence, (world, { key }) =>
        onRequest(doing, world, 'revocation-opened', { ...evidence, holding: key }, reason),
      )
      for (const { card } of whole.worlds) doing.touched(card.id)
      const rest = lookAgainOn ? 'This comes back on the day that you gave.' : 'This is not asked about again.'
      return going.length > 0 ? `What you chose is being revoked, and the rest is kept. ${rest}` : `Kept. ${rest}`
    },
  }
}

/** Whoever has left should hold nothing, so that their lead of before does not let it stand alone. */
async function refusedBecauseLeft(tx: Tx, subject: string, actor: LinkedActor): Promise<Refusal | null> {
  const engineer = await loadPerson(tx, subject)
  const sentence = refusedAfterLeaving(engineer, relationsOf(actor, engineer, []))
  return sentence === null ? null : { code: 'left', sentence, status: 403 }
}

/** After a move nothing needs to come back, and things can go one by one; after anything else both are refused. */
async function refusedForm(
  tx: Tx,
  office: Office,
  subject: string,
  { lookAgain, goes }: { lookAgain: string; goes: string[] },
): Promise<Refusal | null> {
  const isMove = (await openReviewsOf(tx, subject)).every(({ why }) => why === 'moved')
  if (!isMove && goes.length > 0)
    return { code: 'not-moved', sentence: 'Only after a move single things go with this decision.', status: 409 }
  if (lookAgain !== '')
    return refusedDay(lookAgain, londonDay(office.clock.calendar()), daysKept(await loadPerson(tx, subject)))
  return isMove ? null : wrongDay(dayAsked)
}

/** What was chosen must still be there, and must be able to go now. */
function refusedGoing(whole: WholeRevocation, goes: string[]): Refusal | null {
  const { choices, stays } = afterMove(whole)
  for (const chosen of goes) {
    if (choices.some(({ one }) => goingKey(one) === chosen)) continue
    const known = stays.find(({ one }) => goingKey(one) === chosen)
    return known?.refusal ?? changedRefusal('keep-access', ['What they hold changed.'])
  }
  return null
}
