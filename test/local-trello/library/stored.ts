import { record } from './errors.ts'

/** What a Power-Up keeps in Trello: every scope and visibility is one JSON text, read and written whole. */

export type Ask = (command: string, options?: Record<string, unknown>) => Promise<unknown>

const CARD_ID = /^[0-9a-f]{24}$/

export class Stored {
  readonly #ask: Ask
  /** Writes of one `t` go one after another; those of two lose updates, as in Trello. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(ask: Ask) {
    this.#ask = ask
  }

  async all(): Promise<Record<string, Record<string, unknown>>> {
    const given = record(await this.#ask('data'))
    const scopes = Object.entries(given).map(([scope, by]) => [
      scope,
      Object.fromEntries(Object.entries(record(by)).map(([visibility, text]) => [visibility, parsed(text)])),
    ])
    return Object.fromEntries(scopes)
  }

  async read(scope: string, visibility: string): Promise<Record<string, unknown>> {
    const given = record(await this.#ask('data', cardOption(scope)))
    const name = CARD_ID.test(scope) ? 'card' : scope
    return record(parsed(record(given[name])[visibility]))
  }

  /** Reads, changes and writes. Nothing is sent when nothing changes. */
  change(
    scope: string,
    visibility: string,
    make: (old: Record<string, unknown>) => Record<string, unknown>,
  ): Promise<void> {
    const next = this.#last.then(async () => {
      const old = await this.read(scope, visibility)
      const data = JSON.stringify(make(old))
      if (data === JSON.stringify(old)) return
      const name = CARD_ID.test(scope) ? 'card' : scope
      await this.#ask('set', { scope: name, visibility, data, ...cardOption(scope) })
    })
    this.#last = next.catch(() => null)
    return next
  }
}

/** In place of `card` another card of the same board may be named. */
function cardOption(scope: string): Record<string, unknown> {
  return CARD_ID.test(scope) ? { idCard: scope } : {}
}

function parsed(text: unknown): unknown {
  return typeof text === 'string' && text !== '' ? JSON.parse(text) : {}
}
