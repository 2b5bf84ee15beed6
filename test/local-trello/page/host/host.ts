import { byId, el, isRecord } from '../dom.ts'
import { type Callbacks, createCallbacks, type Held } from './callbacks.ts'
import { badUrl } from './checks.ts'
import { HostFailure } from './failure.ts'
import { createFrames, type Frames, SANDBOX } from './frames.ts'
import { createMessages, type Messages, type Peer, randomText } from './messages.ts'
import { shown } from './shown.ts'

/** The host's half of the frame protocol, for one Power-Up on one board. */

type Options = Record<string, unknown>
export type Command = (options: Options, context: Options, peer: Peer) => unknown

export interface HostParts {
  plugin: { id: string; connectorUrl: string; capabilities: string[] }
  commands: Record<string, Command>
  /** Context that a Power-Up gets with every call: board, member, permissions, theme. */
  context(more: Options): Options
  /** A frame asked to be closed. */
  done(frame: HTMLIFrameElement): void
  complain(text: string): void
}

export interface Host {
  frames: Frames
  /** Asks the connector. Nothing to say, late and failed are all the same to the page: `null`. */
  ask(command: string, context: Options, options?: Options): Promise<Held | null>
}

export const LOCALE = 'en-GB'
const READY_MS = 30_000
const SLOWEST_MS: Record<string, number> = { 'card-badges': 10_000, 'list-sorters': 500, 'list-actions': 500 }
const OTHERS_MS = 5_000

export function createHost(parts: HostParts): Host {
  const { plugin, complain } = parts
  const origin = new URL(plugin.connectorUrl).origin
  const secret = randomText(64)
  let connector: { frame: HTMLIFrameElement; ready: Promise<boolean>; becameReady(): void } | null = null

  const messages: Messages = createMessages({
    secret,
    complain,
    isPeer: (source) => source !== null && (source === connector?.frame.contentWindow || frames.of(source) !== null),
    serve,
    heardString(source, text) {
      const frame = frames.of(source)
      if (text === 'done' && frame) parts.done(frame)
    },
  })
  const frames: Frames = createFrames({ origin, forget: messages.forget, complain })
  const callbacks: Callbacks = createCallbacks(messages, parts.context, LOCALE)

  async function serve(peer: Peer, command: string, args: unknown[]): Promise<unknown> {
    const frame = frames.of(peer.window)
    if (frame) frames.heard(frame)
    if (command === 'initialize') return greet(args[0])
    if (command === 'ready') return connector?.becameReady()
    const handler = parts.commands[command]
    if (!handler) throw new HostFailure('unsupported command', `there is no command ${command}`)
    const bad = badUrl(args)
    if (bad !== null) throw new HostFailure('error', `the address ${bad} is not allowed`)
    const options = callbacks.hold(args[0], peer).value
    const context = isRecord(options) && isRecord(options['context']) ? options['context'] : {}
    return handler(isRecord(options) ? options : {}, context, peer)
  }

  /** Both kinds of mismatch are a line in Trello's console; a capability that is not ticked is never called. */
  function greet(given: unknown): unknown {
    const handled = Array.isArray(given) ? given.map(String).filter((name) => name !== 'callback') : []
    for (const name of handled)
      if (!plugin.capabilities.includes(name)) complain(`the capability ${name} is handled but not ticked`)
    for (const name of plugin.capabilities)
      if (!handled.includes(name)) complain(`the capability ${name} is ticked but not handled`)
    return { secret, locale: LOCALE, member: parts.context({})['member'], version: 'build-1' }
  }

  /** Made at the first request that needs it; it lives as long as the page. */
  function ensureConnector(): NonNullable<typeof connector> {
    if (connector) return connector
    const frame = el('iframe', {
      sandbox: SANDBOX,
      title: 'Power-Up connector',
      tabindex: '-1',
      src: plugin.connectorUrl,
    })
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const late = setTimeout(() => {
      complain('the connector was not ready within 30 s: does it load, and may this page frame it?')
      resolve(false)
    }, READY_MS)
    connector = {
      frame,
      ready: promise,
      becameReady() {
        clearTimeout(late)
        resolve(true)
      },
    }
    byId('iframe-io-host').append(frame)
    return connector
  }

  return {
    frames,
    async ask(command, more, options = {}) {
      if (!plugin.capabilities.includes(command)) return null
      await shown()
      const { frame, ready } = ensureConnector()
      if (!(await ready) || !frame.contentWindow) return null
      const peer = { window: frame.contentWindow, origin }
      const context = parts.context({ ...more, command })
      try {
        const args = { ...options, locale: LOCALE, context }
        const answer = await messages.request(peer, command, args, SLOWEST_MS[command] ?? OTHERS_MS)
        const bad = badUrl(answer)
        if (bad !== null)
          throw new HostFailure('error', `the address ${bad} is not allowed, and the whole answer was thrown away`)
        return callbacks.hold(answer, peer)
      } catch (error) {
        const silent = error instanceof HostFailure && error.code === 'not handled'
        if (!silent) complain(`${command}: ${error instanceof Error ? error.message : String(error)}`)
        return null
      }
    },
  }
}
