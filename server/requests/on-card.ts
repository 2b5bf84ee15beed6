import type { NewEvent } from '../audit/events.ts'
import type { Database, Tx } from '../db/database.ts'
import type { Doing, NewNotice } from './act.ts'
import { lockForAct } from './locking.ts'
import { writeNotices } from './notices.ts'
import type { Office } from './world.ts'

/** What changes cards by itself, without anybody's click. */
export interface OwnParts {
  db: Database
  office: Office
  append(tx: Tx, events: NewEvent[]): Promise<void>
}

/** Does something to one card in a transaction of its own: the card locked, then comments owed, and the log last. */
async function onCard<T>(
  parts: OwnParts,
  cardId: string,
  work: (doing: Pick<Doing, 'tx' | 'clock' | 'log' | 'notify'>) => Promise<T>,
): Promise<T> {
  const { db, office } = parts
  return db.transaction(async (tx) => {
    await lockForAct(tx, cardId)
    const events: NewEvent[] = []
    const notices: NewNotice[] = []
    const done = await work({
      tx,
      clock: office.clock,
      log: (event) => events.push(event),
      notify: (notice) => notices.push(notice),
    })
    await writeNotices(tx, notices, office.clock)
    await parts.append(tx, events)
    return done
  })
}

/**
 * The same for many cards, one after the other. One that cannot be judged is reported and holds up no other.
 * @returns the cards for which the work answered `true`
 */
export async function onEachCard(
  parts: OwnParts,
  cardIds: string[],
  work: (doing: Pick<Doing, 'tx' | 'clock' | 'log' | 'notify'>, cardId: string) => Promise<boolean>,
): Promise<string[]> {
  const done: string[] = []
  for (const card of cardIds)
    try {
      if (await onCard(parts, card, (doing) => work(doing, card))) done.push(card)
    } catch (error) {
      parts.office.report(error)
    }
  return done
}
