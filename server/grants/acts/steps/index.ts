import type { Act } from '../../../requests/act.ts'
import { cannotStep } from './cannot-step.ts'
import { heldUp, type StepActParts } from './changing.ts'
import { doOwnPart } from './do-own-part.ts'
import { doneStep } from './done-step.ts'
import { handOverStep } from './hand-over-step.ts'
import { makeTask } from './make-task.ts'
import { releaseStep } from './release-step.ts'
import { retryStep } from './retry-step.ts'
import { seenStep } from './seen-step.ts'
import { takeStep } from './take-step.ts'
import { undoDoneStep } from './undo-done-step.ts'

/** What brings access nearer: judged by the stop conditions. Letting go of a step, and saying that one cannot, never is. */
const advancing = [takeStep, handOverStep, doOwnPart, doneStep, seenStep, retryStep, makeTask]
const lettingGo = [releaseStep, undoDoneStep, cannotStep]

/** What people do with steps. */
export function stepActs(parts: StepActParts): Act[] {
  return [...advancing.map((make) => judged(make(parts), parts)), ...lettingGo.map((make): Act => make(parts))]
}

function judged(act: Act, parts: StepActParts): Act {
  return {
    ...act,
    allows: (world, actor, input, step) => act.allows(world, actor, input, step) ?? heldUp(parts, world, step),
  }
}
