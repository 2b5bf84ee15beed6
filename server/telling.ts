import { type Clock, SECOND } from './clock.ts'
import type { Database } from './db/database.ts'
import { type CardHost, HostFailure } from './requests/card-host.ts'
import type { ChecklistMap } from './trello/checklist-map.ts'
import { tickEarned } from './trello/earned-ticks.ts'
import { sendNotices, takeOverNotices } from './trello/send-notices.ts'

/** After Trello could not be reached, how long it is left alone; what is owed stays owed. */
const REST = 15 * SECOND

export interface Telling {
  /** Called once, before the first round. */
  takeOver(): Promise<void>
  /** One round: comments that are owed, then ticks that are earned. */
  round(): Promise<void>
}

/** Tells the cards what happened: comments that are owed and ticks that are earned. */
export function createTelling(parts: {
  db: Database
  host: CardHost
  clock: Clock
  map: ChecklistMap
  refresh(cardId: string): Promise<void>
}): Telling {
  let restUntil = 0
  const refused = new Map<string, number>()
  return {
    async takeOver() {
      if (parts.db.engine === 'pglite') await takeOverNotices(parts.db)
    },
    async round() {
      if (parts.clock.wall().getTime() < restUntil) return
      try {
        await sendNotices(parts)
        await tickEarned({ ...parts, refused })
      } catch (error) {
        if (!(error instanceof HostFailure)) throw error
        restUntil = parts.clock.wall().getTime() + REST
      }
    },
  }
}
