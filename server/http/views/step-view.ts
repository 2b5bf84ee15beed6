import { goesBeside } from '../../grants/in-turn.ts'
import { engineersPart, isClosed, isDoer, isHandWork } from '../../grants/steps.ts'
import type { Actor, StepRow, World } from '../../requests/act.ts'
import type { Button, Mark, Row } from '../api.ts'
import { importWindow } from './export-owner.ts'
import { roleWord } from './turn.ts'
import { acts, isTurnOf, opens, type Viewer } from './viewer.ts'
import { messageFor, waitsForExport, waitsOutside, whoBrings, whoCan } from './who-can.ts'
import { effectiveWords, sinceWords, whenWords } from './words.ts'

/** One step as a row of the section, with the buttons that work for this viewer. */

/** On the row, where it opens the panel that says what to look for, and in the panel. */
export const seenIt = 'I have seen it in the system'

const marks: Record<StepRow['state'], Mark> = {
  planned: 'later',
  ready: 'turn',
  acting: 'moving',
  waiting: 'moving',
  done: 'turn',
  seen: 'yes',
  verified: 'yes',
  stuck: 'stuck',
  stopped: 'stuck',
}

/** "verified in GitHub", "seen by Jo", "done by Alex, not checked" */
export function proofWords(step: StepRow, world: World): string {
  const name = (id: string | null) => world.people.get(id ?? '')?.fullName ?? 'somebody'
  switch (step.state) {
    case 'verified': {
      const when = step.verified_at ? `, ${whenWords(step.verified_at, world.now)}` : ''
      const effective = effectiveWords(step.effective_by, world.now)
      return `verified in ${step.plan.systemName}${when}${effective ? `, ${effective}` : ''}`
    }
    case 'seen': {
      const approved = step.seen_by === world.request?.approved_by ? ', who also approved' : ''
      const effective = effectiveWords(step.effective_by, world.now)
      return `seen by ${name(step.seen_by)}${approved}${effective ? `, ${effective}` : ''}`
    }
    case 'done':
      return step.turn === 'us' ? step.sentence : `done by ${name(step.done_by)}, not checked`
    case 'planned':
      return 'later'
    case 'ready':
    case 'acting':
    case 'waiting':
      return step.sentence
    case 'stuck':
    case 'stopped':
      return step.remedy ? `${step.sentence} ${step.remedy}` : step.sentence
  }
}

/** Who has the step: once they say that it is done, it is somebody else's turn. */
export function takenBy(step: StepRow): string | null {
  return step.state === 'done' || isClosed(step) ? null : step.taken_by
}

function whose(step: StepRow, world: World): string | null {
  const doing = takenBy(step)
  if (doing) return world.people.get(doing)?.fullName ?? 'somebody'
  switch (step.turn) {
    case 'engineer':
      return world.engineer?.fullName ?? 'the engineer'
    case 'nobody':
      return null
    case 'us':
      return 'nobody needs to do anything'
    case 'second-person':
      return waitsForExport(step, world) ? lookOrExport(step, world) : 'a second person'
    case 'reviewer':
    case 'sponsor':
      return whoCan(world, step.turn)
    case 'senior-tech':
    case 'second-line':
      return waitsOutside(step) ? whoCan(world, step.turn) : roleWord(step.turn)
    case 'keeper':
    case 'line-manager':
      return roleWord(step.turn)
  }
}

function lookOrExport(step: StepRow, world: World): string {
  const who = whoBrings(step, world)
  return who ? `a second person, or ${who} with a newer export` : 'a second person'
}

export function stepRow(step: StepRow, world: World, viewer: Viewer, actor: Actor): Row {
  const part = step.plan.engineer
  const mine = viewer.isEngineer && step.turn === 'engineer' && step.state !== 'stuck'
  const sentence = mine && part ? part.text : proofWords(step, world)
  const closed = isClosed(step)
  const links = [
    ...(mine && part?.link ? [{ text: part.text, url: part.link, label: `${part.text}, opens in a new tab` }] : []),
    ...(step.link && !mine
      ? [{ text: linkText(step), url: step.link, label: `${linkText(step)} for ${step.plan.words.short}` }]
      : []),
    ...(closed && viewer.isEngineer && step.plan.selfCheck
      ? [
          {
            text: 'Check it yourself',
            url: step.plan.selfCheck.url,
            label: `Check it yourself: ${step.plan.words.short}`,
          },
        ]
      : []),
  ]
  return {
    key: step.id,
    mark: step.state === 'waiting' && step.turn !== 'us' ? 'turn' : marks[step.state],
    word: '',
    title: mine && part ? part.text : step.plan.words.short,
    detail: mine
      ? step.plan.words.short
      : viewer.sees === 'steps' || viewer.sees === 'all'
        ? detailed(step, `${sentence}${besideWords(step, world)}`)
        : closed
          ? viewer.plain(sentence)
          : null,
    who: closed || mine ? null : whose(step, world),
    since: closed ? null : sinceWords(step.since, world.now),
    ...messageFor(step, world, viewer),
    trap: mine ? (part?.trap ?? null) : closed && viewer.isEngineer ? hint(step) : null,
    buttons: closed ? [] : stepButtons(step, world, viewer, actor),
    links,
  }
}

