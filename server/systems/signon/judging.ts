import { londonDay } from '../../clock.ts'
import type { Evidence, Exported, Observation, StepOrder, Told } from '../../grants/system.ts'
import { inStagingAt, inStagingBy } from '../../rules/weekday-copy.ts'
import { appsOf, mayDo, permissionsIn, sameName } from './applications.ts'
import { stagingAfter } from './staging.ts'
import { judgedByTold } from './suspension.ts'

const unknown = (detail: string, ownPartSeen = false): Observation => ({ is: 'cannot-tell', detail, ownPartSeen })

/** What the newest export says of one step, and what Signon told us since. */
export function judged(order: StepOrder, found: Exported | null, told: Told | null, now: Date): Observation {
  const since = told && (!found || told.at > found.at) ? judgedByTold(order, told, found, now) : null
  return since ?? judgedByExport(order, found, now)
}

function judgedByExport(order: StepOrder, found: Exported | null, now: Date): Observation {
  if (!found) return unknown('No export of Signon tells about this person yet.')
  const { entry, at } = found
  const of = `the Signon export of ${londonDay(at)}`
  const ownPartSeen = entry?.['twoStep'] === 'enabled'
  if (!order.saidDoneAt) return before(order, entry, { of, at, ownPartSeen })
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
  const known = { of, evidence: evidenceOf(entry, order, at), now, doneAt: order.saidDoneAt, asOf: at }
  return order.direction === 'grant'
    ? granted(order, entry, { ...known, about: found.about })
    : revoked(order, entry, known)
}

interface Found {
  /** Which export, in words. */
  of: string
  evidence: Evidence
  now: Date
  asOf: Date
}

/**
 * Before somebody says that it is done, an export could be of any time before that: only that something to be revoked is
 * still there is told, because then somebody looks.
 */
function before(
  order: StepOrder,
  entry: Evidence | null,
  { of, at, ownPartSeen }: { of: string; at: Date; ownPartSeen: boolean },
): Observation {
  if (order.direction === 'grant') return unknown('Nobody has said yet that it is done.', ownPartSeen)
  if (!entry) return unknown(`The person is not in ${of}.`)
  if (isGone(order, entry)) return unknown(`It is gone in ${of}. A newer one is needed to know.`)
  return stillThere(order, entry, of, at)
}

/** A lower role still signs in: it is gone only where exactly that one is kept. */
function isGone({ wanted }: StepOrder, entry: Evidence): boolean {
  const { keeps } = wanted.params
  return entry['status'] === 'suspended' || (typeof keeps === 'string' && entry['role'] === keeps)
}

function stillThere(order: StepOrder, entry: Evidence, of: string, asOf: Date): Observation {
  const detail = `In ${of} the role is ${entry['role']}, and the account is ${entry['status']}.`
  return { is: 'present', detail, evidence: evidenceOf(entry, order, asOf), asOf }
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
  { of, evidence, now, doneAt, asOf, about }: Found & { doneAt: Date; about: Evidence },
): Observation {
  const wantsSuper = order.wanted.value === 'Super Admin'
  const known = String(about['applications'] ?? '').split('\n')
  const strange = appsOf(order).find((app) => !known.some((one) => sameName(one, app)))
  if (strange !== undefined) return unknown(`There is no application ${strange} in ${of}. Check how Signon writes it.`)
  const lacking = [
    ...(wantsSuper && entry['role'] !== 'Super Admin' ? [`the role is ${entry['role']}`] : []),
    ...(entry['status'] === 'suspended' ? ['the account is suspended'] : []),
    ...appsOf(order)
      .filter((app) => !mayDo(entry, app, 'signin'))
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
  const staging = inStagingAt(doneAt) > now ? ` Expected in staging by ${inStagingBy(doneAt)}.` : ''
  return { is: 'present', detail: `As wanted in ${of}.${more}${staging}`, evidence, asOf }
}

function revoked(
  order: StepOrder,
  entry: Evidence,
  { of, evidence, now, doneAt, asOf }: Found & { doneAt: Date },
): Observation {
  if (!isGone(order, entry)) return stillThere(order, entry, of, asOf)
  const suspended = entry['status'] === 'suspended'
  const what = suspended ? `Suspended in ${of}.` : `The role is ${entry['role']} in ${of}.`
  const kept =
    suspended && entry['role'] !== 'Normal' ? ` Whoever lets them in again gives back ${entry['role']} too.` : ''
  const { words, effectiveWithinMs } = stagingAfter(doneAt, now)
  return {
    is: 'absent',
    detail: `${what}${kept}${words}`,
    evidence,
    ...(effectiveWithinMs === null ? {} : { effectiveWithinMs }),
  }
}
