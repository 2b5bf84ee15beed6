import type { AnyAct } from '../../../requests/act.ts'
import { adoptDriftAct } from './adopting.ts'
import { compareNowAct } from './comparing-now.ts'
import type { DriftActParts } from './deciding.ts'
import { grantAgainAct } from './granting-again.ts'
import { letDifferencesAct } from './letting-differences.ts'
import { recordAsEndedAct } from './recording-as-ended.ts'
import { removeDriftAct } from './removing.ts'

/** Every decision about what a comparison found. */
export function driftActs(parts: DriftActParts): AnyAct[] {
  const acts = [adoptDriftAct, removeDriftAct, grantAgainAct, recordAsEndedAct]
  const all = [...acts.map((make) => make(parts)), compareNowAct, letDifferencesAct]
  return all.map((act): AnyAct => ({ about: 'office', act }))
}
