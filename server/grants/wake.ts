import { fromKysely, PgBoss } from 'pg-boss'
import type { Database, Tx } from '../db/database.ts'

const QUEUE = 'wake'
/** So that one system that answers slowly does not hold up what is due in others. */
const MOST_AT_ONCE = 4

export interface Wake {
  /** Wakes a worker of any process once this transaction is committed; never when it is rolled back. */
  send(tx: Tx): Promise<void>
  stop(): Promise<void>
}

export interface WakeParts {
  db: Database
  /** Looks for due steps and carries them out. Answers how many there were. */
  work(): Promise<number>
  report(error: unknown): void
  /** How often due steps are looked for without being woken: their time has come, or a wake-up was lost. Milliseconds. */
  sweepEveryMs: number
}

/**
 * Wakes work through a queue on the same database. The queue carries no state: losing all of it costs nothing, because
 * steps say themselves when they are due.
 */
export async function startWake({ db, work, report, sweepEveryMs }: WakeParts): Promise<Wake> {
  const boss = new PgBoss({ db: { executeSql: db.executeSql }, schema: 'wake', persistWarnings: false })
  boss.on('error', report)
  await boss.start()
  await boss.createQueue(QUEUE)
  let stopped = false
  const running = new Set<Promise<void>>()
  /** Goes on while there is something due: a closed step lets others begin. */
  async function workOff(): Promise<void> {
    while (!stopped && (await work()) > 0);
  }
  function run(): Promise<void> | null {
    if (stopped || running.size >= MOST_AT_ONCE) return null
    const one = workOff()
      .catch(report)
      .finally(() => running.delete(one))
    running.add(one)
    return one
  }
  await boss.work(QUEUE, { pollingIntervalSeconds: 1 }, async () => {
    void run()
  })
  const sweep = setInterval(run, sweepEveryMs)
  return {
    async send(tx) {
      await boss.send(QUEUE, {}, { db: fromKysely(tx) })
    },
    async stop() {
      stopped = true
      clearInterval(sweep)
      await boss.stop({ graceful: false })
      await Promise.all(running)
    },
  }
}
