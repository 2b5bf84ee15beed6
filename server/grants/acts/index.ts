import type { AnyAct } from '../../requests/act.ts'
import { approveAct } from './approve.ts'
import { changeNamesAct } from './change-names.ts'
import { confirmRevocationAct } from './confirming-revocation.ts'
import { driftActs } from './drift/index.ts'
import { importExportAct } from './import-export.ts'
import { keepAccessAct } from './keeping-access.ts'
import { lookAtCommandAct } from './look-at-command.ts'
import { lowerLevelAct } from './lower-level.ts'
import { revokeForCauseAct } from './revoke-for-cause.ts'
import { revokeHoldingAct } from './revoke-holding.ts'
import type { StepActParts } from './steps/changing.ts'
import { stepActs } from './steps/index.ts'
import { goOnAct, stop, undoGrantedAct } from './stopping.ts'

/** Every act of this room. */
export function grantActs(parts: StepActParts): AnyAct[] {
  const acts = [
    approveAct(parts),
    changeNamesAct(parts),
    stop,
    goOnAct(parts),
    undoGrantedAct(parts),
    revokeHoldingAct(parts),
    lowerLevelAct(parts),
    ...stepActs(parts),
  ]
  const offices = [
    importExportAct(parts.adapters),
    confirmRevocationAct(parts),
    keepAccessAct(parts),
    revokeForCauseAct(parts),
    lookAtCommandAct(parts),
  ]
  return [
    ...acts.map((act): AnyAct => ({ about: 'card', act })),
    ...offices.map((act): AnyAct => ({ about: 'office', act })),
    ...driftActs(parts),
  ]
}
