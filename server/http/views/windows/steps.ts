import { isClosed } from '../../../grants/steps.ts'
import type { Actor, StepRow, World } from '../../../requests/act.ts'
import { refusedByTable } from '../../../requests/authorisation.ts'
import { isThatPerson } from '../../../rules/same-person.ts'
import type { StepPanel, WindowPart } from '../../api.ts'
import { line, whoOf } from '../blocks.ts'
import { stepPanel } from '../step-panel.ts'
import { stepRow } from '../step-view.ts'
import { viewerOn } from '../viewer.ts'
import { count } from '../words.ts'
import { choice, type Form, field, part } from './fields.ts'

/** Windows about steps: the whole panel of one, the engineer's own, and why one cannot be done. */

const unknown = 'We do not know this step any more.'

/** One step with everything that a stranger needs to carry it out. */
export function stepForm(world: World, actor: Actor, step: StepRow | null, attempts: StepPanel['attempts']): Form {
  if (!step) return { title: 'Step', act: '', refusal: unknown }
  const viewer = viewerOn(world, actor)
  const panel = stepPanel(step, world, viewer, actor, attempts)
  const notYours = viewer.isEngineer && step.turn !== 'engineer' && !isClosed(step)
  return {
    title: panel.title,
    act: '',
    lines: [
      panel.why,
      `${panel.approved} ${panel.before}`.trim(),
      panel.taken ?? '',
      notYours ? (refusedByTable('done-step', viewer.relations) ?? '') : '',
    ].filter((text) => text !== ''),
    parts: [
      {
        ...part('Do it', []),
        rows: panel.clicks.map((click, i) => ({
          ...line(`click-${i}`, 'none', String(i + 1), click.text),
          ...(click.copy ? { copy: click.copy } : {}),
          links: click.link ? [click.link] : [],
        })),
        text: [
          ...(panel.looksRight === '' ? [] : [`Right looks like: ${panel.looksRight}`]),
          ...(panel.cannotSee === '' ? [] : [`What is not seen: ${panel.cannotSee}`]),
        ],
      },
      ...(panel.attempts.length > 0 ? [attemptsPart(panel.attempts)] : []),
    ],
    buttons: panel.buttons,
  }
}

function attemptsPart(attempts: StepPanel['attempts']): WindowPart {
  const text = attempts.map((one) => one.text)
  return { ...part('Attempts', []), folds: [{ id: 'attempts', title: count(text.length, 'attempt'), rows: [], text }] }
}

/** What only the engineer can do, all of it in one place. */
export function yourSteps(world: World, actor: Actor): Form {
  const viewer = viewerOn(world, actor)
  const own = world.steps.filter((step) => step.turn === 'engineer' && step.direction === 'grant')
  return {
    title: viewer.isEngineer ? 'Your steps' : `${world.engineer?.firstName ?? 'The engineer'}’s steps`,
    act: '',
    lines:
      own.length === 0
        ? ['Nothing is left for you to do.']
        : ['Links open in a new tab. What we can see by ourselves is verified within a minute.'],
    parts: [{ ...part('To do', []), rows: own.map((step) => stepRow(step, world, viewer, actor)) }],
  }
}

export function cannotForm(step: StepRow | null): Form {
  const title = `I cannot do this: ${step?.plan.words.short ?? ''}`
  if (!step) return { title, act: 'cannot-step', refusal: unknown }
  return {
    title,
    act: 'cannot-step',
    parts: [
      part('Why', [
        choice('why', 'Why not', [
          step.direction === 'revoke'
            ? { value: 'not-in-the-list', text: 'Already gone', hint: 'A second person looks, and it is closed.' }
            : { value: 'not-in-the-list', text: 'Not in the list', hint: 'The person is not known there yet.' },
          { value: 'no-permission', text: 'No permission', hint: null },
          { value: 'system-down', text: 'System down', hint: null },
          { value: 'instructions-wrong', text: 'Instructions wrong', hint: null },
          { value: 'other', text: 'Other', hint: null },
        ]),
        field('text', 'line', 'Add a line (optional)', null, '', false),
      ]),
    ],
    submit: { text: 'Send', tone: 'primary' },
  }
}

export function handOverForm(world: World, actor: Actor, step: StepRow | null): Form {
  const title = `Hand over: ${step?.plan.words.short ?? ''}`
  if (!step) return { title, act: 'hand-over-step', refusal: unknown }
  const others = [...new Set([...world.secondLine, ...world.sponsors])]
    .filter((id) => ![actor.person, world.engineer].some((one) => one && isThatPerson(world.people, id, one)))
    .map((id) => ({ value: id, text: world.people.get(id)?.fullName ?? id, hint: null }))
  return {
    title,
    act: 'hand-over-step',
    parts: [
      part('To whom', [
        choice('to', 'Who takes it', [
          { value: 'second-line', text: '2nd line, whoever takes it', hint: null },
          ...others,
        ]),
      ]),
    ],
    submit: { text: 'Hand over', tone: 'primary' },
  }
}

export function answerHelpForm(world: World): Form {
  const title = `Answer ${whoOf(world)}`
  const open = world.helps.filter((help) => help.answered_at === null)
  const [only] = open
  if (!only) return { title, act: 'answer-help', refusal: 'Nothing is waiting for an answer.' }
  const questions = open.map((help) => ({ value: help.id, text: `${help.system}: ${help.what}`, hint: null }))
  return {
    title,
    act: 'answer-help',
    parts: [
      part('The question', [
        { ...choice('help', 'Which question', questions), value: open.length === 1 ? only.id : '' },
        field('textarea', 'answer', 'Your answer', null, '', true),
      ]),
    ],
    submit: { text: 'Send the answer', tone: 'primary' },
  }
}
