import { londonDay } from '../../clock.ts'
import { type AccessReviewRow, reviewPolicy } from '../../requests/access-reviews.ts'
import type { World } from '../../requests/act.ts'
import { isSamePerson } from '../../rules/same-person.ts'
import type { Day, PersonFacts } from '../../rules/types.ts'
import type { Button, Row } from '../api.ts'
import { type Blocks, levelOf, line, sponsorNow, whoOf } from './blocks.ts'
import { reviewTurns } from './turns.ts'
import { opens, type Viewer } from './viewer.ts'
import { count, dateWords } from './words.ts'

/** A decision is due about access that should end: what each viewer reads of it, and their one next action. */

/** Whether somebody may read why: the engineer, possible sponsors, keepers, and whoever decides. */
export function knowsWhy(viewer: Viewer): boolean {
  return viewer.sees === 'all' || viewer.may('confirm-revocation')
}

/** The status of granted access while a decision is due; `null` while none is. */
export function reviewStatus(
  world: World,
  viewer: Viewer,
): Pick<Blocks, 'headline' | 'since' | 'lines' | 'primary'> | null {
  const { review, request } = world
  if (!review || reviewTurns(world).length === 0) return null
  const decides = viewer.may('confirm-revocation')
  return {
    headline: decides ? `Your turn: decide whether ${whoOf(world)} keeps ${levelOf(world)}` : 'An access review is due',
    // The day it was due would tell others since when somebody is away.
    since: knowsWhy(viewer) ? sinceDue(review.due_day, review.opened_at) : review.opened_at,
    lines: [
      ...(knowsWhy(viewer) ? [whyHere(world)] : []),
      ...(decides ? [] : [`${decidesWords(world)} Until then nothing changes.`]),
    ],
    primary: decides ? opens('Check and revoke', 'review-access', request?.id ?? '', 'primary') : null,
  }
}

/** Why it is due, for those who may know: the rules' own sentence, and the day. */
export function whyWords(
  review: AccessReviewRow,
  { engineer, ruleSet, now }: Pick<World, 'engineer' | 'ruleSet' | 'now'>,
): string {
  const first = engineer?.firstName ?? 'The engineer'
  switch (review.why) {
    case 'absence': {
      const { sentence, limitDays, beside } = ruleSet.absence
      const over = `The register says that ${first} is away since ${dateWords(review.first_day, now)}, more than ${count(limitDays, 'day')}.`
      return [over, `The rules: “${sentence}”`, beside ?? ''].join(' ').trim()
    }
    case 'left':
      return `The register says that ${first} has left, since ${dateWords(review.first_day, now)}.`
    case 'moved':
      return `The register says that ${first} moved to another team or role on ${dateWords(review.first_day, now)}.`
  }
}

/** The same on a card, with who answers for what it gave from now on. */
export function whyHere(world: World): string {
  const reviews = [world.review, ...world.otherReviews].filter((one) => one !== null)
  const sponsor = reviews.some(({ why }) => why === 'moved') ? sponsorNow(world) : null
  return [...reviews.map((one) => whyWords(one, world)), sponsor ?? ''].join(' ').trim()
}

/** What keeping it goes against, or leaves as it was, and what whoever keeps it says. */
export function keepingWords({ why }: AccessReviewRow, engineer: PersonFacts | null): string {
  if (engineer?.left?.value)
    return 'Whoever has left should hold nothing. Only Senior Tech or a register keeper lets it stand, for 30 days at most, and says why and when to look again.'
  switch (why) {
    case 'absence':
    case 'left':
      return 'The rules say that it should end. Whoever lets it stand says why, and when to look again.'
    case 'moved':
      return 'It was given in the team before, and no rule says that it must end. Choose what goes with it; all that is not ticked stays.'
  }
}

/** The same where not all is granted yet, and the status tells how far it is. Why stands in both windows. */
export function reviewRows(world: World, viewer: Viewer): Row[] {
  if (world.request?.state === 'granted' || viewer.sees === 'little' || reviewTurns(world).length === 0) return []
  const buttons = reviewButtons(viewer, world.request?.id ?? '', whoOf(world))
  return [line('review', 'turn', 'Due', 'An access review is due', null, buttons)]
}

/** Names the recorded tech lead whether or not they are there: another name would tell that they are away. */
function decidesWords({ engineer, people, installation }: World): string {
  if (!engineer) return ''
  const lead = people.get(engineer.techLead?.value ?? '')
  const isLeads = reviewPolicy(installation).owner === 'tech-lead' && lead && !lead.left?.value
  return isLeads && !isSamePerson(lead, engineer)
    ? `${lead.fullName}, Senior Tech or a register keeper decides.`
    : 'Senior Tech or a register keeper decides.'
}

/** Beside the header's button: the other answer, never in one click either. */
export function keepButton(world: World, viewer: Viewer): Button[] {
  if (reviewTurns(world).length === 0 || !viewer.may('keep-access')) return []
  return [opens('Keep access', 'keep-access', world.request?.id ?? '')]
}

/** The answers that this viewer has, where several people's stand in one list. @param who whose access */
export function reviewButtons(viewer: Viewer, subject: string, who: string): Button[] {
  if (!viewer.may('confirm-revocation')) return []
  return [
    opens('Check and revoke', 'review-access', subject, 'plain', `Check and revoke: ${who}`),
    ...(viewer.may('keep-access')
      ? [opens('Keep access', 'keep-access', subject, 'plain', `Keep access: ${who}`)]
      : []),
  ]
}

/** Since when a revocation was due: the review's day where one decided it, else when it was opened. */
export function revokingSince({ revokeDue, request }: World, viewer: Viewer): Date | null {
  if (!request) return null
  // Whoever carries it out works by that clock; colleagues only see that it goes on.
  return revokeDue === null || viewer.sees === 'plan' || viewer.sees === 'little'
    ? request.state_since
    : sinceDue(revokeDue, request.state_since)
}

/** A day has no time: what was raised on its own day is told with the time at which it was. */
export function sinceDue(day: Day, at: Date): Date {
  return day < londonDay(at) ? new Date(`${day}T12:00:00Z`) : at
}
