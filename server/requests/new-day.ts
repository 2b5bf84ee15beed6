import { londonDay } from '../clock.ts'
import { keepSetting, settingOf } from '../db/settings.ts'
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
  if ((await settingOf(db.kysely, JUDGED_ON)) === today) return []
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
  await keepSetting(db.kysely, JUDGED_ON, today, office.clock.wall())
  return judged
}
