import { z } from 'zod'

/**
 * The closed set of events, in business language. Numbers are stable: they are never reused, so that old exports keep
 * their meaning; 120 and 316 are retired. Personal details are referenced by id, never embedded.
 */

const nothing = z.strictObject({})
const id = z.string().min(1).max(80)
const signed = { signedAct: id, digest: z.string().regex(/^[0-9a-f]{64}$/) }
export const evidenceSchema = z.strictObject(signed)
export type Evidence = z.infer<typeof evidenceSchema>
const approval = { ...signed, planHash: z.string(), ruleSet: id, ruleSetDigest: z.string(), relation: id }
const level = z.strictObject({ level: id })
/** Of how many people, and of how many things that they hold, which older events do not say. */
const howMany = z.strictObject({
  people: z.number(),
  all: z.number(),
  items: z.number().optional(),
  allItems: z.number().optional(),
})
const stepOnly = z.strictObject({ key: id })

export const eventTypes = {
  // a request's life
  'request-attached': { id: 100, data: z.strictObject({ level: id, way: id }) },
  /** `returns`: the request that was revoked and is asked for again. */
  'request-opened': { id: 101, data: level.extend({ returns: id.optional() }) },
  'details-given': { id: 102, data: z.strictObject({ given: z.array(id) }) },
  'ticks-claimed': { id: 103, data: z.strictObject({ items: z.array(id) }) },
  ready: { id: 104, data: nothing },
  'no-longer-ready': { id: 105, data: nothing },
  'review-recorded': {
    id: 106,
    data: z.strictObject({ formVersion: z.string(), date: z.iso.date(), objectives: z.array(id) }),
  },
  'line-manager-agreed': { id: 107, data: z.strictObject({ recorded: z.boolean() }) },
  'changes-asked': { id: 108, data: nothing },
  approved: { id: 109, data: z.strictObject({ ...approval, sameAsReviewer: z.boolean() }) },
  declined: { id: 110, data: nothing },
  withdrawn: { id: 111, data: nothing },
  expired: { id: 112, data: nothing },
  'kept-open': { id: 113, data: nothing },
  stopped: { id: 114, data: z.strictObject({ because: z.string() }) },
  resumed: { id: 115, data: z.strictObject({ because: z.string() }) },
  paused: { id: 116, data: z.strictObject({ because: z.enum(['card-archived', 'card-deleted']) }) },
  granted: { id: 117, data: z.strictObject({ level: id, proofs: z.record(z.string(), z.number()) }) },
  'undo-opened': { id: 118, data: z.strictObject(signed) },
  /** `kept`: how much of it stays, because another request needs it, and how much was `taken`. */
  ended: {
    id: 119,
    data: z.strictObject({ kept: z.int().positive().optional(), taken: z.int().nonnegative().optional() }),
  },
  /** `before`: the signed act of the approval that this one follows. */
  'approved-again': { id: 121, data: z.strictObject({ ...approval, before: id }) },
  'judged-again': { id: 122, data: z.strictObject({ from: id, to: id }) },
  'request-detached': { id: 123, data: nothing },
  // who somebody is
  'identity-claimed': { id: 200, data: z.strictObject({ memberId: id }) },
  'identity-confirmed': { id: 201, data: nothing },
  'identity-rejected': { id: 202, data: nothing },
  'account-linked': { id: 203, data: z.strictObject({ kind: id }) },
  'account-changed': { id: 204, data: z.strictObject({ kind: id }) },
  'keeper-made': { id: 205, data: z.strictObject({ memberId: id }) },
  'register-imported': { id: 206, data: z.strictObject({ rows: z.number(), added: z.number(), changed: z.number() }) },
  'fact-changed': { id: 207, data: z.strictObject({ fact: id }) },
  'rota-imported': { id: 208, data: z.strictObject({ rows: z.number() }) },
  'details-erased': { id: 209, data: z.strictObject({ details: z.number(), reason: z.string().min(1).max(300) }) },
  'register-exported': { id: 210, data: nothing },
  /** `file`: a digest of the whole file, which is not kept. */
  'export-imported': {
    id: 211,
    data: z.strictObject({ system: id, rows: z.number(), kept: z.number(), file: z.hex().length(64) }),
  },
  // steps
  /** `account`: a digest of its id; the id itself would name somebody. */
  'step-intent': { id: 300, data: z.strictObject({ key: id, account: z.hex().length(64), wanted: z.string() }) },
  'step-receipt': { id: 301, data: stepOnly },
  'step-waiting': { id: 302, data: stepOnly },
  'step-stuck': { id: 303, data: stepOnly },
  'step-verified': { id: 304, data: stepOnly },
  'step-taken': { id: 305, data: stepOnly },
  'step-released': { id: 306, data: stepOnly },
  'step-handed-over': { id: 307, data: stepOnly },
  'step-done': { id: 308, data: stepOnly },
  'step-undone': { id: 309, data: stepOnly },
  'step-seen': {
    id: 310,
    data: z.strictObject({ key: id, seerIsApprover: z.boolean() }),
  },
  'step-cannot': { id: 311, data: z.strictObject({ key: id, why: id }) },
  'step-retried': { id: 312, data: stepOnly },
  'step-made-task': { id: 313, data: stepOnly },
  'step-stopped': { id: 314, data: stepOnly },
  'engineer-part-done': { id: 315, data: stepOnly },
  /** What stands in the table is not what was signed: everything of the request was stopped. */
  'step-not-as-signed': { id: 317, data: stepOnly },
  /** We saw that the engineer did what only they can do. */
  'engineer-part-seen': { id: 318, data: stepOnly },
  // holdings
  'holding-made': { id: 400, data: z.strictObject({ grant: id, proof: id }) },
  'holding-ended': { id: 401, data: z.strictObject({ grant: id }) },
  /** A later look did not find it any more, or found it again. */
  'holding-missing': { id: 403, data: z.strictObject({ grant: id }) },
  /** Revoked in one request and needed by another, which has it from now on. */
  'holding-kept': { id: 405, data: z.strictObject({ grant: id }) },
  'holding-back': { id: 404, data: z.strictObject({ grant: id }) },
  'revocation-opened': { id: 402, data: z.strictObject({ ...signed, holding: id }) },
  // access reviews: why one is due stands beside the log, where it can be erased
  'review-opened': { id: 420, data: z.strictObject({ review: id }) },
  'review-closed': { id: 421, data: z.strictObject({ review: id }) },
  /** Somebody decided: access is revoked, or kept until a day to look again. */
  /** On the server, while Trello is down: `takes` holds a digest of each thing that goes. Reviewed after. */
  /** A run that would be about many people stopped, or somebody let it begin. */
  'reviews-held': { id: 425, data: howMany },
  'reviews-let': { id: 426, data: howMany.pick({ people: true, items: true }) },
  /** `before`: the signed act of the approval that this one takes the place of. */
  'level-lowered': {
    id: 424,
    data: z.strictObject({
      ...signed,
      planHash: z.string(),
      ruleSet: id,
      ruleSetDigest: z.string(),
      from: id,
      to: id,
      before: id,
    }),
  },
  'revoked-by-command': {
    id: 423,
    data: z.strictObject({ takes: z.array(z.hex().length(64)), reviewAfter: z.literal(true) }),
  },
  /** A second person looked at what a command revoked. */
  'command-looked-at': { id: 427, data: nothing },
  'review-decided': { id: 422, data: z.strictObject({ ...signed, review: id, outcome: id }) },
  // drift
  /** `kind` and `place` of what a comparison found; whom it is about stands beside the log. */
  'drift-found': { id: 450, data: z.strictObject({ finding: id, kind: id, place: id, overGrant: z.boolean() }) },
  'drift-gone': { id: 451, data: z.strictObject({ finding: id, place: id }) },
  'drift-adopted': { id: 452, data: z.strictObject({ ...signed, finding: id, place: id }) },
  /** Signed, unless the command on the server opened it. */
  'drift-removal-opened': {
    id: 453,
    data: z.strictObject({ finding: id, place: id, ...evidenceSchema.partial().shape }),
  },
  'drift-granted-again': { id: 454, data: z.strictObject({ ...signed, finding: id, place: id }) },
  'drift-recorded-as-ended': { id: 455, data: z.strictObject({ ...signed, finding: id, place: id }) },
  'comparison-wanted': { id: 456, data: nothing },
  /** What somebody recorded as ended was seen to be gone, or not. */
  'drift-ended': { id: 457, data: z.strictObject({ finding: id, place: id }) },
  /** It stays as it is until a day, or until it changes. */
  'drift-left': { id: 461, data: z.strictObject({ ...signed, finding: id, place: id }) },
  'drift-account-named': { id: 462, data: z.strictObject({ ...signed, finding: id, place: id }) },
  'drift-account-to-go': { id: 463, data: z.strictObject({ ...signed, finding: id, place: id }) },
  'drift-lowering-opened': { id: 464, data: z.strictObject({ ...signed, finding: id, place: id }) },
  'drift-not-ended': { id: 458, data: z.strictObject({ finding: id, place: id, seen: id }) },
  /** A comparison found very many with something beyond the record: it waits, or somebody let it into the queue. */
  'differences-held': { id: 459, data: howMany.extend({ system: id }) },
  'differences-let': { id: 460, data: howMany.pick({ people: true, items: true }).extend({ system: id }) },
  // help
  'help-asked': { id: 500, data: z.strictObject({ help: id, system: z.string() }) },
  'help-answered': { id: 501, data: z.strictObject({ help: id }) },
  // the card
  'card-archived': { id: 600, data: nothing },
  'card-deleted': { id: 601, data: nothing },
  'card-moved': { id: 602, data: z.strictObject({ from: id, to: id }) },
  'notice-sent': { id: 603, data: z.strictObject({ kind: id }) },
  'notice-not-sent': { id: 604, data: z.strictObject({ kind: id, because: z.string() }) },
  'tick-earned': { id: 605, data: z.strictObject({ item: id }) },
  // the office
  'board-connected': { id: 700, data: nothing },
  'board-disconnected': { id: 701, data: nothing },
  'rule-set-activated': { id: 702, data: z.strictObject({ ruleSet: id, digest: z.string() }) },
  'log-exported': { id: 703, data: z.strictObject({ scope: z.string() }) },
  'ledger-exported': { id: 705, data: nothing },
  'head-published': { id: 704, data: z.strictObject({ head: z.number() }) },
  refused: { id: 800, data: z.strictObject({ act: id, code: id }) },
} as const

export type EventType = keyof typeof eventTypes

/** One event as it is handed to `append`. */
export interface NewEvent {
  type: EventType
  /** Person id, `system`, or `member:<id>` for somebody unlinked. */
  actor: string
  requestId: string | null
  personId: string | null
  stepId: string | null
  boardId: string | null
  data: Record<string, unknown>
  /** Personal details. Kept beside the log, with a salted digest in it, so that they can be erased. */
  detail?: Record<string, unknown>
  /** The signed act that this event comes from: its id, and the digest of its statement. */
  evidence?: Evidence
}
