/** The host's half of the frame protocol: bulk envelopes, handshake, capability calls, callbacks, commands. */

export interface Who {
  member: string
  theme: 'light' | 'dark'
}

interface Peer {
  window: Window
  origin: string
}

type Options = Record<string, unknown>
type Command = (options: Options, context: Options, peer: Peer) => unknown

const CAPABILITY_MS = 5_000
const BADGES_MS = 10_000
const READY_MS = 30_000

export class HostFailure extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** Something the real host would hide. Here it is shown, and fails the run. */
export type Complain = (text: string) => void

export interface HostParts {
  plugin: { id: string; connectorUrl: string; capabilities: string[] }
  board: string
  who: () => Who
  commands: Record<string, Command>
  complain: Complain
}

export type Callback = (options: Options, context: Options) => Promise<unknown>

export interface Host {
  /** Asks the connector. Answers `null` when it has nothing to say, late or not at all. */
  ask(command: string, context: Options, options?: Options): Promise<unknown>
  /** Tells a secondary frame to draw again, or the theme. */
  render(frame: HTMLIFrameElement): void
  themeChanged(theme: 'light' | 'dark'): void
  /** A frame of the Power-Up's page, signed by it. */
  open(url: string): HTMLIFrameElement
  close(frame: HTMLIFrameElement): void
  /** Which frame sent something. */
  frameOf(source: MessageEventSource | null): HTMLIFrameElement | null
  context(more: Options): Options
}

const sandbox =
  'allow-scripts allow-forms allow-popups allow-same-origin allow-popups-to-escape-sandbox allow-modals allow-presentation allow-storage-access-by-user-activation allow-downloads'

function random(length: number): string {
  return Array.from(
    crypto.getRandomValues(new Uint8Array(length)),
    (byte) => 'abcdefghijklmnopqrstuvwxyz0123456789'[byte % 36],
  ).join('')
}

