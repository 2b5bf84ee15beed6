import { engineersPart, isClosed, isDoer, isHandWork } from '../../grants/steps.ts'
import type { Actor, StepRow, World } from '../../requests/act.ts'
import type { Button, StepPanel } from '../api.ts'
import { decidedWords } from './blocks.ts'
import { stopButton } from './ending.ts'
import { proofWords, seenIt, stepButtons, takenBy } from './step-view.ts'
import { acts, opens, type Viewer } from './viewer.ts'
import { exportMessage, waitsForExport, whoBrings } from './who-can.ts'
import { timeWords } from './words.ts'

/** One step as a panel, with all that a stranger needs to carry it out. */

export function stepPanel(
  step: StepRow,
  world: World,
  viewer: Viewer,
  actor: Actor,
  attempts: StepPanel['attempts'],
): StepPanel {
  const task = step.direction === 'grant' ? step.plan.task : step.plan.undoTask
  const who = world.engineer?.fullName ?? 'The engineer'
  const me = actor.person?.id
  const doing = takenBy(step)
  const taken =
    doing !== null
      ? `${doing === me ? 'You are' : `${world.people.get(doing)?.fullName ?? 'Somebody'} is`} doing this, since ${timeWords(step.taken_at ?? step.since)}`
      : null
  return {
    stepId: step.id,
    title: `${who} · ${step.plan.words.short}`,
    why: `${step.direction === 'grant' ? step.plan.words.change : step.plan.words.undo}. ${stepStatus(step, world)}`,
    approved: decidedWords(world),
    before: `Before you start: ${task?.before ?? 'nothing.'}`,
    clicks: [
      ...(task?.clicks ?? []).map((click) => ({
        text: click.text,
        copy: click.copy
          ? { value: click.copy, label: click.copy === who ? `Copy name for ${who}` : `Copy ${click.copy} for ${who}` }
          : null,
        link: click.link ? { text: 'Open', url: click.link, label: `Open ${step.plan.systemName} in a new tab` } : null,
      })),
      ...exportClick(step, world),
    ],
    looksRight: task?.looksRight ?? '',
    cannotSee: step.direction === 'grant' ? (step.plan.words.cannotSee ?? '') : '',
    attempts,
    buttons: [...panelButtons(step, world, viewer, actor), ...besides(world, viewer, who)],
    taken,
  }
}

/** A newer export spares the look. */
function exportClick(step: StepRow, world: World): StepPanel['clicks'] {
  const brings = waitsForExport(step, world) ? whoBrings(step, world) : null
  if (!brings) return []
  return [{ text: `Or a newer export tells it, brought by ${brings}.`, copy: exportMessage(step, world), link: null }]
}

/** Beside every open step, for those who may: a question to 2nd line, and the end of it all. */
export function besides(world: World, viewer: Viewer, who: string): Button[] {
  const { request } = world
  if (!request) return []
  return [
    ...(viewer.may('ask-help') ? [opens('Get help', 'help', request.id, 'link', `Get help: ${who}`)] : []),
    ...stopButton(world, viewer, who),
  ]
}

function stepStatus(step: StepRow, world: World): string {
  return isClosed(step) ? `This step is closed: ${proofWords(step, world)}.` : ''
}

/** Whoever has it gives it back; of somebody else's, whoever may do steps sets it free. */
function releaseButton(step: StepRow, taken: boolean, about: string): Button {
  const text = taken ? 'Set it free' : 'Give it back'
  return acts(text, 'release-step', step.id, {}, 'plain', `${text}: ${about}`)
}

function panelButtons(step: StepRow, world: World, viewer: Viewer, actor: Actor): Button[] {
  const about = `${step.plan.words.short} for ${world.engineer?.fullName ?? 'the engineer'}`
  const looks = step.turn !== 'us' && !isDoer(step, world.people, actor.person) && viewer.may('seen-step')
  if (step.state === 'done' && looks) return [acts(seenIt, 'seen-step', step.id, {}, 'primary', `${seenIt}: ${about}`)]
  if (step.state === 'done')
    return stepButtons(step, world, viewer, actor).filter((button) => !('opens' in button.does))
  if (step.state === 'stuck') return stepButtons(step, world, viewer, actor)
  if (!isHandWork(step) || engineersPart(step) || !viewer.may('take-step')) return []
  const taken = step.taken_by !== null && step.taken_by !== actor.person?.id
  return [
    ...(step.taken_by === null
      ? [acts('Take this step', 'take-step', step.id, {}, 'primary', `Take this step: ${about}`)]
      : []),
    ...(step.taken_by === null ? [] : [releaseButton(step, taken, about)]),
    ...(taken
      ? []
      : [
          acts(
            'I have done this',
            'done-step',
            step.id,
            {},
            step.taken_by === null ? 'plain' : 'primary',
            `I have done this: ${about}`,
          ),
        ]),
    opens('I cannot do this', 'cannot-step', step.id, 'plain', `I cannot do this: ${about}`),
    opens('Hand over', 'hand-over-step', step.id, 'plain', `Hand over: ${about}`),
  ]
}
