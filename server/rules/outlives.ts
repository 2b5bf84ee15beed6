import type { PlanStep } from './types.ts'
import { inStagingAt, isFarFromStaging } from './weekday-copy.ts'

/** What acts on after access was taken: sessions that were open, and a copy that learns of it later. */

const HOUR = 3_600_000

/** Until when something may still act on what was taken at that moment; `null` where nothing does. */
export function actsUntil(
  { sessionHours, copiedBy }: Pick<PlanStep, 'sessionHours' | 'copiedBy'>,
  taken: Date,
): Date | null {
  const ends = [
    ...(sessionHours ? [taken.getTime() + sessionHours * HOUR] : []),
    ...(copiedBy ? [inStagingAt(taken).getTime()] : []),
  ]
  return ends.length > 0 ? new Date(Math.max(...ends)) : null
}

/** What is taken in a copy by hand too, because from Friday to Sunday it would follow only after the weekend. */
export function copiesByHand(goes: PlanStep[], taken: Date): PlanStep[] {
  if (!isFarFromStaging(taken)) return []
  return goes.flatMap((plan) => copyOfStep(plan) ?? [])
}

/** The step that takes the copy of what this one takes; `null` where there is none. */
function copyOfStep({ copy, copiedBy, ...plan }: PlanStep): PlanStep | null {
  if (!copy || !copiedBy) return null
  return {
    ...plan,
    key: copy.key,
    environment: copy.environment,
    method: 'task',
    proof: 'second-person',
    after: [],
    follows: null,
    batch: null,
    words: {
      ...plan.words,
      short: copy.short,
      undo: copy.undo,
      verifiedBy: `a second person looks in ${copy.short}`,
      cannotSee: null,
    },
    undoTask: copy.undoTask,
    engineer: null,
    selfCheck: null,
    alsoAppearsIn: null,
    copyOf: plan.key,
  }
}