/** Whoever merges learns why two change one file. */
function besideWords(step: StepRow, world: World): string {
  if (step.turn !== 'reviewer' || isClosed(step) || !goesBeside(world, step)) return ''
  return ' It waits for no other pull request on the same file: after another merge it is made again where it has to be.'
}

function linkText(step: StepRow): string {
  return step.method === 'pull-request' ? 'Pull request' : `Open ${step.plan.systemName}`
}

function hint(step: StepRow): string | null {
  return step.plan.hint ?? step.plan.alsoAppearsIn
}

function detailed(step: StepRow, sentence: string): string {
  const words = step.direction === 'grant' ? step.plan.words.change : step.plan.words.undo
  return sentence === words || isClosed(step) ? sentence : `${words}. ${sentence}`
}

/** Mine: by role, because I took it, or because I am somebody who may look as the second person. */
export function isOwnStep(step: StepRow, world: World, viewer: Viewer, actor: Actor): boolean {
  if (isTurnOf(viewer, step.turn) || (step.taken_by !== null && step.taken_by === actor.person?.id)) return true
  const looks = step.turn === 'second-person' && !isDoer(step, world.people, actor.person)
  return looks && viewer.may('seen-step') && viewer.sees !== 'plan'
}

/** Buttons that work for this viewer on this step, and no others. */
export function stepButtons(step: StepRow, world: World, viewer: Viewer, actor: Actor): Button[] {
  const about = `${step.plan.words.short} for ${world.engineer?.fullName ?? 'the engineer'}`
  const me = actor.person?.id
  // Stuck with the engineer: the name that they gave is the matter.
  if (step.turn === 'engineer' && step.state === 'stuck' && viewer.isEngineer)
    return [
      opens('Change your names', 'names', step.request_id, 'plain', `Change your names: ${step.plan.words.short}`),
    ]
  if (step.turn === 'engineer' && viewer.isEngineer)
    return step.plan.engineer && !step.plan.engineer.seenByUs
      ? [acts('I have done this', 'do-own-part', step.id, {}, 'plain', `I have done this: ${step.plan.engineer.text}`)]
      : []
  if (step.state === 'stuck')
    return [
      ...(viewer.may('retry-step')
        ? [acts('Try again', 'retry-step', step.id, {}, 'plain', `Try again: ${about}`)]
        : []),
      ...(viewer.may('make-task') &&
      step.method !== 'task' &&
      step.next_check_at === null &&
      (step.direction === 'grant' ? step.plan.task : step.plan.undoTask)
        ? [acts('Do it by hand', 'make-task', step.id, {}, 'plain', `Do it by hand: ${about}`)]
        : []),
      ...(viewer.may('retry-step')
        ? [
            opens('Hand over', 'hand-over-step', step.id, 'link', `Hand over: ${about}`),
            opens('Show the attempts', 'step', step.id, 'link', `Show the attempts: ${about}`),
          ]
        : []),
    ]
  if (step.state === 'done') {
    // While we look, nobody else has to.
    const looks = step.turn !== 'us' && viewer.may('seen-step')
    const undo = viewer.may('undo-done-step')
      ? [acts('Undo', 'undo-done-step', step.id, {}, 'link', `Undo: ${about}`)]
      : []
    if (isDoer(step, world.people, actor.person)) return undo
    const brings =
      waitsForExport(step, world) && viewer.may('import-export')
        ? [opens('Import an export', importWindow, step.plan.system, 'link', `Import an export: ${about}`)]
        : []
    const seen = looks ? [opens(seenIt, 'step', step.id, 'plain', `${seenIt}: ${about}`)] : []
    return [...seen, ...brings, ...undo]
  }
  if (!isHandWork(step) || engineersPart(step) || !viewer.may('take-step')) return []
  if (step.taken_by === null)
    return [
      acts('Take this step', 'take-step', step.id, {}, 'plain', `Take this step: ${about}`),
      opens('Show it', 'step', step.id, 'link', `Show it: ${about}`),
    ]
  return [
    step.taken_by === me
      ? opens('Do this step', 'step', step.id, 'plain', `Do this step: ${about}`)
      : opens('Show it', 'step', step.id, 'link', `Show it: ${about}`),
  ]
}
