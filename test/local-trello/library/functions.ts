import type { Client } from './client.ts'
import { NotHandled } from './errors.ts'

/** Functions cannot cross a frame: a reference goes, and the function waits here until the page runs or forgets it. */

export type Remembered = (t: Client, options: Record<string, unknown>) => unknown

const KEEP_MS = 120_000
const SWEEP_MS = 30_000

const fresh = new Map<string, { run: Remembered; at: number }>()
const kept = new Map<string, Remembered>()
let lastCallback = 0

setInterval(() => {
  for (const [id, one] of fresh) if (Date.now() - one.at > KEEP_MS) fresh.delete(id)
}, SWEEP_MS)

/**
 * Makes a value ready to be sent: functions become references, and addresses that begin with `./` are made whole, but
 * only under keys named exactly `url` or `icon`. Class instances lose their class, so a `Date` arrives as `{}`.
 */
export function walk(value: unknown, key = ''): unknown {
  if (!value) return value
  if (isFunction(value)) {
    const id = `cb${++lastCallback}`
    fresh.set(id, { run: value, at: Date.now() })
    return { _callback: id }
  }
  if (typeof value === 'string')
    return (key === 'url' || key === 'icon') && value.startsWith('./') ? new URL(value, location.href).href : value
  if (Array.isArray(value)) return value.map((one) => walk(one))
  if (typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, walk(one, name)]))
  return value
}

/** What the page asks of a reference: keep it, run it, or forget it. */
export function handleCallback(t: Client, given: Record<string, unknown>): unknown {
  const id = String(given['callback'])
  const { action } = given
  if (action === 'release') {
    fresh.delete(id)
    kept.delete(id)
    return null
  }
  const run = kept.get(id) ?? fresh.get(id)?.run
  if (!run || (action !== 'run' && action !== 'retain')) throw new NotHandled('callback')
  kept.set(id, run)
  fresh.delete(id)
  const { options } = given
  return action === 'run' ? run(t, typeof options === 'object' && options !== null ? { ...options } : {}) : id
}

function isFunction(value: unknown): value is Remembered {
  return typeof value === 'function'
}
