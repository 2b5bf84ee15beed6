import express, { type Router } from 'express'
import { readLog } from '../audit/read.ts'
import type { Database } from '../db/database.ts'
import { loadActor } from '../requests/actor.ts'
import type { Office } from '../requests/world.ts'
import { HttpProblem } from './problem.ts'
import { type TokenReader, viewerOf } from './who.ts'

/** The log as JSON lines: Senior Tech and keepers for any request or person, everybody for their own. */
export function logRoutes(parts: {
  db: Database
  office: Office
  tokens: TokenReader
  refused(reason: string): void
}): Router {
  const router = express.Router()
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
    const may = actor.roles.keeper || actor.roles.seniorTech || (owner !== undefined && owner === actor.person?.id)
    if (!may)
      throw new HttpProblem(
        403,
        'not-yours',
        'You can read your own log. Senior Tech and register keepers can read others’.',
      )
    const events = await readLog(parts.db.kysely, scope === 'people' ? { personId: id } : { requestId: id })
    response.type('application/x-ndjson').send(events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  })
  return router
}
