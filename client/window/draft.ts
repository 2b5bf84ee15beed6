import type { Shelf } from '../kept.ts'
import type { Values } from './fields.tsx'

/**
 * What is typed and not sent. The tab keeps it at once, so that closing, signing out or a token that ran out lose
 * nothing; the server keeps it a moment later, for the next visit from anywhere.
 */
export interface Draft {
  /** What the tab kept; `null` when nothing, or when it rested on something that has changed. */
  read(basis: string): Values | null
  change(values: Values, basis: string): void
  /** Has the server keep it now: another window is about to be filled from it. */
  keep(): Promise<void>
  /** It was sent: nothing is kept any more. */
  sent(): void
}

const AFTER_MS = 500

export function createDraft(shelf: Shelf, key: string, send: (values: Values) => Promise<unknown>): Draft {
  let waiting: ReturnType<typeof setTimeout> | undefined
  let unsent: Values | null = null
  const keep = async () => {
    clearTimeout(waiting)
    const values = unsent
    unsent = null
    if (values) await send(values).catch(() => {})
  }
  return {
    read(basis) {
      const found = shelf.read(key)
      if (typeof found !== 'object' || found === null || !('basis' in found) || !('values' in found)) return null
      return found.basis === basis ? valuesOf(found.values) : null
    },
    change(values, basis) {
      shelf.write(key, { basis, values })
      unsent = values
      clearTimeout(waiting)
      waiting = setTimeout(() => void keep(), AFTER_MS)
    },
    keep,
    sent() {
      clearTimeout(waiting)
      unsent = null
      shelf.drop(key)
    },
  }
}

function valuesOf(kept: unknown): Values | null {
  if (typeof kept !== 'object' || kept === null) return null
  return Object.fromEntries(
    Object.entries(kept).flatMap(([name, value]: [string, unknown]): [string, Values[string]][] => {
      if (typeof value === 'string' || typeof value === 'boolean') return [[name, value]]
      return Array.isArray(value) ? [[name, value.map(String)]] : []
    }),
  )
}
