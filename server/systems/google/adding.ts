import { type Receipt, type StepOrder, SystemFailure } from '../../grants/system.ts'
import { dayInWords, endOf } from '../../rules/ending.ts'
import { HttpFailure } from '../http/failures.ts'
import { noConsent } from './client.ts'
import type { Membership, Memberships, Operation } from './memberships.ts'
import { endsTooSoon, groupIn, pageIn, wantedEnd } from './wanted.ts'

/** Adding somebody to a group, with an end of its own where that is wanted and this edition of Google takes it. */

/** Codes of an operation that was carried out and came to nothing (google.rpc.Code). */
const INVALID_ARGUMENT = 3
const ALREADY_EXISTS = 6
const PERMISSION_DENIED = 7
const FAILED_PRECONDITION = 9

/** @throws SystemFailure */
export async function add(memberships: Memberships, order: StepOrder, now: Date): Promise<Receipt> {
  const group = groupIn(order)
  const { name, id } = order.account
  const receipt = (detail: string, vendorRequestId: string | null = null) => ({
    vendorRequestId,
    link: pageIn(order),
    detail,
  })
  const there = () => receipt(`${name} was in ${group} already.`)
  const ending = wantedEnd(order)
  const endsAt = ending && endOf(ending, now)
  if (endsAt && endsAt <= now) throw alreadyOver(endsAt)
  const found = await memberships.find(group, id)
  if (found && endsAt && endsTooSoon(order, found)) {
    await moveEnd(memberships, found, endsAt, { name, group })
    return receipt(`Asked Google to end the membership of ${name} in ${group} on ${dayInWords(endsAt)}.`)
  }
  if (found) return there()
  try {
    const { operation, until } = await addUntil(memberships, group, id, endsAt)
    if (operation.error?.code === ALREADY_EXISTS) return there()
    checkOperation(operation)
    return receipt(`Asked Google to add ${name} to ${group}${endWords(endsAt, until)}.`, operation.name ?? null)
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error
    // Somebody was quicker, or Google had carried out what it did not answer: the next look says which.
    if (error.status === 409) return there()
    if (error.status === 400) throw notAccepted(name, group)
    throw error
  }
}

/** With its end, or without where Google refuses that: a refusal changed nothing, so asking anew is safe. */
async function addUntil(
  memberships: Memberships,
  group: string,
  email: string,
  until: Date | null,
): Promise<{ operation: Operation; until: Date | null }> {
  const forEver = async () => ({ operation: await memberships.add(group, email, null), until: null })
  try {
    const operation = await memberships.add(group, email, until)
    const { code } = operation.error ?? {}
    if (until && (code === INVALID_ARGUMENT || code === FAILED_PRECONDITION)) return await forEver()
    return { operation, until }
  } catch (error) {
    if (until && isRefused(error)) return await forEver()
    throw error
  }
}

function endWords(wanted: Date | null, until: Date | null): string {
  if (until) return ` until ${dayInWords(until)}`
  return wanted ? ', without an end: Google does not take one here' : ''
}

async function moveEnd(
  memberships: Memberships,
  found: Membership & { endsAt: Date },
  endsAt: Date,
  { name, group }: { name: string; group: string },
): Promise<void> {
  try {
    await memberships.endAt(found, endsAt)
  } catch (error) {
    if (!isRefused(error)) throw error
    throw new SystemFailure(
      'managed-elsewhere',
      `Google ends the membership of ${name} in ${group} on ${dayInWords(found.endsAt)}, and does not let us move that.`,
      `An owner of ${group} sets the end to ${dayInWords(endsAt)} or takes it away, then tries again.`,
    )
  }
}

/** Whether Google said no; an answer that we do not understand may have been a yes. */
function isRefused(error: unknown): boolean {
  if (error instanceof HttpFailure) return error.status === 400
  return error instanceof SystemFailure && error.kind === 'forbidden'
}

/** A 2xx may carry an operation that came to nothing. @throws SystemFailure */
export function checkOperation({ error }: Operation): void {
  if (!error) return
  if (error.code === PERMISSION_DENIED) throw noConsent()
  throw new SystemFailure(
    'invalid',
    'Google took what we asked and did not carry it out.',
    'Look at the attempts, or let people do it by hand.',
  )
}

function alreadyOver(endsAt: Date): SystemFailure {
  return new SystemFailure(
    'refused-by-rule',
    `The membership was to end on ${dayInWords(endsAt)}, which is over.`,
    'Whoever runs this server gives the target another day. Then the sponsor approves again.',
  )
}

function notAccepted(name: string, group: string): SystemFailure {
  return new SystemFailure(
    'unknown-person',
    `Google does not take ${name} as a member of ${group}.`,
    'The engineer says which work address Google knows them by, or an owner of the group looks whether it takes that address.',
  )
}
