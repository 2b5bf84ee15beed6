import type { AnyAct } from '../../../requests/act.ts'
import { adoptDriftAct } from './adopting.ts'
import { compareNowAct } from './comparing-now.ts'
import type { DriftActParts } from './deciding.ts'
import { grantAgainAct } from './granting-again.ts'
import { leaveAccountAct, leaveDriftAct } from './leaving.ts'
import { letDifferencesAct } from './letting-differences.ts'
import { lowerDriftAct } from './lowering-back.ts'
import { nameAccountAct, removeAccountAct } from './of-nobody.ts'
import { recordAsEndedAct } from './recording-as-ended.ts'
import { removeDriftAct } from './removing.ts'

/** Every decision about what a comparison found. */
export function driftActs(parts: DriftActParts): AnyAct[] {
  const all = [
    adoptDriftAct(parts),
    removeDriftAct(parts),
    lowerDriftAct(parts),
    grantAgainAct(parts),
    recordAsEndedAct(parts),
    leaveDriftAct(parts),
    nameAccountAct(parts),
    removeAccountAct(parts),
    leaveAccountAct(parts),
    compareNowAct,
    letDifferencesAct,
  ]
  return all.map((act): AnyAct => ({ about: 'office', act }))
}
