import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import express, { type Router } from 'express'
import { append } from '../audit/append.ts'
import type { NewEvent } from '../audit/events.ts'
import { exportLog } from '../audit/export.ts'
import { readLog } from '../audit/read.ts'
import type { Database } from '../db/database.ts'
import type { Actor } from '../requests/act.ts'
import { loadActor } from '../requests/actor.ts'
import type { Office } from '../requests/world.ts'
import { HttpProblem } from './problem.ts'
import { type TokenReader, viewerOf } from './who.ts'

/**
 * The log as JSON lines, without the personal details beside it: Senior Tech and keepers for any request or person and as a whole, everybody for their own. That
 * somebody read what is not their own is logged too, before they get it.
 */
export function logRoutes(parts: {
  db: Database
  office: Office
  tokens: TokenReader
  refused(reason: string): void
}): Router {
  const router = express.Router()
  const note = (actor: Actor, boardId: string, scope: string, about: Pick<NewEvent, 'requestId' | 'personId'>) =>
    parts.db.transaction((tx) =>
      append(
        tx,
        [{ ...about, type: 'log-exported', actor: actor.person?.id ?? '', stepId: null, boardId, data: { scope } }],
        parts.office.clock,
      ),
    )
  router.get('/', async (request, response) => {
    const viewer = await viewerOf(request, parts.tokens, parts.refused)
    const actor = await loadActor(parts.db.kysely, parts.office, viewer)
    if (!readsAll(actor))
      throw new HttpProblem(403, 'not-yours', 'Senior Tech and register keepers can read the whole log.')
    await note(actor, viewer.boardId, 'whole', { requestId: null, personId: null })
    response.type('application/x-ndjson')
    // Written as it is read, at the reader's pace: the log grows for years.
    await pipeline(Readable.from(exportLog(parts.db.kysely)), response)
  })
  router.get('/:scope/:id', async (request, response) => {
    const viewer = await viewerOf(request, parts.tokens, parts.refused)
    const actor = await loadActor(parts.db.kysely, parts.office, viewer)
    const scope = String(request.params['scope'])
    const id = String(request.params['id'])
    if (scope !== 'requests' && scope !== 'people')
      throw new HttpProblem(404, 'not-found', 'Ask for the log of a request or a person.')
    const owner =
      scope === 'people'
        ? id
        : (await parts.db.kysely.selectFrom('request').select('person_id').where('id', '=', id).executeTakeFirst())
            ?.person_id
    const own = owner !== undefined && owner === actor.person?.id
    if (!own && !readsAll(actor))
      throw new HttpProblem(
        403,
        'not-yours',
        'You can read your own log. Senior Tech and register keepers can read others’.',
      )
    if (!own)
      await note(actor, viewer.boardId, scope, {
        requestId: scope === 'requests' ? id : null,
        personId: owner ?? null,
      })
    const events = await readLog(parts.db.kysely, scope === 'people' ? { personId: id } : { requestId: id })
    // Details stay behind: what is saved as a file cannot be erased with them.
    const lines = events.map(({ detail: _personal, ...event }) => `${JSON.stringify(event)}\n`)
    response.type('application/x-ndjson').send(lines.join(''))
  })
  return router
}

function readsAll({ roles }: Actor): boolean {
  return roles.keeper || roles.seniorTech
}
