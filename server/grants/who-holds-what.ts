import type { Kysely } from 'kysely'
import type { Schema } from '../db/schema.ts'
import { safeCsvLine } from '../people/csv.ts'
import type { PlanStep } from '../rules/types.ts'

/** The ledger as people read it: who holds what, since when, under which rule set and request, on whose word. */

export interface LedgerLine {
  id: string
  personId: string
  personName: string
  level: string
  /** Of the step that gave it. */
  words: PlanStep['words']
  key: string
  system: string
  systemName: string
  environment: string | null
  account: string
  value: string
  ruleSet: string
  since: Date
  requestId: string
  /** `null`: there is no such card, or none any more. */
  cardUrl: string | null
  /** Given outside, and adopted since. */
  adopted: boolean
  stepId: string
  /** Who approved the request that gave it. */
  approvedBy: string | null
  approvedAt: Date | null
  /** Who lowered its level since, and when. */
  loweredBy: string | null
  loweredAt: Date | null
  proof: 'verified' | 'attested' | 'done'
  lastVerifiedAt: Date | null
  lastSeenAt: Date | null
  missingSince: Date | null
  endedAt: Date | null
  /** Until when something may act on although it ended: sessions, and copies that follow later. */
  effectiveBy: Date | null
  nothingToUndo: boolean
  /** Of a request that has ended: it stays until they leave. */
  untilLeaving: boolean
  /** Of a request that is granted, with nothing of it revoked. */
  whole: boolean
}

/**
 * Lines of the ledger, by person and then by what was given.
 * @param about.personId one person's alone; `ended` also what was revoked, newest first
 */
export async function everyHolding(
  db: Kysely<Schema>,
  about: { personId?: string; ended?: boolean } = {},
): Promise<LedgerLine[]> {
  let asked = db
    .selectFrom('holding')
    .innerJoin('person', 'person.id', 'holding.person_id')
    .innerJoin('request', 'request.id', 'holding.request_id')
    .innerJoin('card', 'card.id', 'request.card_id')
    .innerJoin('step', 'step.id', 'holding.step_id')
    .leftJoin('step as ender', 'ender.id', 'holding.ended_by_step')
    .leftJoin('person as decider', 'decider.id', 'request.approved_by')
    .leftJoin('person as lowerer', 'lowerer.id', 'request.lowered_by')
    .selectAll('holding')
    .select([
      'person.full_name',
      'card.url',
      'card.way',
      'card.deleted_at',
      'step.plan',
      'ender.effective_by',
      'decider.full_name as decided_by',
      'lowerer.full_name as lowered_by',
      'request.approved_at',
      'request.lowered_at',
      'request.state',
      'request.approval_id',
      'request.previous_request_id',
    ])
    .select((eb) =>
      eb
        .exists(
          eb
            .selectFrom('holding as other')
            .select('other.id')
            .whereRef('other.request_id', '=', 'holding.request_id')
            .where('other.ended_at', 'is not', null)
            // What went with a level that it is of no more is no part of it.
            .where((other) =>
              other.or([
                other('request.lowered_from', 'is', null),
                other('other.level', '!=', other.ref('request.lowered_from')),
              ]),
            ),
        )
        .as('reduced'),
    )
    .orderBy('person.full_name')
    .orderBy('holding.ended_at', (order) => order.desc().nullsFirst())
    .orderBy('holding.grant_key')
  if (about.personId !== undefined) asked = asked.where('holding.person_id', '=', about.personId)
  if (about.ended !== true) asked = asked.where('holding.ended_at', 'is', null)
  return (await asked.execute()).map((row) => ({
    id: row.id,
    personId: row.person_id,
    personName: row.full_name,
    level: row.level,
    words: row.plan.words,
    key: row.grant_key,
    system: row.system,
    systemName: row.plan.systemName,
    environment: row.environment,
    account: row.account.name,
    value: row.wanted.value,
    ruleSet: row.rule_set,
    since: row.since,
    requestId: row.request_id,
    cardUrl: row.deleted_at ? null : row.url,
    adopted: row.way === 'record' && row.previous_request_id === null,
    stepId: row.step_id,
    approvedBy: row.decided_by,
    approvedAt: row.approved_at,
    loweredBy: row.lowered_by,
    loweredAt: row.lowered_at,
    proof: row.proof,
    lastVerifiedAt: row.last_verified_at,
    lastSeenAt: row.last_seen_at,
    missingSince: row.missing_since,
    endedAt: row.ended_at,
    effectiveBy: row.effective_by,
    nothingToUndo: row.plan.nothingToUndo,
    untilLeaving: row.state === 'ended' && row.ended_at === null,
    // What was only adopted is no level that somebody approved.
    whole: row.state === 'granted' && row.approval_id !== null && !row.reduced,
  }))
}

const header = [
  'person',
  // Two people may have one name.
  'email',
  'level',
  'grant',
  'system',
  'environment',
  'account',
  'value',
  'since',
  'rule_set',
  'card',
  'approved_by',
  'approved_at',
  'lowered_by',
  'lowered_at',
  'proof',
  'last_verified',
  'last_seen',
  'missing_since',
  'ended',
  // A card may be gone.
  'person_id',
  'request_id',
]

/**
 * The ledger as a spreadsheet; instants as ISO 8601 in UTC, empty where there is none.
 * @param emails by person id, as far as the register knows them
 */
export function ledgerCsv(lines: LedgerLine[], emails: ReadonlyMap<string, string>): string {
  const at = (instant: Date | null) => instant?.toISOString() ?? ''
  const rows = lines.map((line) =>
    safeCsvLine([
      line.personName,
      emails.get(line.personId) ?? '',
      line.level,
      line.key,
      line.systemName,
      line.environment ?? '',
      line.account,
      line.value,
      at(line.since),
      line.ruleSet,
      line.cardUrl ?? '',
      line.approvedBy ?? '',
      at(line.approvedAt),
      line.loweredBy ?? '',
      at(line.loweredAt),
      line.proof,
      at(line.lastVerifiedAt),
      at(line.lastSeenAt),
      at(line.missingSince),
      at(line.endedAt),
      line.personId,
      line.requestId,
    ]),
  )
  return `${[header.join(','), ...rows].join('\n')}\n`
}
