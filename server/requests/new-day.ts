import { londonDay } from '../clock.ts'
import { json } from '../db/json.ts'
import { gathering } from './life.ts'
import { type OwnParts, onEachCard } from './on-card.ts'
import { settle } from './settle.ts'

/** Which London day the requests were last judged on. */
const JUDGED_ON = 'judged-on'

/**
 * Judges every request before approval again once on each London day: absences begin, end and grow too long by the day,
 * without anybody changing anything.
 * @returns the cards that were judged
 */
export async function judgeForTheDay(parts: OwnParts): Promise<string[]> {
  const { db, office } = parts
  const today = londonDay(office.clock.calendar())
  const last = await db.kysely.selectFrom('setting').select('value').where('name', '=', JUDGED_ON).executeTakeFirst()
  if (last?.value === today) return []
  const open = await db.kysely
    .selectFrom('request')
    .select('card_id')
    .where('state', 'in', [...gathering])
    .orderBy('card_id')
    .distinct()
    .execute()
  const cards = open.map((row) => row.card_id)
  const judged = await onEachCard(parts, cards, async (doing, card) => {
    await settle(doing, office, card)
    return true
  })
  const values = { value: json(today), updated_at: office.clock.wall(), updated_by: 'system' }
  await db.kysely
    .insertInto('setting')
    .values({ name: JUDGED_ON, ...values })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(values))
    .execute()
  return judged
}
