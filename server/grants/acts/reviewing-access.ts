import { z } from 'zod'
import { londonDay } from '../../clock.ts'
import type { Tx } from '../../db/database.ts'
import type { OfficeAct, Refusal } from '../../requests/act.ts'
import { officeEvent } from '../../requests/acts/common.ts'
import { addDays } from '../../requests/expiry-day.ts'
import { changedRefusal } from '../../requests/refusing.ts'
import type { Office } from '../../requests/world.ts'
import { goesWith, openRevocation } from '../revoke.ts'
import {
  type Going,
  goingKey,
  pauseWhatIsAsked,
  revokes,
  revokeWhole,
  type WholeRevocation,
  wholeRevocation,
} from '../revoke-person.ts'
import { settleSteps } from '../settle-steps.ts'
import { refusedOne } from './revoke-holding.ts'
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
const dateAsked = 'Give a date to look again, such as 2027-01-25.'
const longest = 'Use at most 500 characters.'
const confirm = z.strictObject({ plan, reason: z.string().trim().max(500, longest).default('') })
const keep = z.strictObject({
  plan,
  reason: z.string().trim().min(1, 'Say why they keep it, in a line.').max(500, longest),
  /** Left out only after a move: then it is not asked about again. */
  lookAgain: z.union([z.literal(''), z.iso.date({ error: dateAsked })]).default(''),
  /** What goes all the same after a move, each as `goingKey` writes it. */
  goes: z.array(z.string().max(200)).max(100).default([]),
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

/**
 * Lets somebody keep what they hold, with a reason and a day on which the review comes back. After a move things can go that
 * belong to the team before, one by one, and what is kept need not come back.
 */
export function keepAccessAct(parts: WholeParts): OfficeAct<typeof keep> {
  const { office } = parts
  return {
    name: 'keep-access',
    on: 'person',
    input: keep,
    locksPerson: true,
    allows: async (_actor, subject, input, tx) =>
      (await notDue(tx, subject)) ??
      (await refusedForm(tx, office, subject, input)) ??
      (await refusedSinceLooked('keep-access', tx, office, subject, input.plan)) ??
      refusedGoing(await wholeRevocation(tx, office, subject), input.goes),
    statement: async (subject, { goes }, tx) => {
      const whole = await wholeRevocation(tx, office, subject)
      const [kept, going] = [whole.goes.filter((one) => !goes.includes(goingKey(one))), goingWith(whole, goes)]
      const reviews = await openReviewsOf(tx, subject)
      return {
        reviews: reviews.map(({ id }) => id),
        keeps: revokes({ ...whole, goes: kept }),
        revokes: revokes({ ...whole, goes: going }),
      }
    },
    async carryOut(doing, subject, { reason, lookAgain, goes }) {
      const evidence = await evidenceOf(doing)
      const whole = await wholeRevocation(doing.tx, office, subject)
      const going = goingWith(whole, goes)
      const lookAgainOn = lookAgain === '' ? null : lookAgain
      const reviews = await decideReviews(doing, subject, { outcome: 'kept', reason, lookAgainOn })
      const { worlds } = whole
      for (const world of worlds) {
        for (const { id } of reviews)
          doing.log(onRequest(doing, world, 'review-decided', { ...evidence, review: id, outcome: 'kept' }, reason))
        await doing.tx
          .updateTable('request')
          .set((eb) => ({ version: eb('version', '+', 1), updated_at: doing.clock.wall() }))
          .where('id', '=', world.request?.id ?? '')
          .execute()
        const own = going.filter((one) => one.world === world).map(({ plan }) => plan)
        for (const { key } of own)
          doing.log(onRequest(doing, world, 'revocation-opened', { ...evidence, holding: key }, reason))
        if (own.length > 0) {
          await openRevocation(doing, world, own, parts)
          await settleSteps(doing, office, parts.adapters, world.card.id)
        }
        doing.touched(world.card.id)
      }
      const rest = lookAgainOn ? 'This comes back on the day that you gave.' : 'This is not asked about again.'
      return going.length > 0 ? `What you chose is being revoked, and the rest is kept. ${rest}` : `Kept. ${rest}`
    },
  }
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
  if (lookAgain !== '') return refusedDay(lookAgain, londonDay(office.clock.calendar()))
  return isMove
    ? null
    : { code: 'input', sentence: 'There is 1 thing to put right.', fields: { lookAgain: dateAsked }, status: 422 }
}

/** What was chosen must still be there, and must be able to go by itself. */
function refusedGoing(whole: WholeRevocation, goes: string[]): Refusal | null {
  for (const chosen of goes) {
    const one = whole.goes.find((going) => goingKey(going) === chosen)
    const refusal = one
      ? refusedOne(one.world, one.plan.key)
      : changedRefusal('keep-access', ['What they hold changed.'])
    if (refusal) return refusal
  }
  return null
}

/** The chosen things with what follows each of them. */
function goingWith(whole: WholeRevocation, goes: string[]): Going[] {
  const chosen = whole.goes.filter((one) => goes.includes(goingKey(one)))
  const all = chosen.flatMap(({ world, plan }) => goesWith(world, plan.key).map((one) => ({ world, plan: one })))
  return [...new Map(all.map((one) => [goingKey(one), one])).values()]
}

function refusedDay(day: string, today: string): Refusal | null {
  if (day > today && day <= addDays(today, LOOK_AGAIN_WITHIN_DAYS)) return null
  return {
    code: 'input',
    sentence: 'There is 1 thing to put right.',
    fields: { lookAgain: 'Choose a day after today, within a year.' },
    status: 422,
  }
}
