import { createHash } from 'node:crypto'

/** A short name for exactly what is shown: it changes when, and only when, something of it does. */
export function versionOf(shown: unknown): string {
  return createHash('sha256').update(JSON.stringify(shown)).digest('hex').slice(0, 16)
}
