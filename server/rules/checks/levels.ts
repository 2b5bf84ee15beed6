import type { RuleSetData } from '../rule-set-schema.ts'
import { type Complain, mustHave, refuseCircle } from './complain.ts'

/** Levels, conditions, the apprentice's limit: every name points somewhere, and nothing is written and then not asked. */
export function checkLevels(data: RuleSetData, complain: Complain): void {
  for (const [name, one] of Object.entries(data.levels)) {
    for (const [i, other] of one.includes.entries())
      mustHave(data.levels, other, ['levels', name, 'includes', i], 'level', complain)
    for (const [i, other] of one.conditions.entries())
      mustHave(data.conditions, other, ['levels', name, 'conditions', i], 'condition', complain)
    if (one.includes.length > 0 && !one.includesReading)
      complain(
        ['levels', name, 'includes'],
        `the level "${name}" includes another and does not say why`,
        'Give "includesReading" with the reading and its evidence.',
      )
    const twin = Object.entries(data.levels).find(
      ([other, { template }]) => other !== name && template !== undefined && template === one.template,
    )
    if (twin)
      complain(
        ['levels', name, 'template'],
        `the levels "${twin[0]}" and "${name}" have the same template card`,
        'Give each level a template card of its own.',
      )
  }
  refuseCircle(
    Object.entries(data.levels).map(([name, one]) => [name, one.includes]),
    (name) =>
      complain(
        ['levels', name, 'includes'],
        `the level "${name}" includes itself in a circle`,
        'Remove one of the inclusions.',
      ),
  )
  for (const name of Object.keys(data.conditions))
    if (!Object.values(data.levels).some((one) => one.conditions.includes(name)))
      complain(
        ['conditions', name],
        `no level asks for the condition "${name}"`,
        'Name it in the "conditions" of a level, or remove it.',
      )
  mustHave(data.levels, data.apprentice.limit, ['apprentice', 'limit'], 'level', complain)
  mustHave(data.levels, data.apprentice.exception, ['apprentice', 'exception'], 'level', complain)
}
