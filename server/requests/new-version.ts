import type { Clock } from '../clock.ts'
import type { Tx } from '../db/database.ts'

/** Whoever looks at a request learns that something of it changed. */
export async function newVersion(tx: Tx, requestId: string, clock: Clock): Promise<void> {
  await tx
    .updateTable('request')
    .set((eb) => ({ version: eb('version', '+', 1), updated_at: clock.wall() }))
    .where('id', '=', requestId)
    .execute()
}
