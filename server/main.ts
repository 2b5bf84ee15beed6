import { createServer } from 'node:http'
import { SECOND } from './clock.ts'
import { compose } from './compose.ts'
import { ConfigError, readConfig } from './config.ts'

/** `npm start`: reads the configuration, composes, listens, and stops cleanly when it is told to. */

/** After this long, whatever still hangs is let go. */
const BACKSTOP = 10 * SECOND

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const product = await compose(config)
  await product.start()
  const server = createServer(product.app)
  server.listen(config.port, config.host, () => console.log(`Listening on port ${config.port}. ${product.says}`))
  const stop = () => {
    setTimeout(() => process.exit(1), BACKSTOP).unref()
    server.close()
    server.closeAllConnections()
    void product.stop()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigError || error instanceof Error ? error.message : 'The server cannot start.')
  process.exitCode = 1
})
