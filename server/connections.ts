import { type Clock, SECOND } from './clock.ts'
import type { Database } from './db/database.ts'
import { abilitiesOf, abilityWords } from './grants/ability.ts'
import type { Health, SystemAdapter } from './grants/system.ts'
import type { Connection } from './http/views/settings.ts'
import type { RestHealth } from './trello/rest.ts'
import type { KeysHealth } from './trello/tokens.ts'

/** A database that has not answered by then is as good as away: whoever waits at a frame has 15 seconds. */
const DATABASE_ANSWERS_WITHIN = 3 * SECOND

const SYSTEM_ANSWERS_WITHIN = 5 * SECOND

export interface Connections {
  /** Health of every connection, each looked at now. Needs no database. */
  all(): Promise<Connection[]>
  /** Whether our own records can be read. */
  database(): Promise<boolean>
}

/** Looks at everything that the product stands on, and remembers when each last worked. */
export function createConnections(parts: {
  db: Database
  trello(): RestHealth
  keys(): KeysHealth
  adapters: Iterable<SystemAdapter>
  /** Every system that the rules name, with its name: those that are not connected are said so. */
  systems: Map<string, string>
  /** By system: when our credentials end, as whoever runs this server says. */
  credentialsEnd: ReadonlyMap<string, Date>
  report(error: unknown): void
  clock: Clock
}): Connections {
  const lastOk = new Map<string, Date>()

  function seen(connection: Omit<Connection, 'checkedAt'>): Connection {
    const { id, ok } = connection
    if (ok) lastOk.set(id, parts.clock.calendar())
    return { ...connection, checkedAt: lastOk.get(id) ?? null }
  }

  async function database(): Promise<boolean> {
    const asked = parts.db.kysely.selectFrom('event_head').select('seq').execute()
    const ok = await within(DATABASE_ANSWERS_WITHIN, asked)
    seen({ id: 'database', name: '', ok, sentence: '' })
    return ok
  }

  async function systems(): Promise<Connection[]> {
    const all = await Promise.all(
      [...parts.adapters].map(async (adapter) => {
        const { state, sentence, leastRights, expiresAt, noEnd } = await healthOf(adapter)
        // Nothing is missing where neither the rules nor the installation speak of it.
        if (state === 'not-configured' && !parts.systems.has(adapter.id)) return null
        const credentials = {
          needs: leastRights ?? null,
          expiresAt: firstOf(expiresAt, parts.credentialsEnd.get(adapter.id)),
          noEnd: noEnd ?? null,
        }
        const does = abilityWords(abilitiesOf(adapter))
        return seen({ id: adapter.id, name: adapter.name, ok: state === 'ok', sentence, does, ...credentials })
      }),
    )
    const found = all.filter((one) => one !== null)
    const sentence = 'Not connected: people do these steps by hand, led by the clicks shown.'
    const does = abilityWords(abilitiesOf(null))
    const others = [...parts.systems].filter(([id]) => !found.some((one) => one.id === id))
    return [...found, ...others.map(([id, name]) => ({ id, name, ok: true, sentence, does, checkedAt: null }))]
  }

  /** One that does not answer keeps nobody from reading of the others. */
  async function healthOf(adapter: SystemAdapter): Promise<Health> {
    const failing: Health = {
      state: 'failing',
      sentence: `${adapter.name} does not answer.`,
      checkedAt: parts.clock.calendar(),
    }
    return first(SYSTEM_ANSWERS_WITHIN, adapter.health(), failing).catch((error: unknown) => {
      parts.report(error)
      return failing
    })
  }

  return {
    database,
    async all() {
      const [ok, others] = await Promise.all([database(), systems()])
      const trello = parts.trello()
      const keys = parts.keys()
      return [
        {
          id: 'trello',
          name: 'Trello (reading cards)',
          ok: trello.state === 'ok',
          sentence: trello.sentence,
          checkedAt: trello.lastOk,
          ...(trello.state === 'refused' ? { trouble: 'refused' as const } : {}),
        },
        {
          id: 'keys',
          name: 'Trello’s keys (who is looking)',
          ok: keys.ok,
          sentence: keys.sentence,
          checkedAt: keys.lastOk,
        },
        seen({
          id: 'database',
          name: 'Database',
          ok,
          sentence: ok ? parts.db.says : 'The database does not answer. Look at the server’s log.',
        }),
        ...others,
      ]
    },
  }
}

/** The earlier of two moments, where any is known. */
function firstOf(one: Date | null | undefined, other: Date | undefined): Date | null {
  if (!one || !other) return one ?? other ?? null
  return one < other ? one : other
}

/** Whether something was answered, and in time. */
function within(ms: number, asked: Promise<unknown>): Promise<boolean> {
  const answered = asked.then(
    () => true,
    () => false,
  )
  return first(ms, answered, false)
}

/** The answer, or `otherwise` where it does not come in time. */
function first<T>(ms: number, asked: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<T>((done) => {
    timer = setTimeout(() => done(otherwise), ms)
  })
  return Promise.race([asked, late]).finally(() => clearTimeout(timer))
}
