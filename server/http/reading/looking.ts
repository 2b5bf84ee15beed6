import type { Actor, World } from '../../requests/act.ts'
import { loadWorld } from '../../requests/world.ts'
import { HttpProblem } from '../problem.ts'
import type { Viewer } from '../who.ts'
import type { ReadingParts } from './parts.ts'

/**
 * The world of a card, for somebody who looks at it from a board. Those who work across boards, and those whom the request
 * concerns, may look from any board (the queue); others from the card's own.
 * @param engineerId who the engineer would be, where the card has no request yet
 * @throws HttpProblem 403 from another board
 */
export async function lookFrom(
  parts: Pick<ReadingParts, 'db' | 'office' | 'refresh'>,
  viewer: Viewer,
  actor: Actor,
  cardId: string,
  engineerId: string | null = actor.person?.id ?? null,
): Promise<World | null> {
  const load = () => loadWorld(parts.db.kysely, parts.office, cardId, engineerId)
  const world = await load()
  if (!world || mayLookFrom(viewer.boardId, actor, world)) return world
  await parts.refresh(cardId)
  const again = await load()
  if (!again || mayLookFrom(viewer.boardId, actor, again)) return again
  throw new HttpProblem(403, 'other-board', 'This card is on another board. Open it there.')
}

export function mayLookFrom(boardId: string, { roles, person }: Actor, { card, engineer, sponsors }: World): boolean {
  if (card.board_id === boardId) return true
  if (roles.keeper || roles.seniorTech || roles.secondLine || roles.holdsAdmin) return true
  if (person === null || engineer === null) return false
  const concerned = [engineer.id, engineer.techLead?.value, engineer.lineManager?.value, ...sponsors]
  return concerned.includes(person.id)
}
