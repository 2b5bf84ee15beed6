import { refusedOne } from '../../../grants/acts/revoke-holding.ts'
import { digestOfWhole, goingKey, type WholeRevocation } from '../../../grants/revoke-person.ts'
import type { AccessReviewRow } from '../../../requests/access-reviews.ts'
import type { Actor, World } from '../../../requests/act.ts'
import type { Row, WindowPart } from '../../api.ts'
import { line, staysWords, whoOf } from '../blocks.ts'
import { keepingWords, whyHere } from '../reviewing.ts'
import { shortLevel } from '../turns.ts'
import { listWords } from '../words.ts'
import { checks, type Form, field, part } from './fields.ts'
import { byWhom, foundWords, orNothing, staysUntil, unreadWords } from './revoking.ts'

/**
 * Windows about everything that one person holds: what stands in them is what is signed. Without it, nobody looked, because
 * this viewer may not decide: then the table says who can.
 */

const notDue = 'No access review is due here any more. Reload the card to see what was decided.'
const nothingHeld = 'They hold nothing that was given here.'

export function reviewAccessForm(world: World, whole: WholeRevocation | null): Form {
  const title = `Revoke everything that ${whoOf(world)} holds`
  const form = { title, act: 'confirm-revocation', subject: world.engineer?.id ?? '' }
  if (!whole) return form
  if (!world.review) return { ...form, refusal: notDue }
  if (whole.worlds.length === 0) return { ...form, refusal: nothingHeld }
  return {
    ...form,
    lines: [whyHere(world)],
    parts: [
      ...goesParts(whole),
      part('Revoke', [
        looked(whole),
        field('textarea', 'reason', 'Why (optional)', 'The engineer and their sponsors can read it.', '', false),
      ]),
    ],
    submit: { text: 'Revoke everything', tone: 'danger' },
    afterwards: 'progress',
  }
}

export function keepAccessForm(world: World, whole: WholeRevocation | null): Form {
  const form = { title: `Let ${whoOf(world)} keep their access`, act: 'keep-access', subject: world.engineer?.id ?? '' }
  if (!whole) return form
  if (!world.review) return { ...form, refusal: notDue }
  if (whole.worlds.length === 0) return { ...form, refusal: nothingHeld }
  if (world.review.why === 'moved') return { ...form, ...movedForm(world, world.review, whole) }
  return {
    ...form,
    lines: [whyHere(world), keepingWords(world.review)],
    parts: [
      { ...part('What they keep', []), rows: keptRows(whole) },
      part('Keep it', [
        looked(whole),
        field('textarea', 'reason', 'Why they keep it', 'The engineer and their sponsors can read it.', '', true),
        field('date', 'lookAgain', 'Look again on', 'The review comes back on this day.', '', true),
      ]),
    ],
    submit: { text: 'Keep access', tone: 'primary' },
  }
}

/** After a move: what belongs to the team before can go, thing by thing, and the rest stays. Nothing is chosen beforehand. */
function movedForm(world: World, review: AccessReviewRow, whole: WholeRevocation): Omit<Form, 'act'> {
  const who = whoOf(world)
  const options = whole.goes
    .filter(({ world: own, plan }) => refusedOne(own, plan.key) === null)
    .map((one) => ({
      value: goingKey(one),
      text: `${one.plan.systemName}: ${staysWords(one.world, one.plan, one.world.request?.level ?? '')}`,
    }))
  return {
    title: `What ${who} keeps after the move`,
    lines: [whyHere(world), keepingWords(review)],
    parts: [
      part('What goes', [checks('goes', 'This goes', options)]),
      part('What stays', [
        looked(whole),
        field('textarea', 'reason', 'Why', 'The engineer and their sponsors can read it.', '', true),
        field('date', 'lookAgain', 'Look again on (optional)', 'Without it this is not asked about again.', '', false),
      ]),
    ],
    submit: { text: 'Decide', tone: 'primary' },
  }
}

export function forCauseForm(world: World, whole: WholeRevocation | null, actor: Actor): Form {
  const form = {
    title: `Revoke everything that ${whoOf(world)} holds, for cause`,
    act: 'revoke-for-cause',
    subject: world.engineer?.id ?? '',
  }
  if (!whole) return form
  if (whole.worlds.length === 0) return { ...form, refusal: nothingHeld }
  if (whole.goes.length === 0) return { ...form, refusal: 'Everything that they hold is being revoked already.' }
  return {
    ...form,
    lines: [
      'This begins at once. A second person in Senior Tech, or a register keeper, is told by a comment without the reason.',
    ],
    parts: [
      ...goesParts(whole),
      part('Revoke', [
        looked(whole),
        field(
          'textarea',
          'reason',
          'Why',
          `It is kept beside the log, where it can be erased, with the name ${actor.person?.fullName ?? ''}.`,
          '',
          true,
        ),
      ]),
    ],
    submit: { text: 'Revoke everything now', tone: 'danger' },
    afterwards: 'progress',
  }
}

/** So that nothing is signed that did not stand here. */
function looked(whole: WholeRevocation) {
  return { kind: 'hidden' as const, name: 'plan', value: digestOfWhole(whole) }
}

function rowsOf({ goes }: WholeRevocation): Row[] {
  return goes.map(({ world, plan }) => ({
    ...line(`${world.card.id}-${plan.key}`, 'none', plan.systemName, plan.words.undo, foundWords(world, plan)),
    who: [shortLevel(world), byWhom(world, plan)].filter((one) => one !== null).join(', '),
  }))
}

/** Nothing is removed here, so that what it is for stands there instead. */
function keptRows({ goes }: WholeRevocation): Row[] {
  return goes.map(({ world, plan }) => ({
    ...line(
      `${world.card.id}-${plan.key}`,
      'none',
      plan.systemName,
      staysWords(world, plan, world.request?.level ?? ''),
    ),
    who: shortLevel(world),
  }))
}

function goesParts(whole: WholeRevocation): WindowPart[] {
  const plans = whole.goes.map(({ plan }) => plan)
  return [
    { ...part('What goes', []), rows: rowsOf(whole), text: unreadWords(whole.unread) },
    { ...part('What stays, until when', []), text: orNothing([...staysUntil(plans), ...requestsEnd(whole)]) },
  ]
}

function requestsEnd({ worlds }: WholeRevocation): string[] {
  const levels = [...new Set(worlds.map(shortLevel))]
  return levels.length > 1 ? [`This is of ${listWords(levels)}: every request ends.`] : []
}
