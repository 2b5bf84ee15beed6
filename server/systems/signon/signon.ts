import { SECOND } from '../../clock.ts'
import { type Exported, type ExportedAll, type SystemAdapter, SystemFailure, type Told } from '../../grants/system.ts'
import { type CalledAs, signonCalls } from './calls.ts'
import { readExport } from './export-file.ts'
import { judged } from './judging.ts'
import { listExport } from './listing.ts'
import { isWhollyTold, withTold } from './suspension.ts'

export interface SignonParts {
  /** What the newest export says of one account. */
  exported(account: string): Promise<Exported | null>
  /** What the newest export says of everybody whom it was kept of. */
  newest(): Promise<ExportedAll | null>
  /** Whether anybody has ever brought an export. */
  hasExports(): Promise<boolean>
  /** What Signon told us last of one account. */
  told(account: string): Promise<Told | null>
  /** What Signon told us last of everybody, by account. */
  toldAll(): Promise<ReadonlyMap<string, Told>>
  /** What Signon brings when it calls us; `null` = it does not call. */
  callsWith: string | null
  /** As which application it calls us. */
  calledAs: CalledAs
  now(): Date
}

/** How soon we ask again whether exports are brought here at all. */
const ASK_AGAIN = 30 * SECOND

/**
 * Signon is changed by people alone: it has no way to be written, and what it answers to others says nothing of roles and
 * permissions. It is read from the export that an administrator downloads, brought by somebody who had no hand in the step; and where
 * our server is one of its applications, it tells us itself who is suspended and who may sign in to that one.
 */
export function createSignon({
  exported,
  newest,
  hasExports,
  told,
  toldAll,
  callsWith,
  calledAs,
  now,
}: SignonParts): SystemAdapter {
  // Where nobody brings exports, people look, and no plan says otherwise.
  let brought = false
  let asked = 0
  const refresh = () => {
    if (now().getTime() - asked < ASK_AGAIN) return
    asked = now().getTime()
    hasExports().then(
      (has) => {
        brought = has
      },
      () => undefined,
    )
  }
  return {
    id: 'signon',
    name: 'Signon',
    can: [],
    health: async () => ({
      state: 'ok',
      sentence: `Changed by people, and read from the export that 2nd line imports.${callsWith === null ? '' : ` Signon tells us itself who is suspended${calledAs === null ? '' : `, and who may sign in to ${calledAs}`}.`}`,
      checkedAt: now(),
      leastRights:
        'No credentials. Whoever downloads the export is a Super Admin in Signon, or it shows no Super Admin.',
    }),
    reads({ direction, wanted }) {
      refresh()
      // That an account is suspended is told without an export; what was given only where it is our own application.
      return brought || (callsWith !== null && (direction === 'revoke' || isWhollyTold({ wanted }, calledAs)))
    },
    ...(callsWith === null ? {} : { calls: signonCalls(callsWith, calledAs) }),
    takes: {
      howTo:
        'In Signon as a Super Admin: Users, no filter set, Export CSV. An Admin’s export shows no Super Admin, and tells nothing about them.',
      read(table) {
        const read = readExport(table)
        brought ||= read.wrong === null
        return read
      },
    },
    async list(order) {
      const [found, said] = await Promise.all([newest(), toldAll()])
      return found
        ? listExport(withTold(found, said), order.wanted.value)
        : { is: 'cannot-see', detail: 'Nobody has brought an export of Signon yet.' }
    },
    async read(order) {
      const [found, said] = await Promise.all([exported(order.account.id), told(order.account.id)])
      return judged(order, found, said, now())
    },
    async apply() {
      throw new SystemFailure('invalid', 'Signon is changed by people alone.', 'Do the step by hand.')
    },
  }
}
