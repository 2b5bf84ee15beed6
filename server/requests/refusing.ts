import type { NewEvent } from '../audit/events.ts'
import type { Database, Tx } from '../db/database.ts'
import { ActRefused, type Refusal, type World } from './act.ts'
import { loadActor, type Presented } from './actor.ts'
import type { ActName } from './authorisation.ts'
import { HostFailure } from './card-host.ts'
import { canonical } from './challenge.ts'
import { currentRequest } from './current.ts'
import { locate } from './locate.ts'
import { changesSince, readSeen } from './seen.ts'
import type { Office } from './world.ts'

/** How acts are refused: in words that say what to do, and logged where the person is known. */

export interface RefusingParts {
  db: Database
  office: Office
  append(tx: Tx, events: NewEvent[]): Promise<void>
}

/** Slips of the pen in a form are put right at their field; they are no refusals, and the log does not keep them. */
const slips = new Set(['input', 'accounts', 'unconfirmed'])

/** Does the work, and logs the refusal when it ends in one. @throws ActRefused */
export async function loggingRefusals<T>(
  parts: RefusingParts,
  about: { presented: Presented; act: string; subject: string },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const refusal =
      error instanceof HostFailure
        ? { code: 'host-unreachable', sentence: hostSentence(about.act, error), status: 503 as const }
        : error instanceof ActRefused
          ? error.refusal
          : openTwice(error)
    if (!refusal) throw error
    if (!slips.has(refusal.code)) await logRefusal(parts, about, refusal.code)
    throw new ActRefused(refusal)
  }
}

/** Two cards of one engineer opened at the same moment: the database lets one of them through. */
function openTwice(error: unknown): Refusal | null {
  const constraint = error instanceof Error && 'constraint' in error ? error.constraint : null
  if (constraint !== 'request_one_open') return null
  const sentence = 'There is an open request for this person and level on another card already. Go to that card.'
  return { code: 'duplicate', sentence, status: 409 }
}

/** For linked people only; strangers move a counter, so that a flood of them cannot hold the chain's lock. */
export async function logRefusal(
  { db, office, append }: RefusingParts,
  { presented, act, subject }: { presented: Presented; act: string; subject: string },
  code: string,
): Promise<void> {
  await db.transaction(async (tx) => {
    const actor = await loadActor(tx, office, presented)
    if (!actor.person) return
    const place = await locate(tx, subject)
    const request = place ? await currentRequest(tx, place.cardId) : null
    const event = { requestId: request?.id ?? null, personId: actor.person.id, stepId: place?.stepId ?? null }
    await append(tx, [
      { ...event, type: 'refused', actor: actor.person.id, boardId: presented.boardId, data: { act, code } },
    ])
  })
}

/** Compares with what stood on the screen. @throws ActRefused with what changed */
export function refuseWhenChanged(act: ActName, seenText: string, world: World): void {
  const seen = readSeen(seenText)
  const changed = seen ? changesSince(seen, world) : []
  if (changed.length > 0) throw new ActRefused(changedRefusal(act, changed))
}

/** Compares with the basis kept in the statement: what changed between the click and now. @throws ActRefused */
export function refuseWhenBasisChanged(act: ActName, statement: string, world: World): void {
  const kept: unknown = JSON.parse(statement)
  if (typeof kept !== 'object' || kept === null || !('basis' in kept)) return
  refuseWhenChanged(act, canonical(kept.basis), world)
}

const nothingDone: Partial<Record<ActName, string>> = {
  approve: 'Nothing has been approved',
  'revoke-holding': 'Nothing has been revoked',
  decline: 'Nothing has been declined',
  'review-preparedness': 'Nothing has been saved',
}

function nothing(act: string): string {
  return Object.entries(nothingDone).find(([name]) => name === act)?.[1] ?? 'Nothing has been changed'
}

export function changedRefusal(act: ActName, changed: string[]): Refusal {
  const [first] = changed
  const what =
    changed.length === 1 && first
      ? `${first.replace(/\.$/, '')} while you were reading.`
      : 'Some things changed while you were reading.'
  const again = act === 'approve' ? 'Check the change and approve again.' : 'Check the change and try again.'
  return {
    code: 'changed',
    sentence: `${nothing(act)}. ${what} ${again} Your other answers are kept.`,
    changed,
    status: 409,
  }
}

function hostSentence(act: string, { kind }: HostFailure): string {
  if (kind === 'not-found' || kind === 'forbidden')
    return `${nothing(act)} because we cannot read this card. Your answers are still here. A board admin adds our service member to the board, then try again.`
  return `${nothing(act)} because we could not reach Trello. Your answers are still here. Try again in a minute.`
}

/** Field errors in words; the schemas carry the sentences. */
export function unreadable(issues: { path: PropertyKey[]; message: string }[]): Refusal {
  const fields = Object.fromEntries(issues.map((issue) => [String(issue.path[0] ?? ''), issue.message]))
  const { '': whole, ...named } = fields
  const count = Object.keys(named).length
  const sentence =
    count > 0
      ? `There ${count === 1 ? 'is 1 thing' : `are ${count} things`} to put right.`
      : (whole ?? 'We could not read this.')
  return { code: 'input', sentence, fields: named, status: 422 }
}
