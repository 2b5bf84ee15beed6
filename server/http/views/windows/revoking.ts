import { beside, notLookedAt } from '../../../grants/beside.ts'
import { neededBy } from '../../../grants/needed-by.ts'
import { goesWhole, goesWith } from '../../../grants/revoke.ts'
import type { StepRow, World } from '../../../requests/act.ts'
import type { PlanStep } from '../../../rules/types.ts'
import { levelOf, line, whoOf } from '../blocks.ts'
import { listWords } from '../words.ts'
import { type Form, field, part } from './fields.ts'

/** Windows that take access back, in three parts: what goes, what stays until when, revoke. */

export function undoForm(world: World): Form {
  const [who, level] = [whoOf(world), levelOf(world)]
  const goes = goesWhole(world)
  const title = `Revoke ${level} of ${who}`
  const why = field('textarea', 'reason', 'Why (optional)', 'The engineer and their sponsors can read it.', '', false)
  if (goes.length === 0)
    return {
      title: `End ${who}’s request for ${level}`,
      act: 'undo-granted',
      lines:
        staysWords(world).length > 0
          ? ['Nothing is revoked, and the request ends.', ...staysWords(world)]
          : ['Nothing was given, so nothing is revoked. Nothing more begins.'],
      parts: [part('End it', [why])],
      submit: { text: 'End the request', tone: 'danger' },
    }
  return {
    title,
    act: 'undo-granted',
    parts: [
      {
        ...part('What goes', []),
        rows: goes.map((plan) => ({
          ...line(plan.key, 'none', plan.systemName, plan.words.undo, foundWords(world, plan)),
          who: byWhom(world, plan),
        })),
        text: unreadWords(notLookedAt(world)),
      },
      {
        ...part('What stays, until when', []),
        text: orNothing([...staysUntil(goes), ...staysWords(world)]),
      },
      part('Revoke', [why]),
    ],
    submit: { text: `Revoke ${level}`, tone: 'danger' },
    afterwards: 'progress',
  }
}

/** Copies and sessions that outlive what gave them. */
export function staysUntil(goes: PlanStep[]): string[] {
  // Where the copy is taken by hand, it does not wait until it follows.
  const follows = goes.filter(({ key }) => !goes.some((one) => one.copyOf === key))
  const copies = new Set(follows.flatMap((plan) => plan.alsoAppearsIn ?? []))
  const lasting = goes.filter(({ sessionHours }) => sessionHours !== undefined)
  const hours = Math.max(...lasting.map(({ sessionHours }) => sessionHours ?? 0))
  const names = listWords([...new Set(lasting.map(({ systemName }) => systemName))])
  return [
    ...copies,
    ...(lasting.length > 0
      ? [`Sessions in ${names} that are open now may last until they end, at most ${hours} hours.`]
      : []),
  ]
}

export function orNothing(text: string[]): string[] {
  return text.length > 0 ? text : ['Nothing.']
}

export function byWhom(world: World, plan: PlanStep): string | null {
  const given = world.steps.find((step) => step.direction === 'grant' && step.key === plan.key)
  return (given?.method ?? plan.method) === 'task' ? 'by people' : null
}

/** What no record has: whoever signs learns where it was seen. */
export function foundWords(world: World, plan: PlanStep): string | null {
  if (!beside(world).includes(plan)) return null
  const detail = world.alsoFound.find((one) => one.key === plan.key)?.detail ?? ''
  return `Also found, and not in our records. ${detail}`.trimEnd()
}

export function unreadWords(unread: string[]): string[] {
  if (unread.length === 0) return []
  return [`We could not look in ${listWords(unread)} for what is not in our records.`]
}

/** What another request needs: kept on purpose, and said. */
function staysWords(world: World): string[] {
  const stays = world.steps.filter(
    (step) => step.direction === 'grant' && !step.plan.nothingToUndo && neededBy(world, step) !== null,
  )
  if (stays.length === 0) return []
  const names = listWords(stays.map((step) => step.plan.words.short))
  return [`${names}: kept, because another request of ${world.engineer?.firstName ?? 'the engineer'} needs it.`]
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
      { ...part('What goes', []), text: goes.map((one) => one.words.undo) },
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
