import { type DestinationStream, pino } from 'pino'

export interface Log {
  /** Something that should not happen: its kind and where in our code, never its message. */
  unexpected(error: unknown): void
}

/**
 * The one logger. No personal data and no secrets: an error's message may quote a name, an address or a token (JSON and
 * SQL errors quote what they choke on), so only its kind, its code and its stack's places are written.
 */
export function createLog(level: string, to?: DestinationStream): Log {
  const options = { level, base: null }
  const logger = to ? pino(options, to) : pino(options)
  return {
    unexpected(error) {
      const known = error instanceof Error
      const code = known && 'code' in error && typeof error.code === 'string' ? error.code : undefined
      const places = known ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : undefined
      logger.error({ kind: known ? error.name : typeof error, code, places }, 'unexpected')
    },
  }
}
