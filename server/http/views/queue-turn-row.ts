import { needsApprovalAgain } from '../../grants/again.ts'
import type { World } from '../../requests/act.ts'
import type { Button, QueueRow } from '../api.ts'
import { ofManager } from './apprentices.ts'
import { keepOpen } from './before-approval.ts'
import { continueButton, endingButtons, revokeButton } from './ending.ts'
import { isOverdue, rowSince } from './queue-row.ts'
import { reviewButtons } from './reviewing.ts'
import type { Turn } from './turn.ts'
import { isPaused, reviewOutstanding, shortLevel } from './turns.ts'
import { acts, opens, type Viewer } from './viewer.ts'
import { keepersFinding } from './windows/recording.ts'
import { dateWords, listWords } from './words.ts'

/** The row of a turn that is no step, with what each viewer can do about it. */

/** Whose card a row is about. */
export type About = Pick<QueueRow, 'person' | 'level' | 'boardId' | 'cardUrl'>

/** A turn that is no step: a decision, a question for 2nd line, something only the engineer or a keeper can do. */
export function turnRow(world: World, turn: Turn, viewer: Viewer, about: About): QueueRow {
  const asked = world.helps.find((help) => help.id === turn.help)
  const question = asked && viewer.sees !== 'plan' ? `: ${asked.what}` : ''
  return rowSince(turn.since, world.now, {
    key: `${world.card.id}-${turn.help ?? turn.review ?? (turn.role === 'us' ? 'us' : turn.text)}`,
    overdue: hasPassedOn(world, turn) || (turn.role !== 'us' && isOverdue(turn.since, world.now)),
    ...about,
    what: asked
      ? `Help with ${asked.system}${question}`
      : `${managerWords(world, turn, viewer) ?? turn.text}${keeperWords(world, turn, viewer)}`,
    ...expiring(world, turn),
    ...(hasPassedOn(world, turn) ? { notes: ['Nobody has decided yet, so it is Senior Tech’s turn now.'] } : {}),
    buttons: [...turnButtons(world, turn, viewer, about.person), ...keepOpenButton(world, turn, viewer)],
  })
}

/** Whether an access review was not decided in time, with or without a comment that says so. */
function hasPassedOn({ review }: World, turn: Turn): boolean {
  return turn.review !== null && review?.id === turn.review && review.escalated_at !== null
}

/** A request that expires says so wherever somebody could still move it. */
function expiring({ expires, now }: World, turn: Turn): Pick<QueueRow, 'notes'> {
  return expires === null || turn.help !== null || turn.review !== null
    ? {}
    : { notes: [`This request expires on ${dateWords(expires, now)}.`] }
}

function keepOpenButton(world: World, turn: Turn, viewer: Viewer): Button[] {
  if (turn.help !== null || turn.review !== null) return []
  return keepOpen(world, viewer, `Keep it open: ${world.engineer?.fullName ?? shortLevel(world)}`)
}

/** The line manager reads that it is their word; nobody else learns whose is missing. */
function managerWords(world: World, turn: Turn, viewer: Viewer): string | null {
  const own = turn.role === 'line-manager' && viewer.may('line-manager-agrees') && world.findings.some(ofManager)
  return own ? 'Asks for your word as line manager' : null
}

/** Keepers read which fact is missing, because they are the ones who add it. */
function keeperWords(world: World, turn: Turn, viewer: Viewer): string {
  if (turn.role !== 'keeper' || !viewer.relations.has('keeper')) return ''
  const labels = world.findings.filter((one) => one.holdsUpReady && one.turn === 'keeper').map((one) => one.label)
  return labels.length > 0 ? `: ${listWords(labels)}` : ''
}

function turnButtons(world: World, turn: Turn, viewer: Viewer, who: string): Button[] {
  const id = world.request?.id ?? ''
  if (turn.role === 'us') return []
  if (turn.review !== null) return reviewButtons(viewer, id, who)
  if (turn.help !== null)
    return viewer.may('answer-help') ? [opens('Answer', 'answer-help', id, 'plain', `Answer ${who}`)] : []
  if (world.request && isPaused(world.request)) {
    const goesOn = continueButton(world, viewer, 'plain', who)
    return [...(goesOn ? [goesOn] : []), ...endingButtons(world, viewer, who)]
  }
  const again = turn.role === 'sponsor' && needsApprovalAgain(world)
  if (again || world.request?.state === 'stopped') return heldButtons(world, viewer, who, again)
  if (world.request?.state === 'candidate')
    return viewer.isEngineer
      ? [
          opens('Ask for access', 'ask', world.card.id, 'plain'),
          acts('This is not for me', 'detach', id, {}, 'link', `This is not for me: ${shortLevel(world)}`),
        ]
      : []
  if (managerWords(world, turn, viewer) !== null)
    return [opens('Answer', 'line-manager', id, 'plain', `Answer ${who} as line manager`)]
  if (turn.role === 'engineer' && viewer.isEngineer)
    return [opens('Finish your details', 'ask', world.card.id, 'plain')]
  if (turn.role === 'keeper' && viewer.may('set-fact') && keepersFinding(world))
    return [opens('Update record', 'update-record', id, 'plain', `Update the record of ${who}`)]
  if (world.request?.state !== 'ready' || !viewer.may('approve')) return []
  const verb = reviewOutstanding(world) ? 'Review and approve' : 'Check and approve'
  return [opens(verb, 'approve', id, 'plain', `${verb}: ${who}`)]
}

/** Go on later, or revoke what is done: the same words as in the section. */
function heldButtons(world: World, viewer: Viewer, who: string, again: boolean): Button[] {
  const id = world.request?.id ?? ''
  const onwards = again
    ? opens('Check and approve again', 'approve', id, 'plain', `Check and approve again: ${who}`)
    : acts('Let it go on', 'go-on', id, {}, 'plain', `Let it go on: ${who}`)
  return [...(viewer.may(again ? 'approve' : 'go-on') ? [onwards] : []), ...revokeButton(world, viewer, who)]
}
