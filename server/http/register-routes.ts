import express, { type Router } from 'express'
import { append } from '../audit/append.ts'
import type { Database } from '../db/database.ts'
import { listPeople } from '../people/listing.ts'
import { loadActor } from '../requests/actor.ts'
import type { Office } from '../requests/world.ts'
import { HttpProblem } from './problem.ts'
import { type TokenReader, viewerOf } from './who.ts'

/** The register as the spreadsheet that is imported: for keepers alone, and logged before they get it. */
export function registerRoutes(parts: {
  db: Database
  office: Office
  tokens: TokenReader
  refused(reason: string): void
}): Router {
  const router = express.Router()
  router.get('/', async (request, response) => {
    const viewer = await viewerOf(request, parts.tokens, parts.refused)
    const { person, roles } = await loadActor(parts.db.kysely, parts.office, viewer)
    if (!person || !roles.keeper)
      throw new HttpProblem(403, 'not-yours', 'Only register keepers can download the register.')
    const about = { requestId: null, personId: null, stepId: null, boardId: viewer.boardId }
    await parts.db.transaction((tx) =>
      append(tx, [{ ...about, type: 'register-exported', actor: person.id, data: {} }], parts.office.clock),
    )
    response.type('text/csv').send(await listPeople(parts.db.kysely))
  })
  return router
}
