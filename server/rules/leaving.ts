import type { PlanStep } from './types.ts'

/** What is taken once somebody leaves, of what no other revocation takes; `null` where there is nothing of the kind. */
export function takenOnLeaving({ onLeaving, ...plan }: PlanStep): PlanStep | null {
  if (!onLeaving) return null
  return {
    ...plan,
    wanted: { ...plan.wanted, value: onLeaving.value },
    words: { ...plan.words, undo: onLeaving.undo, cannotSee: null },
    method: 'task',
    undoTask: onLeaving.undoTask,
    nothingToUndo: false,
  }
}
