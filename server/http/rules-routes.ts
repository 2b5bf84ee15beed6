import express, { type Router } from 'express'
import { csvLine } from '../people/csv.ts'
import type { Office } from '../requests/world.ts'
import { permissionsOf } from '../rules/permissions.ts'
import { type TokenReader, viewerOf } from './who.ts'

/** What each level gives, as a spreadsheet with the sentences of the rules. Public rules: anybody on a board may have it. */
export function rulesRoutes(parts: { office: Office; tokens: TokenReader; refused(reason: string): void }): Router {
  const router = express.Router()
  router.get('/', async (request, response) => {
    await viewerOf(request, parts.tokens, parts.refused)
    const ruleSet = parts.office.ruleSet(null)
    const rows = permissionsOf(ruleSet).map(({ level, id, name, where, sentence, url }) =>
      csvLine([ruleSet.id, level, id, name, where.join('; '), sentence, url]),
    )
    const header = csvLine(['rule_set', 'level', 'id', 'permission', 'where', 'sentence', 'source'])
    response.type('text/csv').send([header, ...rows].map((line) => `${line}\n`).join(''))
  })
  return router
}
