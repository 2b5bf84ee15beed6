import { readFile } from 'node:fs/promises'
import { publishedHeads } from './audit/heads.ts'
import { type Verdict, verifyExport, verifyLog } from './audit/verify.ts'
import { openDatabase } from './db/database.ts'
import { verifySteps } from './grants/verify-steps.ts'

/**
 * `npm run verify` checks the log in the database, and the steps against it; `npm run verify -- log.jsonl` checks an exported one.
 * Exit code 0: whole. 1: broken, with the first broken link. 2: it could not be checked.
 */
async function main(): Promise<Verdict> {
  const headFile = process.env['LOG_HEAD_FILE']
  const heads = headFile ? await publishedHeads(headFile) : []
  const powerUpId = process.env['TRELLO_POWER_UP_ID'] || null
  const [file] = process.argv.slice(2)
  if (file) return verifyExport(await readFile(file, 'utf8'), heads, powerUpId)
  const url = process.env['DATABASE_URL'] || null
  const dataDir = url ? null : process.env['EMBEDDED_DATABASE_DIR'] || null
  if (!url && !dataDir)
    throw new Error('Say what to check: set DATABASE_URL or EMBEDDED_DATABASE_DIR, or name an exported log.')
  const db = await openDatabase({ url, dataDir }, 'as-it-is')
  try {
    const verdict = await verifyLog(db.kysely, heads, powerUpId)
    const wrong = await verifySteps(db.kysely)
    return { ok: verdict.ok && wrong.length === 0, lines: [...verdict.lines, ...wrong] }
  } finally {
    await db.close()
  }
}

try {
  const verdict = await main()
  for (const line of verdict.lines) console.log(line)
  process.exitCode = verdict.ok ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : 'The log could not be read.')
  process.exitCode = 2
}
