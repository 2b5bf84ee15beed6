import type { AnyAct } from '../act.ts'
import { ask, giveDetails } from './ask.ts'
import { attach, detach } from './attach.ts'
import { askForChanges, decline, keepOpen, resumePaused, withdraw } from './deciding.ts'
import { recordAbsenceAct, setFactAct } from './facts.ts'
import { answerHelp, askHelp } from './helping.ts'
import { claimIdentity, confirmIdentity } from './identity.ts'
import { letReviewsAct } from './let-reviews.ts'
import { type Boards, connectBoardAct, disconnectBoardAct, importPeopleAct, importRotaAct } from './office.ts'
import { lineManagerAgrees, recordLineManager, reviewPreparedness } from './reviewing.ts'
import { claimTicks } from './ticks.ts'

/** Every act of this room. */
export function requestActs(parts: { boards: Boards; emailDomains: string[] }): AnyAct[] {
  const cards = [
    attach,
    detach,
    ask,
    giveDetails,
    claimTicks,
    keepOpen,
    confirmIdentity,
    reviewPreparedness,
    lineManagerAgrees,
    recordLineManager,
    askForChanges,
    decline,
    withdraw,
    resumePaused,
    askHelp,
    answerHelp,
  ]
  const offices = [
    importPeopleAct(parts.emailDomains),
    importRotaAct,
    setFactAct,
    recordAbsenceAct,
    letReviewsAct,
    connectBoardAct(parts.boards),
    disconnectBoardAct(parts.boards),
  ]
  return [
    ...cards.map((act): AnyAct => ({ about: 'card', act })),
    ...offices.map((act): AnyAct => ({ about: 'office', act })),
    { about: 'stranger', act: claimIdentity },
  ]
}
