import { writeSync } from 'node:fs'
import { openDatabase } from '../../server/db/database.ts'

/** Writes person after person and says each name once it is committed, until it is killed. */
const database = await openDatabase({ url: null, dataDir: process.argv[2] ?? null })
for (let n = 0; ; n++) {
  const id = `p-${String(n).padStart(6, '0')}`
  await database.transaction((tx) =>
    tx
      .insertInto('person')
      .values({ id, full_name: 'Alex Green', created_at: new Date(0) })
      .execute(),
  )
  writeSync(1, `${id}.\n`)
}
