// A stand-in for the part of Trello's library that is used, written from a description of the protocol.
;(() => {
  type Options = Record<string, unknown>
  type Handler = (t: unknown, options: Options) => unknown

  const KEEP_MS = 120_000
  const SWEEP_MS = 30_000
  const seed = Math.random().toString(36).slice(2).padEnd(16, '0').slice(0, 16)
  let number = 0
  let secret: string | undefined
  let target = 'https://trello.com'
  const waiting = new Map<string, { done: (value: unknown) => void; fail: (error: Error) => void }>()
  const short = new Map<string, { run: Handler; at: number }>()
  const kept = new Map<string, Handler>()
  const queues = new Map<Window, unknown[]>()
  setInterval(() => {
    for (const [id, one] of short) if (Date.now() - one.at > KEEP_MS) short.delete(id)
  }, SWEEP_MS)

  function send(to: Window, item: unknown): void {
    const queue = queues.get(to)
    if (queue) return void queue.push(item)
    const fresh = [item]
    queues.set(to, fresh)
    setTimeout(() => {
      queues.delete(to)
      to.postMessage({ type: 'bulk', secret, data: fresh }, target)
    }, 0)
  }

  /** Functions become references; addresses that begin with ./ are made whole under `url` and `icon`. */
  function walk(value: unknown, key = ''): unknown {
    if (!value) return value
    if (typeof value === 'function') {
      const id = `cb${++number}`
      short.set(id, { run: value as Handler, at: Date.now() })
      return { _callback: id }
    }
    if (typeof value === 'string')
      return (key === 'url' || key === 'icon') && value.startsWith('./') ? new URL(value, location.href).href : value
    if (Array.isArray(value)) return value.map((one) => walk(one))
    if (typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, walk(one, name)]))
    return value
  }

  function request(command: string, args: unknown[], to: Window = window.parent): Promise<unknown> {
    const id = `${seed}${++number}`
    return new Promise((done, fail) => {
      waiting.set(id, { done, fail })
      send(to, { type: 'request', data: { id, command, args: args.map((one) => walk(one)) } })
    })
  }

  class NotHandled extends Error {
    code = 'not handled'
  }

  class Client {
    args: Options[]
    secret = secret
    NotHandled = (message: string) => new NotHandled(message)
    #context: Options
    constructor(args: Options[], context: Options) {
      this.args = args
      this.#context = context
    }
    #ask(command: string, options: Options = {}): Promise<unknown> {
      return request(command, [{ ...options, context: this.#context }])
    }
    getContext() {
      return this.#context
    }
    arg(name: string, otherwise?: unknown) {
      return this.args[1]?.[name] ?? otherwise
    }
    isMemberSignedIn() {
      return this.#context['member'] !== 'notLoggedIn' && this.#context['member'] !== ''
    }
    card(...fields: string[]) {
      return this.#ask('card', { fields })
    }
    cards(...fields: string[]) {
      return this.#ask('cards', { fields })
    }
    list(...fields: string[]) {
      return this.#ask('list', { fields })
    }
    lists(...fields: string[]) {
      return this.#ask('lists', { fields })
    }
    member(...fields: string[]) {
      return this.#ask('member', { fields })
    }
    board(...fields: string[]) {
      return this.#ask('board', { fields })
    }
    organization(...fields: string[]) {
      return this.#ask('organization', { fields })
    }
    jwt(options: Options = {}) {
      return this.#ask('jwt', { state: options['state'], includeCard: options['card'] === true })
    }
    async #scope(scope: string, visibility: string): Promise<Options> {
      const all = (await this.#ask('data')) as Record<string, Record<string, string>>
      const text = all[scope]?.[visibility]
      return text ? (JSON.parse(text) as Options) : {}
    }
    async get(scope: string, visibility: string, key?: string, otherwise?: unknown) {
      const data = await this.#scope(scope, visibility)
      return key === undefined ? data : (data[key] ?? otherwise)
    }
    async set(scope: string, visibility: string, key: string | Options, value?: unknown) {
      const data = { ...(await this.#scope(scope, visibility)), ...(typeof key === 'string' ? { [key]: value } : key) }
      return this.#ask('set', { scope, visibility, data: JSON.stringify(data) })
    }
    signUrl(url: string, args: Options = {}) {
      const { el: _el, ...context } = this.#context
      const made = new URL(url, location.href)
      made.hash = encodeURIComponent(JSON.stringify({ secret, context, locale: 'en-GB', args }))
      return made.href
    }
    modal(options: Options) {
      const { url, args, callback, ...rest } = options
      return this.#ask('modal', {
        content: { type: 'iframe', height: 400, ...rest, url: this.signUrl(String(url), args as Options), callback },
      })
    }
    updateModal(content: Options) {
      return this.#ask('update-modal', { content })
    }
    closeModal() {
      return this.#ask('close-modal')
    }
    popup(options: Options) {
      const { title, mouseEvent, callback, url, args, items, ...rest } = options
      if (!this.#context['el'] && !mouseEvent)
        return Promise.reject(new Error('a popup needs the element that was clicked'))
      const event = mouseEvent as MouseEvent | undefined
      const pos = event ? { x: event.clientX, y: event.clientY } : undefined
      const content = url
        ? { type: 'iframe', ...rest, url: this.signUrl(String(url), args as Options) }
        : items
          ? { type: 'list', items, ...rest }
          : rest
      return this.#ask('popup', { title, content, callback, pos })
    }
    closePopup() {
      return this.#ask('close-popup')
    }
    alert(options: Options) {
      return this.#ask('alert', options)
    }
    hideAlert() {
      return this.#ask('hideAlert')
    }
    navigate(options: Options) {
      return this.#ask('navigate', options)
    }
    showCard(idCard: string) {
      return this.#ask('showCard', { idCard })
    }
    hideCard() {
      return this.#ask('hideCard')
    }
    sizeTo(what: string | Element | number) {
      const element = typeof what === 'string' ? document.querySelector(what) : what instanceof Element ? what : null
      const height =
        typeof what === 'number'
          ? what
          : element
            ? Math.ceil(Math.max(element.scrollHeight, element.getBoundingClientRect().height))
            : 0
      return this.#ask('resize', { height })
    }
    render(draw: () => unknown) {
      addEventListener('message', (event) => {
        if (event.source === window.parent && event.data === 'render') draw()
      })
    }
    notifyParent(message: string) {
      window.parent.postMessage(message, target)
    }
    subscribeToThemeChanges(hear: (theme: string) => void) {
      addEventListener('message', (event) => {
        const data = event.data as { type?: string; theme?: string } | null
        if (data && typeof data === 'object' && data.type === 'TRELLO-THEME-CHANGE') hear(data.theme ?? 'light')
      })
      return () => {}
    }
  }

  let handlers: Record<string, Handler> = {}

  async function answer(source: Window, data: { id: string; command: string; args: Options[] }): Promise<void> {
    const { id, command, args } = data
    const first = args[0] ?? {}
    const t = new Client(args, (first['context'] ?? {}) as Options)
    try {
      const response = command === 'callback' ? await callback(t, first) : await handle(command, t, first)
      send(source, { type: 'response', data: { to: id, success: true, response: walk(response) ?? null } })
    } catch (error) {
      const code = error instanceof NotHandled ? 'not handled' : 'error'
      if (code === 'error') console.warn(error)
      send(source, {
        type: 'response',
        data: {
          to: id,
          success: false,
          response: { code, message: error instanceof Error ? error.message : String(error) },
        },
      })
    }
  }

  function handle(command: string, t: Client, options: Options): unknown {
    const handler = handlers[command]
    if (!handler) throw new NotHandled(command)
    return handler(t, options)
  }

  function callback(t: Client, given: Options): unknown {
    const id = String(given['callback'])
    const run = kept.get(id) ?? short.get(id)?.run
    if (given['action'] === 'release') return void kept.delete(id)
    if (!run) throw new NotHandled('callback')
    kept.set(id, run)
    short.delete(id)
    return given['action'] === 'run' ? run(t, (given['options'] ?? {}) as Options) : id
  }

  addEventListener('message', (event) => {
    const message = event.data as { type?: string; secret?: string; data?: unknown } | null
    if (typeof message !== 'object' || message === null) return
    if (event.source !== window.parent && message.secret !== secret) return
    receive(message, event.source as Window)
  })

  function receive(message: { type?: string; data?: unknown }, source: Window): void {
    if (message.type === 'bulk' && Array.isArray(message.data)) {
      for (const item of message.data as { type?: string; data?: unknown }[]) receive(item, source)
      return
    }
    const data = message.data as {
      id: string
      command: string
      args: Options[]
      to: string
      success: boolean
      response: { message?: string }
    }
    if (message.type === 'request') void answer(source, data)
    if (message.type !== 'response') return
    const open = waiting.get(data.to)
    waiting.delete(data.to)
    if (data.success) open?.done(data.response)
    else open?.fail(new Error(data.response?.message ?? 'failed'))
  }

  function theme(context: Options): void {
    const set = (name: string) => {
      document.documentElement.setAttribute('data-color-mode', name)
      document.documentElement.setAttribute('data-theme', `${name}:${name}`)
    }
    set(String(context['initialTheme'] ?? 'light'))
    addEventListener('message', (event) => {
      const data = event.data as { type?: string; theme?: string } | null
      if (data && typeof data === 'object' && data.type === 'TRELLO-THEME-CHANGE') set(data.theme ?? 'light')
    })
  }

  const api = {
    version: 'stand-in',
    Promise,
    initialize(given: Record<string, Handler>, options: { targetOrigin?: string } = {}) {
      handlers = given
      target = options.targetOrigin ?? target
      void request('initialize', [[...Object.keys(given), 'callback']]).then((answered) => {
        secret = (answered as { secret?: string }).secret
        return request('ready', [])
      })
    },
    iframe(options: { targetOrigin?: string } = {}) {
      target = options.targetOrigin ?? target
      let signed: { secret?: string; context?: Options; args?: Options } = {}
      try {
        signed = JSON.parse(decodeURIComponent(location.hash.slice(1))) as typeof signed
      } catch {
        console.warn('this page was not opened by a Power-Up')
      }
      secret = signed.secret
      theme(signed.context ?? {})
      return new Client([{}, signed.args ?? {}], signed.context ?? {})
    },
  }
  Object.assign(window, { TrelloPowerUp: api })
})()
