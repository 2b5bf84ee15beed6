import express, { type Router } from 'express'
import { z } from 'zod'
import { append } from '../audit/append.ts'
import type { Database } from '../db/database.ts'
import { loadActor } from '../requests/actor.ts'
import type { Office } from '../requests/world.ts'
import { HttpProblem } from './problem.ts'
import { exportLedger } from './reading/people.ts'
import type { Reading } from './reading.ts'
import { type TokenReader, viewerOf } from './who.ts'

const idForm = /^[A-Za-z0-9_-]{1,60}$/
const MOST_LETTERS = 100
const lookedFor = z.strictObject({ find: z.string().max(MOST_LETTERS) })

/** Who holds what: the list, one person's page, and the whole as a spreadsheet, which is logged before anybody gets it. */
export function peopleRoutes(parts: {
  db: Database
  office: Office
  reading: Reading
  tokens: TokenReader
  refused(reason: string): void
}): Router {
  const router = express.Router()
  const { db, office } = parts
  // A name to look for is no part of an address: those stand in the logs of proxies.
  router.post('/', async (request, response) => {
    const viewer = await viewerOf(request, parts.tokens, parts.refused)
    const asked = lookedFor.safeParse(request.body)
    if (!asked.success) throw new HttpProblem(400, 'unreadable', `Send a name of at most ${MOST_LETTERS} letters.`)
    response.json(await parts.reading.people(viewer, asked.data.find))
  })
  router.get('/ledger.csv', async (request, response) => {
    const viewer = await viewerOf(request, parts.tokens, parts.refused)
    const actor = await loadActor(db.kysely, office, viewer)
    const csv = await exportLedger(db.kysely, actor, () =>
      db.transaction(async (tx) => {
        const about = { requestId: null, personId: null, stepId: null, boardId: viewer.boardId, data: {} }
        await append(tx, [{ ...about, type: 'ledger-exported', actor: actor.person?.id ?? '' }], office.clock)
      }),
    )
    response.type('text/csv').send(csv)
  })
  router.get('/:id', async (request, response) => {
    const viewer = await viewerOf(request, parts.tokens, parts.refused)
    const id = String(request.params['id'])
    if (!idForm.test(id)) throw new HttpProblem(400, 'no-subject', 'Say whose page this is about.')
    response.json(await parts.reading.person(viewer, id))
  })
  return router
}
