import { fromKysely, PgBoss } from 'pg-boss'
import { SECOND } from '../clock.ts'
import type { Database, Tx } from '../db/database.ts'

const QUEUE = 'wake'
/** Finds what a lost wake-up missed, and steps whose time to look again has come. */
const SWEEP_EVERY = 1 * SECOND

export interface Wake {
  /** Wakes a worker of any process once this transaction is committed; never when it is rolled back. */
  send(tx: Tx): Promise<void>
  stop(): Promise<void>
}

/**
 * Wakes work through a queue on the same database. The queue carries no state: losing all of it costs nothing, because
 * steps say themselves when they are due.
 * @param work looks for due steps and carries them out
 */
export async function startWake(
  db: Database,
  work: () => Promise<unknown>,
  report: (error: unknown) => void,
): Promise<Wake> {
  const boss = new PgBoss({ db: { executeSql: db.executeSql }, schema: 'wake', persistWarnings: false })
  boss.on('error', report)
  await boss.start()
  await boss.createQueue(QUEUE)
  let running: Promise<unknown> | null = null
  const run = () => {
    running ??= work()
      .catch(report)
      .finally(() => {
        running = null
      })
    return running
  }
  await boss.work(QUEUE, { pollingIntervalSeconds: 1 }, async () => {
    await run()
  })
  const sweep = setInterval(() => void run(), SWEEP_EVERY)
  return {
    async send(tx) {
      await boss.send(QUEUE, {}, { db: fromKysely(tx) })
    },
    async stop() {
      clearInterval(sweep)
      await boss.stop({ graceful: false })
      await running
    },
  }
}
