import type { Kysely } from 'kysely'
import type { Schema } from '../db/schema.ts'
import type { ReviewReason } from '../rules/access-review.ts'
import { onReturnOf } from '../rules/on-return.ts'
import type { RuleSet } from '../rules/rule-set.ts'
import type { AccountKind, Installation, LevelId, PersonFacts, PlanStep, PreparednessReview } from '../rules/types.ts'
import { reviewsOf } from './access-reviews.ts'
import type { RequestRow } from './act.ts'
import { approvedStates, beforeApproval, finalStates } from './life.ts'

/**
 * What somebody had and was revoked, as it was then. It fills in what is asked anew and is shown to whoever decides; it
 * proves nothing: everything is judged and attested again.
 */
export interface Returning {
  /** The request that was revoked. */
  request: string
  level: LevelId
  /** When the last of it was gone. */
  on: Date
  /** Nobody approved it: it was found, adopted, and revoked since. */
  adopted: boolean
  /** Whether the engineer gave all of it back, and nobody else revoked any. */
  givenBack: boolean
  /** What the revocation was decided for; `null` where no access review was. Absence and leaving are not everybody's to read. */
  why: ReviewReason | null
  reason: string | null
  signonApps: RequestRow['signon_apps']
  /** A review of that time; whoever reviewed it confirms it anew. */
  review: PreparednessReview | null
  /** Names in other systems at that time. */
  accounts: Partial<Record<AccountKind, string>>
  /** In the rule set's words: what returns by itself, and what does not work any more. */
  onReturn: string[]
}

/** Whether a request in this state, or a card without one, can still be somebody's return. */
function mayReturn(request: RequestRow | null): boolean {
  return request === null || beforeApproval.includes(request.state) || finalStates.includes(request.state)
}

/**
 * The last revocation of somebody at the level that a card is for, else at any, unless that was approved for them since; else
 * what was adopted of that level, and revoked.
 * @param about the level, and the request that the card is about now
 * @param rules those in force, which tell what steps of earlier versions do not
 */
export async function returningOf(
  db: Kysely<Schema>,
  engineer: PersonFacts,
  { level, request }: { level: LevelId; request: RequestRow | null },
  rules: { ruleSet: RuleSet; installation: Installation },
): Promise<Returning | null> {
  if (!mayReturn(request)) return null
  const personId = engineer.id
  const before = await db
    .selectFrom('request')
    .selectAll()
    .where('person_id', '=', personId)
    .where('approved_at', 'is not', null)
    .where('state', 'in', ['ended', ...approvedStates])
    .execute()
  const ended = before
    .filter(({ state }) => state === 'ended')
    .toSorted((one, other) => other.state_since.getTime() - one.state_since.getTime())
  // Of two levels that were revoked each comes back by itself; what was had of another is better than nothing.
  const own = ended.find((one) => one.level === level)
  const last = own ?? ended[0] ?? (await lastAdopted(db, personId, level))
  const since = own || last?.approved_at === null ? before.filter((one) => one.level === level) : before
  if (!last || since.some((one) => one.id !== last.id && isApprovedSince(one, last.state_since))) return null
  const steps = await db
    .selectFrom('step')
    .select('plan')
    .where('request_id', '=', last.id)
    .where('direction', '=', 'revoke')
    .orderBy('ordinal')
    .execute()
  if (steps.length === 0) return null
  return {
    request: last.id,
    level: last.level,
    on: last.state_since,
    adopted: last.approved_at === null,
    givenBack: await wasGivenBack(db, last),
    why: await whyRevoked(db, last),
    // Why it was adopted is another's word.
    reason: last.approved_at === null ? null : last.reason,
    signonApps: last.approved_at === null ? appsIn(steps.map(({ plan }) => plan)) : last.signon_apps,
    review: last.review,
    accounts: Object.fromEntries(steps.map(({ plan: { account } }) => [account.kind, account.name])),
    onReturn: [...new Set(steps.flatMap(({ plan }) => onReturnOf(plan, { ...rules, engineer }) ?? []))],
  }
}

/** A record of something that was found, and held in the ledger since: what was removed at once was nobody's by right. */
async function lastAdopted(db: Kysely<Schema>, personId: string, level: LevelId): Promise<RequestRow | undefined> {
  return (
    db
      .selectFrom('request')
      .innerJoin('card', 'card.id', 'request.card_id')
      .selectAll('request')
      .where('request.person_id', '=', personId)
      .where('request.level', '=', level)
      .where('request.approved_at', 'is', null)
      .where('request.state', '=', 'ended')
      .where('card.way', '=', 'record')
      // What was set aside of a request of theirs was never adopted.
      .where('request.previous_request_id', 'is', null)
      .where((eb) =>
        eb.exists(eb.selectFrom('holding').select('holding.id').whereRef('holding.request_id', '=', 'request.id')),
      )
      .orderBy('request.state_since', 'desc')
      .limit(1)
      .executeTakeFirst()
  )
}

/** Applications as a form of the engineer has them, by environment. */
function appsIn(plans: PlanStep[]): RequestRow['signon_apps'] {
  const found = plans.flatMap(({ environment, wanted: { params } }) =>
    Array.isArray(params['apps']) && params['apps'].length > 0
      ? [[environment ?? 'production', params['apps']] as const]
      : [],
  )
  return { production: ['Release'], ...Object.fromEntries(found) }
}

function isApprovedSince({ approved_at }: RequestRow, at: Date): boolean {
  return approved_at !== null && approved_at >= at
}

/** The review that decided it: one that revoked, between the approval and the end. */
async function whyRevoked(db: Kysely<Schema>, ended: RequestRow): Promise<ReviewReason | null> {
  const from = ended.approved_at ?? ended.created_at
  const decided = (await reviewsOf(db, ended.person_id)).filter(
    ({ outcome, closed_at }) =>
      outcome === 'revoked' && closed_at !== null && closed_at >= from && closed_at <= ended.state_since,
  )
  return decided.at(-1)?.why ?? null
}

/** Who revoked what of a request is told by the log; whoever has it themselves gives it back. */
async function wasGivenBack(db: Kysely<Schema>, ended: RequestRow): Promise<boolean> {
  const opened = await db
    .selectFrom('event')
    .select('actor')
    .where('request_id', '=', ended.id)
    .where('type', 'in', ['undo-opened', 'revocation-opened', 'revoked-by-command'])
    .execute()
  return opened.length > 0 && opened.every(({ actor }) => actor === ended.person_id)
}
