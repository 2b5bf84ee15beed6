import { loadActor } from '../../requests/actor.ts'
import { whoCouldBeNamed } from '../../requests/acts/attach.ts'
import { HostFailure } from '../../requests/card-host.ts'
import { currentRequest } from '../../requests/current.ts'
import { locate } from '../../requests/locate.ts'
import { loadShared } from '../../requests/world.ts'
import type { Button, WindowView } from '../api.ts'
import { HttpProblem } from '../problem.ts'
import { standingWindow, unknownCardWindow } from '../views/card-button.ts'
import type { Viewer } from '../who.ts'
import { candidates, levelsOf } from './naming.ts'
import type { ReadingParts } from './parts.ts'
import { readSection } from './section.ts'
import { readWindow } from './window.ts'

/** What the card's button opens: the section's own next step, or for a card that is not ours, how it becomes ours. */
export async function readCardButton(parts: ReadingParts, viewer: Viewer, cardId: string): Promise<WindowView | null> {
  const place = await locate(parts.db.kysely, cardId)
  if (!place) return readUnknownCard(parts, viewer, cardId)
  const section = await readSection(parts, viewer, place.cardId)
  if (!section) return null
  const request = await currentRequest(parts.db.kysely, place.cardId)
  // Where nobody is named yet, whoever may name somebody most likely came for that; whoever is named came to ask.
  const naming = request === null ? section.buttons.find((button) => opens(button)?.name === 'attach') : null
  const next = opens(naming) ?? opens(section.primary)
  if (!next) return standingWindow(section, cardId)
  const view = await readWindow(parts, viewer, next.name, next.subject)
  // Who names the engineer may be the engineer: asking stays one click away.
  const own = naming && view && section.primary ? [section.primary] : []
  return view && { ...view, buttons: [...view.buttons, ...own] }
}

function opens(button: Button | null | undefined): { name: string; subject: string } | null {
  if (!button || !('opens' in button.does)) return null
  return { name: button.does.opens, subject: button.does.args?.['subject'] ?? '' }
}

/** @throws HttpProblem where the card is not on the viewer's board, or cannot be read */
async function readUnknownCard(parts: ReadingParts, viewer: Viewer, cardId: string): Promise<WindowView> {
  const { db, office } = parts
  const actor = await loadActor(db.kysely, office, viewer)
  const board = await db.kysely.selectFrom('board').select('id').where('id', '=', viewer.boardId).executeTakeFirst()
  const known = { cardId, connected: board !== undefined, levels: levelsOf(office.ruleSet(null)) }
  const shared = await loadShared(db.kysely, office)
  const ids = whoCouldBeNamed(shared.people, actor)
  if (!board || ids.length === 0) return unknownCardWindow({ ...known, candidates: [] }, actor)
  const card = await parts.host.readCard(cardId).catch((error: unknown) => {
    if (error instanceof HostFailure) throw new HttpProblem(503, 'host-unreachable', unreadable)
    throw error
  })
  if (card.boardId !== viewer.boardId)
    throw new HttpProblem(403, 'other-board', 'This card is on another board. Open it there.')
  return unknownCardWindow({ ...known, candidates: candidates(card, shared, ids) }, actor)
}

const unreadable =
  'We cannot read this card in Trello now, so it cannot be attached. Try again in a minute. If it stays, a board admin adds our service member to the board.'