export function createHost(parts: HostParts): Host {
  const secret = random(64)
  const seed = random(16)
  let number = 0
  const waiting = new Map<string, { done: (value: unknown) => void; fail: (error: Error) => void }>()
  const frames = new Set<HTMLIFrameElement>()
  let connector: { frame: HTMLIFrameElement; ready: Promise<boolean> } | null = null
  let becomeReady: (ready: boolean) => void = () => {}
  const origin = new URL(parts.plugin.connectorUrl).origin

  function post(peer: Peer, item: Options): void {
    peer.window.postMessage({ type: 'bulk', secret, data: [item] }, peer.origin)
  }

  function request(peer: Peer, command: string, args: Options, limit: number): Promise<unknown> {
    const id = `${seed}${++number}`
    return new Promise((done, fail) => {
      const late = setTimeout(() => {
        waiting.delete(id)
        fail(new HostFailure('timeout', `${command} answered too late (more than ${limit / 1000} s)`))
      }, limit)
      waiting.set(id, {
        done: (value) => {
          clearTimeout(late)
          done(value)
        },
        fail: (error) => {
          clearTimeout(late)
          fail(error)
        },
      })
      post(peer, { type: 'request', data: { id, command, args: [args] } })
    })
  }

  function context(more: Options): Options {
    const { member, theme } = parts.who()
    return {
      version: 'build-0',
      locale: 'en-GB',
      member: member === '' ? 'notLoggedIn' : member,
      board: parts.board,
      permissions: { board: 'write', organization: 'write', card: 'write' },
      theme: null,
      initialTheme: theme,
      plugin: parts.plugin.id,
      ...more,
    }
  }

  /** Functions travel as references; here they become functions that send `callback` to where they came from. */
  function revive(value: unknown, peer: Peer): unknown {
    if (Array.isArray(value)) return value.map((one) => revive(one, peer))
    if (typeof value !== 'object' || value === null) return value
    if ('_callback' in value) {
      const callback = String(value._callback)
      void request(
        peer,
        'callback',
        { action: 'retain', callback, context: context({}), locale: 'en-GB' },
        CAPABILITY_MS,
      ).catch(() => {})
      return (options: Options, more: Options) =>
        request(
          peer,
          'callback',
          {
            action: 'run',
            callback,
            options: { ...options, locale: 'en-GB' },
            context: context(more),
            locale: 'en-GB',
          },
          CAPABILITY_MS,
        ).then((answer) => revive(answer, peer))
    }
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, revive(one, peer)]))
  }

  function badUrl(value: unknown): string | null {
    if (Array.isArray(value)) return value.map(badUrl).find((one) => one !== null) ?? null
    if (typeof value !== 'object' || value === null) return null
    for (const [key, one] of Object.entries(value)) {
      if (key === 'url' && typeof one === 'string' && !/^https?:|^data:image\/[a-z+]+;base64,/.test(one)) return one
      const inside = badUrl(one)
      if (inside) return inside
    }
    return null
  }

  async function answerTo(peer: Peer, data: { id: string; command: string; args: unknown[] }): Promise<void> {
    const { id, command, args } = data
    try {
      const response = await run(peer, command, args)
      post(peer, { type: 'response', data: { to: id, success: true, response: response ?? null } })
    } catch (error) {
      const code = error instanceof HostFailure ? error.code : 'error'
      const message = error instanceof Error ? error.message : String(error)
      if (code !== 'not handled') parts.complain(`${command}: ${message}`)
      post(peer, { type: 'response', data: { to: id, success: false, response: { code, message } } })
    }
  }

  async function run(peer: Peer, command: string, args: unknown[]): Promise<unknown> {
    if (command === 'initialize') {
      const given = Array.isArray(args[0]) ? args[0].map(String) : []
      for (const name of given)
        if (name !== 'callback' && !parts.plugin.capabilities.includes(name))
          parts.complain(`the capability ${name} is handled but not ticked`)
      for (const name of parts.plugin.capabilities)
        if (!given.includes(name)) parts.complain(`the capability ${name} is ticked but not handled`)
      return { secret, locale: 'en-GB', member: parts.who().member, version: 'build-0' }
    }
    if (command === 'ready') return becomeReady(true)
    const options = (args[0] ?? {}) as Options
    const handler = parts.commands[command]
    if (!handler) throw new HostFailure('unsupported command', `unknown command ${command}`)
    return handler(revive(options, peer) as Options, (options['context'] ?? {}) as Options, peer)
  }

  addEventListener('message', (event) => {
    const message = event.data as { type?: unknown; secret?: unknown; data?: unknown } | null
    if (event.data === 'done') {
      frameOf(event.source)?.dispatchEvent(new CustomEvent('frame-done', { bubbles: true }))
      return
    }
    if (typeof message !== 'object' || message === null) return
    const known = frameOf(event.source) !== null || event.source === connector?.frame.contentWindow
    if (!known && message.secret !== secret) return
    receive(message, { window: event.source as Window, origin: event.origin })
  })

  function receive(message: { type?: unknown; data?: unknown }, peer: Peer): void {
    if (message.type === 'bulk' && Array.isArray(message.data)) {
      for (const item of message.data as { type?: unknown; data?: unknown }[]) receive(item, peer)
      return
    }
    const data = message.data as {
      id: string
      command: string
      args: unknown[]
      to: string
      success: boolean
      response: unknown
    }
    if (message.type === 'request') void answerTo(peer, data)
    if (message.type !== 'response') return
    const open = waiting.get(data.to)
    waiting.delete(data.to)
    if (data.success) open?.done(data.response)
    else {
      const failure = data.response as { code?: string; message?: string } | null
      open?.fail(new HostFailure(failure?.code ?? 'error', failure?.message ?? 'failed'))
    }
  }

  /** Made at the first request that needs it, and kept as long as the page. */
  function ensureConnector(): Promise<boolean> {
    if (connector) return connector.ready
    const frame = document.createElement('iframe')
    frame.setAttribute('sandbox', sandbox)
    frame.title = 'Power-Up connector'
    frame.tabIndex = -1
    frame.src = parts.plugin.connectorUrl
    const ready = new Promise<boolean>((done) => {
      becomeReady = done
      setTimeout(() => done(false), READY_MS)
    })
    connector = { frame, ready }
    document.getElementById('iframe-io-host')?.append(frame)
    void ready.then((is) => {
      if (!is) parts.complain('the connector was not ready within 30 s')
    })
    return ready
  }

  function frameOf(source: MessageEventSource | null): HTMLIFrameElement | null {
    return [...frames].find((frame) => frame.contentWindow === source) ?? null
  }

  return {
    context,
    frameOf,
    async ask(command, more, options = {}) {
      if (!(await ensureConnector()) || !connector?.frame.contentWindow) return null
      const peer = { window: connector.frame.contentWindow, origin }
      const limit = command === 'card-badges' ? BADGES_MS : CAPABILITY_MS
      try {
        const answer = await request(
          peer,
          command,
          { ...options, locale: 'en-GB', context: context({ ...more, command }) },
          limit,
        )
        const bad = badUrl(answer)
        if (bad) throw new HostFailure('error', `a bad url in the answer to ${command}: ${bad}`)
        return revive(answer, peer)
      } catch (error) {
        if (!(error instanceof HostFailure && error.code === 'not handled'))
          parts.complain(`${command}: ${error instanceof Error ? error.message : error}`)
        return null
      }
    },
    render(frame) {
      frame.contentWindow?.postMessage('render', origin)
    },
    themeChanged(theme) {
      for (const frame of frames) frame.contentWindow?.postMessage({ type: 'TRELLO-THEME-CHANGE', theme }, origin)
    },
    open(url) {
      const frame = document.createElement('iframe')
      frame.className = 'plugin-iframe'
      frame.setAttribute('sandbox', sandbox)
      frame.title = 'Production access'
      frame.src = url
      frames.add(frame)
      frame.addEventListener('load', () => frame.contentWindow?.postMessage('render', origin))
      return frame
    },
    close(frame) {
      frames.delete(frame)
      frame.remove()
    },
  }
}
