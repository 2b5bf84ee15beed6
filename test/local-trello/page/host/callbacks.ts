import { isRecord } from '../dom.ts'
import type { Messages, Peer } from './messages.ts'
import { shown } from './shown.ts'

/** Functions travel as references. Here they become functions again, which run where they came from. */

export type Callback = (options: Record<string, unknown>, context: Record<string, unknown>) => Promise<unknown>

/** An answer with its functions, kept in the frame until released. */
export interface Held {
  value: unknown
  release(): void
}

export interface Callbacks {
  hold(value: unknown, peer: Peer): Held
}

const CALLBACK_MS = 5_000

export function createCallbacks(
  messages: Messages,
  contextOf: (more: Record<string, unknown>) => Record<string, unknown>,
  locale: string,
): Callbacks {
  function hold(value: unknown, peer: Peer): Held {
    const held = new Set<string>()
    let released = false

    const send = (action: string, callback: string, options: Record<string, unknown>, more: Record<string, unknown>) =>
      messages.request(
        peer,
        'callback',
        {
          action,
          callback,
          options: { ...options, locale },
          context: contextOf({ ...more, command: 'callback' }),
          locale,
        },
        CALLBACK_MS,
      )

    function revive(one: unknown): unknown {
      if (Array.isArray(one)) return one.map(revive)
      if (!isRecord(one)) return one
      const callback = one['_callback']
      if (typeof callback !== 'string')
        return Object.fromEntries(Object.entries(one).map(([key, part]) => [key, revive(part)]))
      held.add(callback)
      void send('retain', callback, {}, {}).catch(() => null)
      const run: Callback = async (options, context) => {
        await shown()
        return revive(await send('run', callback, options, context))
      }
      return run
    }

    return {
      value: revive(value),
      release() {
        if (released) return
        released = true
        for (const callback of held) void send('release', callback, {}, {}).catch(() => null)
      },
    }
  }
  return { hold }
}

export function isCallback(value: unknown): value is Callback {
  return typeof value === 'function'
}
