import type { NewEvent } from '../audit/events.ts'
import type { Database, Tx } from '../db/database.ts'
import type { Doing, NewNotice } from './act.ts'
import { lockForAct, lockPerson } from './locking.ts'
import { writeNotices } from './notices.ts'
import type { Office } from './world.ts'

/** What changes cards by itself, without anybody's click. */
export interface OwnParts {
  db: Database
  office: Office
  append(tx: Tx, events: NewEvent[]): Promise<void>
}

/** What work of its own gets to work with. */
export type OwnDoing = Pick<Doing, 'tx' | 'clock' | 'log' | 'notify'>

/** Does something in a transaction of its own: locked first, then comments owed, and the log last. */
async function byItself<T>(
  { db, office, append }: OwnParts,
  lock: (tx: Tx) => Promise<void>,
  work: (doing: OwnDoing) => Promise<T>,
): Promise<T> {
  return db.transaction(async (tx) => {
    await lock(tx)
    const events: NewEvent[] = []
    const notices: NewNotice[] = []
    const done = await work({
      tx,
      clock: office.clock,
      log: (event) => events.push(event),
      notify: (notice) => notices.push(notice),
    })
    await writeNotices(tx, notices, office.clock)
    await append(tx, events)
    return done
  })
}

/**
 * Does something to many cards, one after the other, each locked. One that cannot be judged is reported and holds up no
 * other.
 * @returns the cards for which the work answered `true`
 */
export async function onEachCard(
  parts: OwnParts,
  cardIds: string[],
  work: (doing: OwnDoing, cardId: string) => Promise<boolean>,
): Promise<string[]> {
  const done: string[] = []
  for (const card of cardIds)
    try {
      if (
        await byItself(
          parts,
          (tx) => lockForAct(tx, card),
          (doing) => work(doing, card),
        )
      )
        done.push(card)
    } catch (error) {
      parts.office.report(error)
    }
  return done
}

/** The same for people, with all of their cards and requests locked. Answers what the work answered, of all of them. */
export async function onEachPerson<T>(
  parts: OwnParts,
  personIds: string[],
  work: (doing: OwnDoing, personId: string) => Promise<T[]>,
): Promise<T[]> {
  const done: T[] = []
  for (const person of personIds)
    try {
      done.push(
        ...(await byItself(
          parts,
          (tx) => lockPerson(tx, person),
          (doing) => work(doing, person),
        )),
      )
    } catch (error) {
      parts.office.report(error)
    }
  return done
}
