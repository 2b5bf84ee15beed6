import { remindingNotice } from './notices.ts'
import { type OwnParts, onEachCard } from './on-card.ts'
import { inWorkingHours, wholeWorkingDays } from './working-days.ts'
import { loadWorld } from './world.ts'

/** "No answer for 2 working days: mention the next who can, once." */
const PATIENCE_WORKING_DAYS = 2

/**
 * Asks the next who can decide, where whoever was asked first has not answered. Once for each request.
 * @returns cards on which somebody was asked
 */
export async function remindOfDecisions(parts: OwnParts): Promise<string[]> {
  const { db, office } = parts
  const now = office.clock.calendar()
  if (!inWorkingHours(now)) return []
  const waiting = await db.kysely
    .selectFrom('request')
    .select(['card_id', 'state_since'])
    .where('state', '=', 'ready')
    .where('paused_because', 'is', null)
    .orderBy('card_id')
    .execute()
  const due = waiting.filter(({ state_since }) => wholeWorkingDays(state_since, now) >= PATIENCE_WORKING_DAYS)
  const cards = [...new Set(due.map(({ card_id }) => card_id))]
  return onEachCard(parts, cards, async ({ tx, notify }, card) => {
    const world = await loadWorld(tx, office, card)
    if (world?.request?.state !== 'ready') return false
    const told = await tx
      .selectFrom('notice')
      .select(['kind', 'mentions'])
      .where('request_id', '=', world.request.id)
      .where('kind', 'in', ['ready', 'reminder'])
      .execute()
    const next = world.sponsors.find((id) => !told.some(({ mentions }) => mentions.includes(id)))
    if (!next || told.some(({ kind }) => kind === 'reminder')) return false
    notify(remindingNotice(world, next))
    return true
  })
}
