import { loweringOf, lowerLevels } from '../../../grants/lowering.ts'
import type { World } from '../../../requests/act.ts'
import type { PlanStep } from '../../../rules/types.ts'
import type { Button } from '../../api.ts'
import { levelOf, line, staysWords, whoOf } from '../blocks.ts'
import { opens, type Viewer } from '../viewer.ts'
import { type Form, field, part } from './fields.ts'
import { byWhom, foundWords, staysUntil } from './revoking.ts'

/** Somebody who has a higher level and should have a lower one: what goes, what stays, and what takes its place. */

export function lowerLevelForm(world: World): Form {
  const to = lowerLevels(world)[0] ?? ''
  const lowering = world.request?.state === 'granted' ? loweringOf(world, to) : null
  if (!lowering)
    return { title: 'Lower the level', act: 'lower-level', refusal: 'There is no lower level to keep on this request.' }
  const { levelName, goes, stays, instead, countsAs } = lowering
  const stands = (plan: PlanStep, detail: string) =>
    line(plan.key, 'none', plan.systemName, staysWords(world, plan, to), detail)
  return {
    title: `Lower ${whoOf(world)} from ${levelOf(world)} to ${levelName}`,
    act: 'lower-level',
    parts: [
      {
        ...part('What goes', []),
        rows: goes.map((plan) => ({
          ...line(plan.key, 'none', plan.systemName, plan.words.undo, foundWords(world, plan)),
          who: byWhom(world, plan),
        })),
        text: staysUntil(goes),
      },
      {
        ...part('What stays', []),
        rows: [
          ...stays.map((plan) => stands(plan, 'Held already.')),
          ...instead.map((plan) =>
            stands(
              plan,
              countsAs.some(({ lower }) => lower === plan) ? 'Comes with what stays.' : 'Takes the place of what goes.',
            ),
          ),
        ],
      },
      part('Lower it', [
        { kind: 'hidden', name: 'to', value: to },
        field('textarea', 'reason', 'Why (optional)', 'The engineer and their sponsors can read it.', '', false),
      ]),
    ],
    submit: { text: `Lower to ${levelName}`, tone: 'danger' },
    afterwards: 'progress',
  }
}

/** Beside revoking all of it. Not where another request gives the lower level: then revoking this one leaves that. */
export function lowerButton(world: World, viewer: Viewer): Button[] {
  const to = lowerLevels(world)[0]
  if (!world.request || to === undefined || !viewer.may('lower-level')) return []
  const elsewhere = world.elsewhere !== null || world.held.some(({ level }) => level === to)
  const name = (world.ruleSet.levels[to]?.name ?? to).replace(/^Production /, '')
  return elsewhere
    ? []
    : [opens(`Lower to ${name}`, 'lower-level', world.request.id, viewer.isEngineer ? 'link' : 'plain')]
}
