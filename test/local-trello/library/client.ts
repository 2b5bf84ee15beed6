import { channel, request } from './envelope.ts'
import { InvalidContext, NotHandled } from './errors.ts'
import { Stored } from './stored.ts'
import { onTheme } from './theme.ts'
import { localizeKey } from './words.ts'

type Options = Record<string, unknown>

/** The `t` that handlers and pages get: one for each request, with that request's context. */
export class Client {
  readonly args: Options[]
  readonly secret = channel.secret
  readonly #context: Options
  readonly #signedArgs: Options
  readonly #stored = new Stored((command, options) => this.#ask(command, options))

  constructor(args: Options[], context: Options, signedArgs: Options = {}) {
    this.args = args
    this.#context = context
    this.#signedArgs = signedArgs
  }

  #ask(command: string, options: Options = {}): Promise<unknown> {
    return request(command, [{ ...options, context: this.#context }])
  }

  // --- who and where ---
  getContext = () => this.#context
  arg = (name: string, otherwise?: unknown) => this.#signedArgs[name] ?? otherwise
  isMemberSignedIn = () => this.#context['member'] !== 'notLoggedIn' && !!this.#context['member']
  memberCanWriteToModel(model: string): boolean {
    const { permissions } = this.#context
    return typeof permissions === 'object' && permissions !== null && Reflect.get(permissions, model) === 'write'
  }
  NotHandled = (message?: string) => new NotHandled(message)
  localizeKey = localizeKey
  localizeKeys = (keys: string[]) => keys.map((key) => localizeKey(key))

  // --- reading ---
  card = (...fields: string[]) => this.#ask('card', { fields })
  cards = (...fields: string[]) => this.#ask('cards', { fields })
  list = (...fields: string[]) => this.#ask('list', { fields })
  lists = (...fields: string[]) => this.#ask('lists', { fields })
  member = (...fields: string[]) => this.#ask('member', { fields })
  board = (...fields: string[]) => this.#ask('board', { fields })
  organization = (...fields: string[]) => this.#ask('organization', { fields })
  jwt = (options: Options = {}) => this.#ask('jwt', { state: options['state'], includeCard: options['card'] === true })

  // --- storing ---
  getAll = () => this.#stored.all()
  async get(scope: string, visibility: string, key?: string, otherwise?: unknown): Promise<unknown> {
    const data = await this.#stored.read(scope, visibility)
    return key === undefined ? data : (data[key] ?? otherwise)
  }
  set(scope: string, visibility: string, key: string | Options, value?: unknown): Promise<void> {
    const more = typeof key === 'string' ? { [key]: value } : key
    return this.#stored.change(scope, visibility, (old) => ({ ...old, ...more }))
  }
  remove(scope: string, visibility: string, key: string | string[]): Promise<void> {
    const names = [key].flat()
    return this.#stored.change(scope, visibility, (old) =>
      Object.fromEntries(Object.entries(old).filter(([name]) => !names.includes(name))),
    )
  }

  // --- windows ---
  /** A page of ours, told in the fragment who opens it: nothing of that reaches a server. */
  signUrl = (url: string, args: Options = {}) => {
    const made = new URL(url, location.href)
    const { secret, locale } = channel
    made.hash = encodeURIComponent(JSON.stringify({ secret, context: this.#context, locale, args }))
    return made.href
  }
  async popup(options: Options): Promise<unknown> {
    const { title, mouseEvent, callback, url, args, items, ...rest } = options
    if (!this.#context['el'] && !(mouseEvent instanceof MouseEvent))
      throw new InvalidContext('A popup needs the t of a click, or its mouseEvent.')
    const pos = mouseEvent instanceof MouseEvent ? { x: mouseEvent.clientX, y: mouseEvent.clientY } : undefined
    const content = url
      ? { type: 'iframe', ...rest, url: this.#signed(url, args) }
      : items
        ? { type: 'list', items, ...rest }
        : rest
    return this.#ask('popup', { title, content, callback, pos })
  }
  modal = (options: Options) => this.#ask('modal', { content: this.#framed(options, 400) })
  boardBar = (options: Options) => this.#ask('board-bar', { content: this.#framed(options, 200) })
  updateModal = (content: Options) => this.#ask('update-modal', { content })
  closeModal = () => this.#ask('close-modal')
  closeBoardBar = () => this.#ask('close-board-bar')
  closePopup = () => this.#ask('close-popup')
  back = () => this.#ask('pop-popup')
  alert = (options: Options) => this.#ask('alert', options)
  hideAlert = () => this.#ask('hideAlert')
  navigate = (options: Options) => this.#ask('navigate', options)
  showCard = (idCard: string) => this.#ask('showCard', { idCard })
  hideCard = () => this.#ask('hideCard')
  attach = (options: Options) => this.#ask('attach-to-card', options)

  // --- the page itself ---
  async sizeTo(what: string | number | Element): Promise<unknown> {
    const element = typeof what === 'string' ? document.querySelector(what) : what
    const height = typeof element === 'number' ? element : Math.ceil(element?.getBoundingClientRect().height ?? 0)
    if (height === 0) throw new Error('Unable to determine desired height')
    return this.#ask('resize', { height })
  }
  render(draw: () => unknown): void {
    addEventListener('message', ({ source, data }) => {
      if (source === window.parent && data === 'render') draw()
    })
  }
  notifyParent = (message: string) => window.parent.postMessage(message, channel.target)
  subscribeToThemeChanges = (hear: (theme: string) => void) => onTheme(hear)

  #signed(url: unknown, args: unknown): string {
    return this.signUrl(String(url), typeof args === 'object' && args !== null ? { ...args } : {})
  }
  #framed(options: Options, height: number): Options {
    const { url, args, ...rest } = options
    return { type: 'iframe', height, ...rest, url: this.#signed(url, args) }
  }
}
