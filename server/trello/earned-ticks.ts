import { append } from '../audit/append.ts'
import { type Clock, DAY, MINUTE } from '../clock.ts'
import type { Database } from '../db/database.ts'
import { type CardHost, type HostChecklist, HostFailure } from '../requests/card-host.ts'
import { type ChecklistMap, meaningOf } from './checklist-map.ts'

/** A card that refuses a tick is asked again this much later: by then somebody may have put it right. */
const REFUSED_REST = 10 * MINUTE

/**
 * Ticks the items of mapped checklists whose grants are all closed. Every other checklist and item is left alone, and a
 * tick that a person made on such an item says nothing about the step. A card that refuses a tick holds up no other.
 * @throws HostFailure where the host itself cannot be reached
 */
export async function tickEarned(parts: {
  db: Database
  host: CardHost
  clock: Clock
  map: ChecklistMap
  /** Reads the card again, so that an earned tick is not earned twice. */
  refresh(cardId: string): Promise<void>
  /** By card, until when it is left alone; kept by the caller between rounds. */
  refused: Map<string, number>
}): Promise<void> {
  const { db, clock, refused } = parts
  const now = clock.wall().getTime()
  const requests = await db.kysely
    .selectFrom('request')
    .innerJoin('card', 'card.id', 'request.card_id')
    .select(['request.id', 'request.person_id', 'card.id as card_id', 'card.board_id', 'card.checklists'])
    .where('request.state', 'in', ['granting', 'granted'])
    .where('card.closed', '=', false)
    .where('card.deleted_at', 'is', null)
    .where('request.updated_at', '>', new Date(now - 7 * DAY))
    .execute()
  for (const request of requests.filter(({ card_id }) => (refused.get(card_id) ?? 0) <= now))
    try {
      await tickCard(parts, request)
      refused.delete(request.card_id)
    } catch (error) {
      if (!(error instanceof HostFailure) || !onlyThisCard.includes(error.kind)) throw error
      refused.set(request.card_id, now + REFUSED_REST)
    }
}

const onlyThisCard: HostFailure['kind'][] = ['not-found', 'forbidden', 'refused']

async function tickCard(
  { db, host, clock, map, refresh }: Parameters<typeof tickEarned>[0],
  request: { id: string; person_id: string; card_id: string; board_id: string; checklists: HostChecklist[] },
): Promise<void> {
  const steps = await db.kysely
    .selectFrom('step')
    .select(['key', 'state', 'plan'])
    .where('request_id', '=', request.id)
    .where('direction', '=', 'grant')
    .execute()
  let ticked = false
  for (const checklist of request.checklists)
    for (const item of checklist.items) {
      const meaning = meaningOf(map, checklist.name, item.name)
      if (item.complete || meaning?.is !== 'step') continue
      const own = steps.filter((step) => meaning.grants.includes(step.plan.grant))
      if (own.length === 0 || !own.every((step) => step.state === 'verified' || step.state === 'seen')) continue
      await host.tick(request.card_id, item.id, true)
      ticked = true
      await db.transaction((tx) =>
        append(
          tx,
          [
            {
              type: 'tick-earned',
              actor: 'system',
              requestId: request.id,
              personId: request.person_id,
              stepId: null,
              boardId: request.board_id,
              data: { item: item.id },
            },
          ],
          clock,
        ),
      )
    }
  if (ticked) await refresh(request.card_id)
}
