import { z } from 'zod'
import { londonDay } from '../../clock.ts'
import type { Tx } from '../../db/database.ts'
import type { OfficeAct, Refusal } from '../../requests/act.ts'
import { officeEvent } from '../../requests/acts/common.ts'
import { addDays } from '../../requests/expiry-day.ts'
import type { Office } from '../../requests/world.ts'
import { pauseWhatIsAsked, revokeWhole, wholeRevocation } from '../revoke-person.ts'
import {
  decideReviews,
  evidenceOf,
  onRequest,
  openReviewsOf,
  refusedSinceLooked,
  statementOfWhole,
  type WholeParts,
} from './whole-person.ts'

/** The two answers to an access review. Both are signed with what the person holds before the eyes. */

/** A digest of what stood in the window: never signed unseen. */
const plan = z.string().regex(/^[0-9a-f]{64}$/, 'Open the window again and look at what they hold.')
const DAY_WANTED = 'Give a date to look again, such as 2027-01-25.'
const longest = 'Use at most 500 characters.'
const confirm = z.strictObject({ plan, reason: z.string().trim().max(500, longest).default('') })
const keep = z.strictObject({
  plan,
  reason: z.string().trim().min(1, 'Say why they keep it, in a line.').max(500, longest),
  /** Empty only where it is about a move, which is right or not, and does not pass. */
  lookAgain: z.union([z.literal(''), z.iso.date()], { error: DAY_WANTED }).default(''),
})

/** Longer than that nobody decides ahead. */
const LOOK_AGAIN_WITHIN_DAYS = 366

async function notDue(tx: Tx, subject: string): Promise<Refusal | null> {
  if ((await openReviewsOf(tx, subject)).length > 0) return null
  return {
    code: 'no-review',
    sentence: 'No access review is due here any more. Reload the card to see what was decided.',
    status: 409,
  }
}

/** Revokes everything that somebody holds, because a review found that it should end. */
export function confirmRevocationAct(parts: WholeParts): OfficeAct<typeof confirm> {
  const { office } = parts
  return {
    name: 'confirm-revocation',
    on: 'person',
    input: confirm,
    locksPerson: true,
    allows: async (_actor, subject, input, tx) =>
      (await notDue(tx, subject)) ?? refusedSinceLooked('confirm-revocation', tx, office, subject, input.plan),
    statement: async (subject, _input, tx) => statementOfWhole(tx, office, subject, 'revokes'),
    async carryOut(doing, subject, { reason }) {
      const evidence = await evidenceOf(doing)
      const reviews = await decideReviews(doing, subject, { outcome: 'revoked', reason: null, lookAgainOn: null })
      const cards = await revokeWhole(doing, parts, subject, (world) =>
        onRequest(doing, world, 'undo-opened', evidence, reason),
      )
      for (const { id } of reviews)
        doing.log(officeEvent(doing, 'review-decided', { ...evidence, review: id, outcome: 'revoked' }, subject))
      const paused = await pauseWhatIsAsked(doing, subject)
      await parts.wake.send(doing.tx)
      for (const card of [...cards, ...paused]) doing.touched(card)
      return 'Revoking. Every system is read back, and the cards show what is still there.'
    },
  }
}

/** Lets somebody keep what they hold, with a reason and a day on which the review comes back; of a move it need not. */
export function keepAccessAct({ office }: { office: Office }): OfficeAct<typeof keep> {
  return {
    name: 'keep-access',
    on: 'person',
    input: keep,
    locksPerson: true,
    allows: async (_actor, subject, input, tx) =>
      (await notDue(tx, subject)) ??
      (await refusedDay(tx, subject, input.lookAgain, londonDay(office.clock.calendar()))) ??
      refusedSinceLooked('keep-access', tx, office, subject, input.plan),
    statement: async (subject, _input, tx) => statementOfWhole(tx, office, subject, 'keeps'),
    async carryOut(doing, subject, { reason, lookAgain }) {
      const evidence = await evidenceOf(doing)
      const reviews = await decideReviews(doing, subject, {
        outcome: 'kept',
        reason,
        lookAgainOn: lookAgain === '' ? null : lookAgain,
      })
      const { worlds } = await wholeRevocation(doing.tx, office, subject)
      for (const world of worlds) {
        for (const { id } of reviews)
          doing.log(onRequest(doing, world, 'review-decided', { ...evidence, review: id, outcome: 'kept' }, reason))
        await doing.tx
          .updateTable('request')
          .set((eb) => ({ version: eb('version', '+', 1), updated_at: doing.clock.wall() }))
          .where('id', '=', world.request?.id ?? '')
          .execute()
        doing.touched(world.card.id)
      }
      return lookAgain === ''
        ? 'Kept. It is not asked again because of this move.'
        : 'Kept. This comes back on the day that you gave.'
    },
  }
}

async function refusedDay(tx: Tx, subject: string, day: string, today: string): Promise<Refusal | null> {
  if (day > today && day <= addDays(today, LOOK_AGAIN_WITHIN_DAYS)) return null
  if (day === '' && (await openReviewsOf(tx, subject)).every(({ why }) => why === 'moved')) return null
  return {
    code: 'input',
    sentence: 'There is 1 thing to put right.',
    fields: { lookAgain: day === '' ? DAY_WANTED : 'Choose a day after today, within a year.' },
    status: 422,
  }
}
