import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Database } from './db/database.ts'

/** Figures for whoever runs the server. Low-cardinality: no ids, no names. */
export function createMetrics(db: Database) {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const refused = new Counter({
    name: 'tokens_refused_total',
    help: 'Tokens that were refused, by reason.',
    labelNames: ['reason'],
    registers: [registry],
  })
  const owed = new Gauge({
    name: 'notices_owed',
    help: 'Comments that are owed and not sent yet.',
    registers: [registry],
    async collect() {
      const row = await db.kysely
        .selectFrom('notice')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('state', '=', 'owed')
        .executeTakeFirst()
      this.set(Number(row?.n ?? 0))
    },
  })
  const stuck = new Gauge({
    name: 'steps_stuck',
    help: 'Steps that will not move until a person acts.',
    registers: [registry],
    async collect() {
      const row = await db.kysely
        .selectFrom('step')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('state', '=', 'stuck')
        .executeTakeFirst()
      this.set(Number(row?.n ?? 0))
    },
  })
  return {
    refused: (reason: string) => refused.inc({ reason }),
    text: () => registry.metrics(),
    gauges: [owed, stuck],
  }
}
