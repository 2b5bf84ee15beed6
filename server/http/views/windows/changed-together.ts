import type { PlanStep } from '../../../rules/types.ts'
import { listWords } from '../words.ts'

/** A line of what will change: its first step, and the words for all that it stands for. */
export interface ChangedTogether {
  step: PlanStep
  change: string
}

/**
 * The steps of one grant whose words differ in nothing but the environment, as one line: "… in staging and production".
 * Whatever differs in more stays a line of its own.
 * @param notes what else stands on the line; only steps with the same notes share one
 */
export function changedTogether(steps: PlanStep[], notes: (step: PlanStep) => string): ChangedTogether[] {
  const groups = Map.groupBy(steps, (step) => `${step.grant}\n${withEnvironment(step, '\n')}\n${notes(step)}`)
  return [...groups.values()].flatMap((group) => {
    const [step] = group
    if (!step) return []
    const environments = group.flatMap(({ environment }) => environment ?? [])
    return [{ step, change: withEnvironment(step, listWords(environments)) }]
  })
}

function withEnvironment({ words, environment }: PlanStep, instead: string): string {
  // A whole word, so that an account or a team whose name holds an environment's stays as it is.
  return environment === null
    ? words.change
    : words.change.replace(new RegExp(`(?<![\\w.@-])${environment}(?![\\w.@-])`, 'g'), instead)
}
