import type { Act } from '../../../requests/act.ts'
import { cannotStep } from './cannot-step.ts'
import type { StepActParts } from './changing.ts'
import { doOwnPart } from './do-own-part.ts'
import { doneStep } from './done-step.ts'
import { handOverStep } from './hand-over-step.ts'
import { makeTask } from './make-task.ts'
import { releaseStep } from './release-step.ts'
import { retryStep } from './retry-step.ts'
import { seenStep } from './seen-step.ts'
import { takeStep } from './take-step.ts'
import { undoDoneStep } from './undo-done-step.ts'

/** What people do with steps. */
export function stepActs(parts: StepActParts): Act[] {
  return [
    takeStep,
    releaseStep,
    handOverStep,
    doOwnPart,
    doneStep,
    undoDoneStep,
    seenStep,
    cannotStep,
    retryStep,
    makeTask,
  ].map((act) => act(parts))
}
