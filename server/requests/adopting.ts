import { z } from 'zod'
import type { Database } from '../db/database.ts'
import { loadPerson } from '../people/register.ts'
import { ActRefused } from './act.ts'
import { loadActor, type Presented } from './actor.ts'
import { refusedByTable } from './authorisation.ts'
import { locate } from './locate.ts'
import { relationsOf } from './relations.ts'
import type { Office } from './world.ts'

export interface AdoptingParts {
  db: Database
  office: Office
  cards: {
    /** Takes in a card that is no copy of a template, because somebody who may attaches it by hand. */
    adopt(cardId: string, boardId: string, level: string): Promise<void>
  }
}

const input = z.object({ engineer: z.string(), level: z.string() })

/**
 * Takes in a card that we do not know yet, before it is attached: for those alone who may attach it, and on a connected
 * board.
 * @throws ActRefused with what to do; HostFailure when the card cannot be read
 */
export async function adoptWhenUnknown(
  { db, office, cards }: AdoptingParts,
  presented: Presented,
  cardId: string,
  given: unknown,
): Promise<void> {
  if (await locate(db.kysely, cardId)) return
  const { engineer, level } = input.parse(given)
  const actor = await loadActor(db.kysely, office, presented)
  const person = await loadPerson(db.kysely, engineer)
  const refused = refusedByTable('attach', relationsOf(actor, person, []))
  if (refused !== null) throw new ActRefused({ code: 'not-allowed', sentence: refused, status: 403 })
  if (!Object.hasOwn(office.ruleSet(null).levels, level))
    throw new ActRefused({
      code: 'input',
      sentence: 'There is 1 thing to put right.',
      fields: { level: 'Choose what this card asks for.' },
      status: 422,
    })
  const board = await db.kysely.selectFrom('board').select('id').where('id', '=', presented.boardId).executeTakeFirst()
  if (!board)
    throw new ActRefused({
      code: 'board-not-connected',
      sentence:
        'This board is not connected yet. A register keeper or Senior Tech can connect it in the Power-Up’s settings.',
      status: 409,
    })
  await cards.adopt(cardId, presented.boardId, level)
}
