import { once } from 'node:events'
import { createServer } from 'node:http'
import { SECOND } from './clock.ts'
import { compose } from './compose.ts'
import { readConfig } from './config.ts'

/** `npm start`: reads the configuration, composes, listens, and stops cleanly when it is told to. */

/** After this long, whatever still hangs is let go. */
const BACKSTOP = 10 * SECOND

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const product = await compose(config)
  const server = createServer(product.app)
  try {
    server.listen(config.port, config.host)
    await once(server, 'listening')
    await product.start()
  } catch (error) {
    server.close()
    await product.stop()
    throw portTaken(error, config.port)
  }
  console.log(`Listening on port ${config.port}. ${product.says}`)
  const stop = () => {
    setTimeout(() => process.exit(1), BACKSTOP).unref()
    server.close()
    server.closeAllConnections()
    product.stop().catch(fail)
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

function portTaken(error: unknown, port: number): unknown {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  return taken ? new Error(`Port ${port} is taken by another process. Stop it, or set PORT.`) : error
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : 'The server failed.')
  process.exitCode = 1
}

main().catch(fail)
