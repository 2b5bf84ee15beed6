import { parseArgs } from 'node:util'
import { systemClock } from '../clock.ts'
import { openDatabase } from '../db/database.ts'
import { EraseRefused, erasePerson } from './erase.ts'

/**
 * `npm run erase -- --person ID --operator NAME --reason TEXT` erases the personal details beside the log that are about
 * one person. Exit code 0: done and logged. 1: refused, nothing was erased. 2: it could not be tried.
 */
async function main(): Promise<string> {
  const { values } = parseArgs({
    options: { person: { type: 'string' }, operator: { type: 'string' }, reason: { type: 'string' } },
  })
  const { person, operator = '', reason = '' } = values
  if (!person) throw new EraseRefused('Say whose details with --person, by the id that the log has, such as p-….')
  const url = process.env['DATABASE_URL'] || null
  const dataDir = url ? null : process.env['EMBEDDED_DATABASE_DIR'] || null
  if (!url && !dataDir) throw new Error('Say where the log is: set DATABASE_URL or EMBEDDED_DATABASE_DIR.')
  const db = await openDatabase({ url, dataDir }, 'as-it-is')
  try {
    const erased = await erasePerson(db, { personId: person, operator, reason }, systemClock)
    return `Erased ${erased} ${erased === 1 ? 'detail' : 'details'} about ${person}, and logged it. npm run verify finds the log whole.`
  } finally {
    await db.close()
  }
}

try {
  console.log(await main())
} catch (error) {
  console.error(error instanceof Error ? error.message : 'Nothing was erased.')
  process.exitCode = error instanceof EraseRefused ? 1 : 2
}
