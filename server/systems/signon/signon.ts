import { londonDay, SECOND } from '../../clock.ts'
import type { SystemAdapter } from '../../grants/system.ts'
import { type Evidence, type Exported, type Observation, type StepOrder, SystemFailure } from '../../grants/system.ts'
import { APP, readExport } from './export-file.ts'
import { inStagingAt, inStagingBy, isFarFromStaging } from './staging.ts'

export interface SignonParts {
  /** What the newest export says of one account. */
  exported(account: string): Promise<Exported | null>
  /** Whether anybody has ever brought an export. */
  hasExports(): Promise<boolean>
  now(): Date
}

/** How soon we ask again whether exports are brought here at all. */
const ASK_AGAIN = 30 * SECOND

/**
 * Signon is changed by people alone: it has no way to be written, and what it answers to others says nothing of roles and
 * permissions. It is read from the export that an administrator downloads, brought by somebody who had no hand in the step.
 */
export function createSignon({ exported, hasExports, now }: SignonParts): SystemAdapter {
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
      sentence: 'Changed by people, and read from the export that 2nd line imports.',
      checkedAt: now(),
      leastRights:
        'No credentials. Whoever downloads the export is a Super Admin in Signon, or it shows no Super Admin.',
    }),
    reads() {
      refresh()
      return brought
    },
    takes: {
      howTo:
        'In Signon as a Super Admin: Users, no filter set, Export CSV. An Admin’s export shows no Super Admin, and tells nothing about them.',
      rhythm: '2nd line brings a new one on Mondays, and after steps in Signon. Somebody else than who did the step.',
      read(table) {
        const read = readExport(table)
        brought ||= read.wrong === null
        return read
      },
    },
    async read(order) {
      return judged(order, await exported(order.account.id), now())
    },
    async apply() {
      throw new SystemFailure('invalid', 'Signon is changed by people alone.', 'Do the step by hand.')
    },
  }
}

const unknown = (detail: string, ownPartSeen = false): Observation => ({ is: 'cannot-tell', detail, ownPartSeen })

function judged(order: StepOrder, found: Exported | null, now: Date): Observation {
  if (!found) return unknown('No export of Signon tells about this person yet.')
  const { entry, at } = found
  const of = `the Signon export of ${londonDay(at)}`
  const ownPartSeen = entry?.['twoStep'] === 'enabled'
  // Before somebody says that it is done, an export could be of any time before that.
  if (!order.saidDoneAt) return unknown('Nobody has said yet that it is done.', ownPartSeen)
  if (at <= order.saidDoneAt) return unknown(`A newer export of Signon is needed: the newest is of ${londonDay(at)}.`)
  if (order.concerned.includes(found.by))
    return unknown(
      'The newest export of Signon was imported by somebody who had a hand in this step, or whose access it is.',
    )
  if (!entry)
    return unknown(
      found.about['seesSuperAdmins'] === true
        ? `The person is not in ${of}. It was filtered, or they were never invited.`
        : `The person is not in ${of}, which was made by an Admin and shows no Super Admin. A Super Admin makes one.`,
    )
  const evidence = evidenceOf(entry, order, at)
  return order.direction === 'grant'
    ? granted(order, entry, { of, evidence, about: found.about })
    : revoked(order, entry, { of, evidence, now, doneAt: order.saidDoneAt })
}

function evidenceOf(entry: Evidence, order: StepOrder, at: Date): Evidence {
  const apps = appsOf(order).map((app) => `${app}: ${permissionsIn(entry, app).join(', ') || 'none'}`)
  return {
    role: entry['role'] ?? null,
    status: entry['status'] ?? null,
    twoStep: entry['twoStep'] ?? null,
    applications: apps.join('; '),
    exportedAt: at.toISOString(),
  }
}

function granted(
  order: StepOrder,
  entry: Evidence,
  { of, evidence, about }: { of: string; evidence: Evidence; about: Evidence },
): Observation {
  const wantsSuper = order.wanted.value === 'Super Admin'
  const known = String(about['applications'] ?? '').split('\n')
  const strange = appsOf(order).find((app) => !known.some((one) => sameName(one, app)))
  if (strange !== undefined) return unknown(`There is no application ${strange} in ${of}. Check how Signon writes it.`)
  const lacking = [
    ...(wantsSuper && entry['role'] !== 'Super Admin' ? [`the role is ${entry['role']}`] : []),
    ...(entry['status'] === 'suspended' ? ['the account is suspended'] : []),
    ...appsOf(order)
      .filter((app) => !permissionsIn(entry, app).includes('signin'))
      .map((app) => `“signin” for ${app} is missing`),
  ]
  if (lacking.length > 0) return { is: 'absent', detail: `In ${of}, ${lacking.join(', and ')}.`, evidence }
  const waits = (detail: string): Observation => ({
    is: 'waiting',
    waitsFor: 'engineer',
    detail,
    link: null,
    who: null,
    evidence,
  })
  if (entry['status'] === 'invited') return waits('Accept the Signon invitation, which comes by email.')
  if (wantsSuper && entry['twoStep'] !== 'enabled')
    return waits('Set up 2-step verification in your production Signon account.')
  const more =
    !wantsSuper && entry['role'] !== 'Normal' ? ` The role is ${entry['role']}, more than was asked for.` : ''
  const staging = order.saidDoneAt ? ` Expected in staging by ${inStagingBy(order.saidDoneAt)}.` : ''
  return { is: 'present', detail: `As wanted in ${of}.${more}${staging}`, evidence }
}

function revoked(
  order: StepOrder,
  entry: Evidence,
  { of, evidence, now, doneAt }: { of: string; evidence: Evidence; now: Date; doneAt: Date },
): Observation {
  const suspended = entry['status'] === 'suspended'
  const isGone = suspended || (order.wanted.value === 'Super Admin' && entry['role'] !== 'Super Admin')
  if (!isGone)
    return {
      is: 'present',
      detail: `In ${of} the role is ${entry['role']}, and the account is ${entry['status']}.`,
      evidence,
    }
  const what = suspended ? `Suspended in ${of}.` : `The role is ${entry['role']} in ${of}.`
  const kept =
    suspended && entry['role'] !== 'Normal' ? ` Whoever lets them in again gives back ${entry['role']} too.` : ''
  const copied = inStagingAt(doneAt)
  const staging =
    copied <= now
      ? ''
      : isFarFromStaging(doneAt)
        ? ` Staging follows only on ${inStagingBy(doneAt)}: do the same there by hand.`
        : ` Expected in staging by ${inStagingBy(doneAt)}.`
  return {
    is: 'absent',
    detail: `${what}${kept}${staging}`,
    evidence,
    ...(copied > now ? { effectiveWithinMs: copied.getTime() - now.getTime() } : {}),
  }
}

function appsOf({ wanted }: StepOrder): string[] {
  const { apps } = wanted.params
  return Array.isArray(apps) ? apps : []
}

const sameName = (one: string, other: string) => one.trim().toLowerCase() === other.trim().toLowerCase()

function permissionsIn(entry: Evidence, app: string): string[] {
  const found = Object.entries(entry).find(([key]) => key.startsWith(APP) && sameName(key.slice(APP.length), app))
  return String(found?.[1] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}
