import type { AnyAct } from '../../../requests/act.ts'
import { adoptDriftAct } from './adopting.ts'
import type { DriftActParts } from './deciding.ts'
import { grantAgainAct } from './granting-again.ts'
import { recordAsEndedAct } from './recording-as-ended.ts'
import { removeDriftAct } from './removing.ts'

/** Every decision about what a comparison found. */
export function driftActs(parts: DriftActParts): AnyAct[] {
  const acts = [adoptDriftAct, removeDriftAct, grantAgainAct, recordAsEndedAct]
  return acts.map((make): AnyAct => ({ about: 'office', act: make(parts) }))
}
