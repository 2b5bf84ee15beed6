import type { Request, Response } from 'express'
import type { Clock } from '../clock.ts'
import { SECOND } from '../clock.ts'
import type { LiveEvent } from './api.ts'
import type { Change, Changes } from './changes.ts'
import type { Viewer } from './who.ts'

/** How often a quiet stream says that it is alive; below the idle time-outs of common proxies (60 s). */
const HEARTBEAT = 25 * SECOND

/** What a stream follows: one card, or all cards of a board. */
export interface Following {
  cardId: string | null
  boardId: string
}

/**
 * Server-sent-event framing over one `fetch`: every change of what is followed, until the token ends. The client asks
 * again for the state itself, so that an event carries nothing that the viewer might not read.
 */
export function followChanges(
  request: Request,
  response: Response,
  parts: { changes: Changes; clock: Clock; viewer: Viewer; following: Following; current: string },
): void {
  const { changes, clock, viewer, following, current } = parts
  response
    .status(200)
    .set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' })
  response.flushHeaders()
  const write = (event: LiveEvent) =>
    response.write(`id: ${event.id}\nevent: change\ndata: ${JSON.stringify(event)}\n\n`)
  const say = ({ cardId, boardId, version, boardVersion }: Change) => {
    const whole = following.cardId === null
    const about = whole ? boardId === following.boardId : cardId === following.cardId
    if (about) write({ id: whole ? boardVersion : version, card: cardId, board: boardId, version, announcement: null })
  }
  const stopListening = changes.listen(say)
  // Whoever comes back after a gap hears at once when something happened meanwhile.
  const last = request.get('Last-Event-ID')
  if (last !== undefined && current !== '' && last !== current)
    write({ id: current, card: following.cardId, board: following.boardId, version: current, announcement: null })
  response.write('retry: 3000\n\n')
  const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT)
  const end = setTimeout(() => response.end(), Math.max(0, viewer.until.getTime() - clock.wall().getTime()))
  response.on('close', () => {
    clearInterval(heartbeat)
    clearTimeout(end)
    stopListening()
  })
}
