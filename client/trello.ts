/** Our exact types for the part of Trello's library that we use. The library itself comes from Trello's address. */

export interface Context {
  board: string
  card?: string
  member: string
  initialTheme?: 'light' | 'dark'
}

export interface Trello {
  getContext(): Context
  arg(name: string): unknown
  isMemberSignedIn(): boolean
  jwt(options: { state?: string; card?: boolean }): Promise<string>
  get(scope: 'card' | 'member' | 'board', visibility: 'shared' | 'private', key: string): Promise<unknown>
  set(
    scope: 'card' | 'member' | 'board',
    visibility: 'shared' | 'private',
    key: string,
    value: unknown,
  ): Promise<unknown>
  signUrl(url: string, args?: Record<string, unknown>): string
  modal(options: ModalOptions): Promise<unknown>
  updateModal(options: { title?: string }): Promise<unknown>
  closeModal(): Promise<unknown>
  alert(options: { message: string; duration?: number; display?: 'info' | 'success' | 'error' }): Promise<unknown>
  sizeTo(what: string | Element): Promise<unknown>
  render(draw: () => void): void
}

export interface ModalOptions {
  url: string
  title: string
  height?: number
  fullscreen?: boolean
  accentColor?: string
  args?: Record<string, unknown>
}

export type Handler = (t: Trello, options: { cards?: { id: string }[] }) => unknown

interface Library {
  initialize(handlers: Record<string, Handler>, options: Record<string, unknown>): void
  iframe(options: Record<string, unknown>): Trello
}

declare global {
  interface Window {
    TrelloPowerUp?: Library
  }
}

/** The library, once its script has run. */
export function library(): Library {
  const found = window.TrelloPowerUp
  if (!found) throw new Error('Trello’s library did not load.')
  return found
}

/** Options for both kinds of page: whom we speak to, and words that are ours and need no fetching. */
export function options(pageOrigin: string): Record<string, unknown> {
  return { targetOrigin: pageOrigin, helpfulStacks: false, localizer: { localize: (key: string) => key } }
}
