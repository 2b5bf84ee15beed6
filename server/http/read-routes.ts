import express, { type Router } from 'express'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { BadgesView } from './api.ts'
import type { Changes } from './changes.ts'
import { createStreamCount } from './limits.ts'
import { HttpProblem } from './problem.ts'
import type { Reading } from './reading.ts'
import { followChanges } from './stream.ts'
import type { Versions } from './versions.ts'
import { type TokenReader, type Viewer, viewerOf } from './who.ts'

const trelloId = z.string().regex(/^[0-9a-f]{24}$/)
const badgesAsked = z.strictObject({ cards: z.array(trelloId).max(500) })
const draftInput = z.record(
  z.string().max(80),
  z.union([z.string().max(5000), z.boolean(), z.array(z.string().max(300)).max(50)]),
)
const subjectForm = /^[A-Za-z0-9_-]{1,60}$/

export interface ReadRouteParts {
  reading: Reading
  badges(boardId: string, cardIds: string[]): Promise<BadgesView>
  tokens: TokenReader
  refused(reason: string): void
  changes: Changes
  clock: Clock
  versions: Versions
}

/** Everything that is read: badges, the section, windows, the queue, settings, and the live stream. */
export function readRoutes(parts: ReadRouteParts): Router {
  const router = express.Router()
  const streams = createStreamCount()
  const viewer = (request: express.Request): Promise<Viewer> => viewerOf(request, parts.tokens, parts.refused)
  const cardOf = (request: express.Request, who: Viewer): string => {
    const id = String(request.params['card'] ?? request.query['card'] ?? '')
    if (!trelloId.safeParse(id).success) throw new HttpProblem(400, 'no-card', 'Say which card, by its id.')
    if (who.cardId !== null && who.cardId !== id)
      throw new HttpProblem(403, 'other-card', 'This belongs to another card. Open that card.')
    return id
  }

  router.post('/badges', async (request, response) => {
    const { boardId } = await viewer(request)
    const body = badgesAsked.safeParse(request.body)
    if (!body.success) throw new HttpProblem(400, 'unreadable', 'Send the ids of at most 500 cards.')
    const view = await parts.badges(boardId, body.data.cards)
    answerVersion(request, response, view)
  })

  router.get('/cards/:card', async (request, response) => {
    const who = await viewer(request)
    const view = await parts.reading.section(who, cardOf(request, who))
    if (!view) throw notOurs()
    answerVersion(request, response, view)
  })

  router.get('/windows/:name', async (request, response) => {
    const who = await viewer(request)
    const view = await parts.reading.window(who, String(request.params['name']), subjectOf(request))
    if (!view) throw new HttpProblem(404, 'no-window', 'There is nothing to show for this any more.')
    response.json(view)
  })

  router.put('/drafts/:name', async (request, response) => {
    const who = await viewer(request)
    const body = draftInput.safeParse(request.body)
    if (!body.success) throw new HttpProblem(400, 'unreadable', 'We could not keep what you typed.')
    await parts.reading.keepDraft(who, String(request.params['name']), subjectOf(request), body.data)
    response.status(204).end()
  })

  // Whom somebody looks for comes in the body: addresses stand in the logs of proxies.
  router.all('/queue', async (request, response) => {
    const who = await viewer(request)
    const asked = (name: string) => String(request.query[name] ?? '').slice(0, 100)
    const view = await parts.reading.queue(who, {
      board: asked('board'),
      tab: asked('tab'),
      person: personLookedFor(request),
      system: asked('system'),
      state: asked('state'),
    })
    response.json(view)
  })

  router.get('/settings', async (request, response) => {
    response.json(await parts.reading.settings(await viewer(request)))
  })

  router.get('/stream', async (request, response) => {
    const who = await viewer(request)
    const cardId = request.query['card'] === undefined ? null : cardOf(request, who)
    // Only what somebody may read is followed: when a card changes is told to nobody else.
    if (cardId !== null && (await parts.reading.section(who, cardId)) === null) throw notOurs()
    streams.open(who.memberId, response)
    const current = await (cardId ? parts.versions.ofCard(cardId) : parts.versions.ofBoard(who.boardId))
    followChanges(request, response, { ...parts, viewer: who, following: { cardId, boardId: who.boardId }, current })
  })
  return router
}

function notOurs(): HttpProblem {
  return new HttpProblem(404, 'not-ours', 'This card is not a copy of a template.')
}

/** Answers the view with its version as ETag, or 304 where the client has it. */
function answerVersion(request: express.Request, response: express.Response, view: { version: string }): void {
  const etag = `"${view.version}"`
  response.set('ETag', etag)
  if (request.get('if-none-match') === etag) response.status(304).end()
  else response.json(view)
}

function subjectOf(request: express.Request): string {
  const subject = String(request.query['subject'] ?? '')
  if (!subjectForm.test(subject)) throw new HttpProblem(400, 'no-subject', 'Say what this is about.')
  return subject
}

const lookedFor = z.object({ person: z.string().max(100) })

function personLookedFor(request: express.Request): string {
  if (request.method !== 'POST') return ''
  const body = lookedFor.safeParse(request.body)
  if (!body.success) throw new HttpProblem(400, 'unreadable', 'Send a name of at most 100 letters.')
  return body.data.person
}
