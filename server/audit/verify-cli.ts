import { openDatabase } from '../db/database.ts'
import { publishedHeads } from './heads.ts'
import { verifyLog } from './verify.ts'

/** `npm run verify`: checks the log offline. Exit code 1 and the first broken link when something is wrong. */
async function main(): Promise<void> {
  const url = process.env['DATABASE_URL'] || null
  const dataDir = process.env['EMBEDDED_DATABASE_DIR'] || null
  if (!url && !dataDir) {
    console.error('Say which database: set DATABASE_URL or EMBEDDED_DATABASE_DIR.')
    process.exitCode = 2
    return
  }
  const db = await openDatabase({ url, dataDir: url ? null : dataDir })
  try {
    const headFile = process.env['LOG_HEAD_FILE']
    const verdict = await verifyLog(db.kysely, headFile ? await publishedHeads(headFile) : [])
    for (const line of verdict.lines) console.log(line)
    process.exitCode = verdict.ok ? 0 : 1
  } finally {
    await db.close()
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : 'The log could not be read.')
  process.exitCode = 1
})
