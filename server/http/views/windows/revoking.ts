import { goesWith, undoable } from '../../../grants/revoke.ts'
import type { StepRow, World } from '../../../requests/act.ts'
import { levelOf, line, whoOf } from '../blocks.ts'
import { listWords } from '../words.ts'
import { type Form, field, part } from './fields.ts'

/** Windows that take access back, in three parts: what goes, what stays until when, revoke. */

export function undoForm(world: World): Form {
  const [who, level] = [whoOf(world), levelOf(world)]
  const goes = undoable(world)
  const title = `Revoke ${level} of ${who}`
  const why = field('textarea', 'reason', 'Why (optional)', 'The engineer and their sponsors can read it.', '', false)
  if (goes.length === 0)
    return {
      title: `End ${who}’s request for ${level}`,
      act: 'undo-granted',
      lines: ['Nothing was given, so nothing is revoked. Nothing more begins.'],
      parts: [part('End it', [why])],
      submit: { text: 'End the request', tone: 'danger' },
    }
  return {
    title,
    act: 'undo-granted',
    parts: [
      {
        ...part('What goes', []),
        rows: goes.map((step) => ({
          ...line(step.id, 'none', step.plan.systemName, step.plan.words.undo),
          who: step.method === 'task' ? 'by people' : null,
        })),
      },
      {
        ...part('What stays, until when', []),
        text: [
          ...new Set(goes.flatMap((step) => step.plan.alsoAppearsIn ?? [])),
          'Sessions that are open now may last until they end, at most 8 hours.',
        ],
      },
      part('Revoke', [why]),
    ],
    submit: { text: `Revoke ${level}`, tone: 'danger' },
    afterwards: 'progress',
  }
}

export function revokeForm(world: World, step: StepRow | null): Form {
  const who = whoOf(world)
  const goes = goesWith(world, step?.key ?? '')
  const title = `Revoke ${step?.plan.words.short ?? ''} of ${who}`
  if (!step) return { title, act: 'revoke-holding', refusal: 'We do not know this step any more.' }
  return {
    title,
    act: 'revoke-holding',
    subject: world.request?.id ?? world.card.id,
    parts: [
      { ...part('What goes', []), text: goes.map((one) => one.plan.words.undo) },
      {
        ...part('What stays', []),
        text: [
          listWords(
            world.holdings
              .filter((one) => !goes.some((gone) => gone.key === one.grant_key))
              .map((one) => world.steps.find((other) => other.key === one.grant_key)?.plan.words.short ?? one.system),
          ) || 'Nothing of this level.',
        ],
      },
      part('Revoke', [
        { kind: 'hidden', name: 'key', value: step.key },
        field('textarea', 'reason', 'Why', 'The engineer and their sponsors can read it.', '', true),
      ]),
    ],
    submit: { text: `Revoke ${step?.plan.words.short ?? ''}`, tone: 'danger' },
    afterwards: 'progress',
  }
}
