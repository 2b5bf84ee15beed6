import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { verifyLog } from '../../server/audit/verify.ts'
import { systemClock } from '../../server/clock.ts'
import { compose } from '../../server/compose.ts'
import type { Config } from '../../server/config.ts'
import { setFaultHook } from '../../server/grants/fault-point.ts'
import { seedPeople } from '../practice-world.ts'

/**
 * The whole product in a process of its own, so that it can be killed. Arguments: a file with its configuration, its
 * port, and `point:system` at which it kills itself. `/peek` shows what its database holds, `/kill-at/…` sets
 * the point anew.
 */
const [file = '', port = '0', point = ''] = process.argv.slice(2)
let killAt = point
const config: Config = JSON.parse(readFileSync(file, 'utf8'))

setFaultHook((point, system) => {
  if (`${point}:${system}` !== killAt) return
  process.kill(process.pid, 'SIGKILL')
  return new Promise(() => {})
})

const product = await compose(config)
await seedPeople(product, systemClock)
await product.start()
const db = product.db.kysely

async function peek() {
  return {
    steps: await db
      .selectFrom('step')
      .select(['id', 'key', 'direction', 'state', 'turn', 'sentence', 'lease_by'])
      .orderBy('ordinal')
      .execute(),
    requests: await db.selectFrom('request').select(['id', 'card_id', 'state']).execute(),
    cards: (await db.selectFrom('card').select('id').execute()).map((card) => card.id),
    intents: (await db.selectFrom('event').select('step_id').where('type', '=', 'step-intent').execute()).length,
    holdings: (await db.selectFrom('holding').select('grant_key').execute()).map((one) => one.grant_key).sort(),
    log: await verifyLog(db, []),
  }
}
export type Peek = Awaited<ReturnType<typeof peek>>

const server = createServer((request, response) => {
  const at = /^\/kill-at\/(.+)$/.exec(request.url ?? '')?.[1]
  if (at) {
    killAt = at
    return response.end('{}')
  }
  if (request.url !== '/peek') return product.app(request, response)
  peek().then(
    (seen) => response.setHeader('content-type', 'application/json').end(JSON.stringify(seen)),
    () => response.writeHead(500).end(),
  )
})
server.listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'))
process.once('SIGTERM', () => {
  server.closeAllConnections()
  server.close()
  void product.stop()
})
