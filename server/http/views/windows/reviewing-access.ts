import { afterMove } from '../../../grants/acts/after-move.ts'
import { withinWords } from '../../../grants/acts/look-again.ts'
import {
  byHandWords,
  digestOfWhole,
  type Going,
  goingKey,
  holdsNothing,
  type WholeRevocation,
} from '../../../grants/revoke-person.ts'
import type { AccessReviewRow } from '../../../requests/access-reviews.ts'
import type { Actor, World } from '../../../requests/act.ts'
import { daysKept } from '../../../requests/letting-stand.ts'
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
  if (holdsNothing(whole)) return { ...form, refusal: nothingHeld }
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
  if (holdsNothing(whole)) return { ...form, refusal: nothingHeld }
  if (world.review.why === 'moved') return { ...form, ...movedForm(world, world.review, whole) }
  return {
    ...form,
    lines: [whyHere(world), keepingWords(world.review, world.engineer)],
    parts: [
      { ...part('What they keep', []), rows: whole.goes.map(keptRow), text: unreadWords(whole.unread) },
      part('Keep it', [
        looked(whole),
        field('textarea', 'reason', 'Why they keep it', 'The engineer and their sponsors can read it.', '', true),
        field('date', 'lookAgain', 'Look again on', backWords(world), '', true),
      ]),
    ],
    submit: { text: 'Keep access', tone: 'primary' },
  }
}

function backWords({ engineer }: World): string {
  return `Within ${withinWords(daysKept(engineer))}. The review comes back on this day.`
}

/** After a move: what belongs to the team before can go, thing by thing, and the rest stays. Nothing is chosen beforehand. */
function movedForm(world: World, review: AccessReviewRow, whole: WholeRevocation): Omit<Form, 'act'> {
  const { choices, stays } = afterMove(whole)
  const options = choices.map(({ one, with: others }) => ({
    value: goingKey(one),
    text: keptWords(one),
    hint: [foundWords(one.world, one.plan), alsoGoes(others)].filter((words) => words !== null).join(' ') || null,
  }))
  return {
    title: `What ${whoOf(world)} keeps after the move`,
    lines: [whyHere(world), keepingWords(review, world.engineer)],
    parts: [
      { ...part('What goes', [checks('goes', 'This goes', options)]), text: unreadWords(whole.unread) },
      ...(stays.length > 0
        ? [
            {
              ...part('What cannot go with this decision, and stays', []),
              rows: stays.map(({ one, refusal }) => ({ ...keptRow(one), detail: refusal.sentence })),
            },
          ]
        : []),
      part('What stays', [
        looked(whole),
        field('textarea', 'reason', 'Why', 'The engineer and their sponsors can read it.', '', true),
        field('date', 'lookAgain', 'Look again on (optional)', 'Without it this is not asked about again.', '', false),
      ]),
    ],
    submit: { text: 'Decide', tone: 'primary' },
  }
}

function keptWords({ world, plan }: Going): string {
  return `${plan.systemName}: ${staysWords(world, plan, world.request?.level ?? '')}`
}

/** What rests on a choice is chosen with it, and stands beside it before anybody signs. */
function alsoGoes(others: Going[]): string | null {
  return others.length > 0 ? `With it also goes: ${listWords(others.map(({ plan }) => plan.words.short))}.` : null
}

export function forCauseForm(world: World, whole: WholeRevocation | null, actor: Actor): Form {
  const form = {
    title: `Revoke everything that ${whoOf(world)} holds, for cause`,
    act: 'revoke-for-cause',
    subject: world.engineer?.id ?? '',
  }
  if (!whole) return form
  if (holdsNothing(whole)) return { ...form, refusal: nothingHeld }
  if (whole.goes.length === 0) return { ...form, refusal: 'Everything that they hold is being revoked already.' }
  return {
    ...form,
    lines: [whole.worlds.length > 0 ? tellsASecond : tellASecond],
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

const tellsASecond =
  'This begins at once. A second person in Senior Tech, or a register keeper, is told by a comment without the reason.'
const tellASecond =
  'This begins at once. No card of theirs takes a comment about it: tell a second person in Senior Tech, or a register keeper, yourself.'

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
function keptRow({ world, plan }: Going): Row {
  const words = staysWords(world, plan, world.request?.level ?? '')
  const found = foundWords(world, plan)
  return { ...line(`${world.card.id}-${plan.key}`, 'none', plan.systemName, words, found), who: shortLevel(world) }
}

function goesParts(whole: WholeRevocation): WindowPart[] {
  const plans = whole.goes.map(({ plan }) => plan)
  return [
    { ...part('What goes', []), rows: rowsOf(whole), text: [...unreadWords(whole.unread), ...byHandWords(whole)] },
    { ...part('What stays, until when', []), text: orNothing([...staysUntil(plans), ...requestsEnd(whole)]) },
  ]
}

function requestsEnd({ worlds }: WholeRevocation): string[] {
  const levels = [...new Set(worlds.map(shortLevel))]
  return levels.length > 1 ? [`This is of ${listWords(levels)}: every request ends.`] : []
}
