import type { Call, Reply } from './frame/call.ts'
import { type CommonFault, createFaults, type Faults } from './frame/faults.ts'
import { startStandIn } from './frame/stand-in.ts'
import { exportBy, type State, type User } from './signon/model.ts'
import { createNights } from './signon/nights.ts'
import { createPages } from './signon/pages.ts'
import { type Application, createTelling } from './signon/telling.ts'

/**
 * A stateful Signon on loopback: pages on which people invite, change roles and permissions, suspend and export, with
 * Signon's own rules, and its one API call, which tells neither roles nor permissions.
 */

export interface LocalSignon {
  origin: string
  faults: Faults
  addUser(user: Pick<User, 'name' | 'email'> & Partial<User>): void
  user(email: string): User | undefined
  /** As staging has them, which is a copy. */
  inStaging(email: string): User | undefined
  /** They signed in at that moment; nothing where they cannot, or did later. */
  signIn(email: string, at: Date): void
  /** The nights that are over by its clock pass now: copies, and suspensions. Pages let them pass by themselves. */
  passNights(): void
  /** As its Users page gives it to this person. */
  exportBy(email: string): string
  /** Has it call an application when people change who have used that. */
  register(application: Application): void
  /** They sign in to that application once. */
  useApplication(email: string): void
  /** What came of its calls, in order. */
  calls: { kind: 'changed' | 'reauth'; status: number }[]
  /** Sends what failed once more, as its jobs do by themselves. */
  tryAgain(): void
  /** Once every call is answered. */
  settled(): Promise<void>
  dump(): string
  close(): Promise<void>
}

export interface LocalSignonOptions {
  port?: number | undefined
  state?: string | undefined
  onChange?: () => void
  now?: () => Date
}

const token = 'local-signon-token-0123456789'

export async function startLocalSignon(options: LocalSignonOptions = {}): Promise<LocalSignon> {
  const now = options.now ?? (() => new Date())
  const state: State = options.state ? JSON.parse(options.state) : { users: [] }
  const faults = createFaults<CommonFault>('too-many')
  const telling = createTelling(state)
  const changed = () => options.onChange?.()
  const nights = createNights(state, now, (user) => telling.changed(user, true))

  function answer({ method, part, query, headers }: Call): Reply {
    if (headers['authorization'] !== `Bearer ${token}`) return { status: 401, data: { message: 'Unauthorized' } }
    if (method !== 'GET' || part[0] !== 'users') return { status: 404, data: { message: 'Not Found' } }
    const wanted = query.getAll('uuids[]')
    const found = state.users.filter(({ uid }) => wanted.includes(uid))
    return { status: 200, data: found.map(({ uid, name, email }) => ({ uid, name, email, organisation: null })) }
  }

  const userOf = (email: string) => state.users.find((user) => user.email === email)
  const { origin, close } = await startStandIn<CommonFault>({
    port: options.port,
    faults,
    answer,
    refusalFor: () => null,
    aboutSomebodyElse: (data) => data,
    page: createPages(state, now, (user, act) => telling.changed(user, act === 'suspend' || act === 'unsuspend')),
    headers: () => ({}),
    onChange: changed,
    before: nights.pass,
  })
  nights.pass()
  return {
    origin,
    faults,
    addUser(user) {
      if (userOf(user.email)) return
      const created = now().toISOString()
      const base = { role: 'normal' as const, signIns: 1, lastSignIn: created, created, invited: false }
      const rest = { suspended: null, twoStep: false, permissions: {} }
      state.users.push({ uid: `u-${state.users.length + 1}`, ...base, ...rest, ...user })
      changed()
    },
    user: userOf,
    inStaging: (email) => state.staging?.find((user) => user.email === email),
    signIn(email, at) {
      const user = userOf(email)
      if (!user || user.suspended !== null || user.invited) return
      if (user.lastSignIn !== null && Date.parse(user.lastSignIn) >= at.getTime()) return
      user.lastSignIn = at.toISOString()
      user.signIns += 1
      changed()
    },
    passNights() {
      nights.pass()
      changed()
    },
    exportBy(email) {
      const by = userOf(email)
      if (!by) throw new Error(`there is nobody ${email}`)
      return exportBy(state, by)
    },
    register: telling.register,
    useApplication(email) {
      const user = userOf(email)
      if (!user) throw new Error(`there is nobody ${email}`)
      telling.use(user)
      changed()
    },
    calls: telling.calls,
    tryAgain: telling.tryAgain,
    settled: telling.settled,
    dump: () => JSON.stringify(state),
    close,
  }
}
