import type { Relation } from './relations.ts'

/** Who may do what: one table. The tests are this table. Source: the rules page for who sponsors; the rest is our reading. */

export type ActName =
  // on a card
  | 'attach'
  | 'detach'
  | 'claim-identity'
  | 'confirm-identity'
  // the engineer's own
  | 'ask'
  | 'give-details'
  | 'change-names'
  | 'claim-ticks'
  | 'keep-open'
  // deciding
  | 'review-preparedness'
  | 'line-manager-agrees'
  | 'record-line-manager'
  | 'approve'
  | 'ask-for-changes'
  | 'decline'
  | 'withdraw'
  | 'stop'
  | 'go-on'
  | 'undo-granted'
  | 'lower-level'
  | 'resume-paused'
  // doing
  | 'take-step'
  | 'release-step'
  | 'hand-over-step'
  | 'do-own-part'
  | 'done-step'
  | 'undo-done-step'
  | 'cannot-step'
  | 'seen-step'
  | 'retry-step'
  | 'make-task'
  | 'revoke-holding'
  // help
  | 'ask-help'
  | 'answer-help'
  // the office
  | 'import-people'
  | 'import-rota'
  | 'import-export'
  | 'set-fact'
  | 'record-absence'
  | 'confirm-revocation'
  | 'keep-access'
  | 'revoke-for-cause'
  | 'look-at-command'
  | 'let-reviews'
  | 'let-differences'
  | 'adopt-drift'
  | 'remove-drift'
  | 'lower-drift'
  | 'leave-drift'
  | 'name-account'
  | 'remove-account'
  | 'leave-account'
  | 'grant-again'
  | 'record-as-ended'
  | 'compare-now'
  | 'connect-board'
  | 'disconnect-board'

interface Rule {
  /** Any of these relations suffices. */
  may: Relation[]
  /** None of these, whatever else the actor is. */
  never: Relation[]
  /** Says why not and who can. */
  refusal: string
  /** Said instead where it is the actor's own access. */
  own?: string
}

const doers: Relation[] = ['second-line', 'senior-tech', 'tech-lead', 'holds-admin']
const yours = 'You cannot mark this step because the access is yours. 2nd line or your tech lead can.'
const stepDoers =
  'You cannot do this step. 2nd line, Senior Tech, the engineer’s tech lead or somebody with Production Admin can.'
const steps: Rule = { may: doers, never: ['engineer'], refusal: stepDoers, own: yours }
const keepersOnly = 'You cannot change this. A register keeper can.'
const reviewers =
  'You cannot decide about this access. The engineer’s tech lead, Senior Tech or a register keeper can, but never about their own.'
const revokers =
  'You cannot revoke this. The engineer, whoever may sponsor this level, Senior Tech or a register keeper can.'

export const authorisation: Record<ActName, Rule> = {
  attach: {
    may: ['engineer', 'tech-lead', 'senior-tech', 'second-line'],
    never: [],
    refusal: 'You cannot attach this card. The engineer, their tech lead, Senior Tech or 2nd line can.',
  },
  // Whoever may attach may undo it, and so may the engineer who was named.
  detach: {
    may: ['engineer', 'tech-lead', 'senior-tech', 'second-line'],
    never: [],
    refusal: 'You cannot take this name off. The engineer, their tech lead, Senior Tech or 2nd line can.',
  },
  'claim-identity': {
    may: ['unlinked'],
    never: ['linked'],
    refusal: 'This Trello account is linked to a person already.',
  },
  'confirm-identity': {
    may: ['linked'],
    never: ['unlinked'],
    refusal: 'You cannot confirm this. A colleague whose Trello account is linked can.',
  },
  ask: {
    may: ['engineer'],
    never: [],
    refusal: 'You cannot ask for this access. Only the engineer named on the card can.',
  },
  'give-details': {
    may: ['engineer'],
    never: [],
    refusal: 'You cannot change these details. Only the engineer can give their own names and reason.',
  },
  'change-names': {
    may: ['engineer'],
    never: [],
    refusal: 'You cannot change these names. Only the engineer can give their own.',
  },
  'claim-ticks': { may: ['engineer'], never: [], refusal: 'You cannot claim these ticks. Only the engineer can.' },
  'keep-open': {
    may: ['engineer', 'sponsor', 'tech-lead'],
    never: [],
    refusal: 'You cannot keep this request open. The engineer or a sponsor can.',
  },
  'review-preparedness': {
    may: ['senior-tech'],
    never: ['engineer'],
    refusal: 'You cannot review this. Somebody in Senior Tech who is not the engineer can.',
  },
  'line-manager-agrees': {
    may: ['line-manager'],
    never: ['engineer'],
    refusal: 'You cannot say this. Only the engineer’s line manager can.',
  },
  'record-line-manager': {
    may: ['senior-tech'],
    never: ['engineer'],
    refusal: 'You cannot record this. Senior Tech can, with the date and a reference.',
  },
  approve: { may: ['sponsor'], never: ['engineer'], refusal: 'You cannot approve this.' },
  'ask-for-changes': {
    may: ['sponsor'],
    never: ['engineer'],
    refusal: 'You cannot ask for changes. Whoever may approve this request can.',
  },
  decline: {
    may: ['sponsor'],
    never: ['engineer'],
    refusal: 'You cannot decline this. Whoever may approve this request can.',
  },
  withdraw: {
    may: ['engineer', 'sponsor'],
    never: [],
    refusal: 'You cannot withdraw this request. The engineer or a sponsor can.',
  },
  stop: {
    may: ['sponsor', 'senior-tech', 'keeper'],
    never: ['engineer'],
    refusal: 'You cannot stop this. The sponsor, Senior Tech or a register keeper can.',
  },
  'go-on': {
    // It approves anew what had not begun, so whoever may not approve may not do this either.
    may: ['sponsor'],
    never: ['engineer'],
    refusal: 'You cannot let this go on. Whoever may approve this request can.',
  },
  // Taking back is for whoever may sponsor, and for cause for Senior Tech and keepers; giving back is the engineer's.
  'undo-granted': { may: ['engineer', 'sponsor', 'senior-tech', 'keeper'], never: [], refusal: revokers },
  'lower-level': { may: ['engineer', 'sponsor', 'senior-tech', 'keeper'], never: [], refusal: revokers },
  'resume-paused': {
    may: ['engineer', 'sponsor', 'senior-tech', 'second-line'],
    never: [],
    refusal: 'You cannot continue this request. The engineer, a sponsor or 2nd line can.',
  },
  'take-step': steps,
  'release-step': steps,
  'hand-over-step': steps,
  // The one thing about their own steps that an engineer says: accepted, signed in, 2-step verification set up.
  'do-own-part': {
    may: ['engineer'],
    never: [],
    refusal: 'Only the engineer can say this, because only they can do it.',
  },
  'done-step': steps,
  'undo-done-step': steps,
  'cannot-step': steps,
  'seen-step': {
    may: ['linked'],
    never: ['engineer'],
    refusal: 'You cannot say that you saw this because the access is yours. Another linked colleague can.',
  },
  'retry-step': steps,
  'make-task': {
    may: ['second-line', 'senior-tech'],
    never: ['engineer'],
    refusal: 'You cannot let people do this by hand. 2nd line or Senior Tech can.',
    own: yours,
  },
  'revoke-holding': { may: ['engineer', 'sponsor', 'senior-tech', 'keeper'], never: [], refusal: revokers },
  'ask-help': {
    may: ['on-request'],
    never: [],
    refusal: 'You cannot ask for help on this request. The engineer, a sponsor or a doer of its steps can.',
  },
  'answer-help': {
    may: doers,
    never: [],
    refusal:
      'You cannot answer this. 2nd line, Senior Tech, the engineer’s tech lead or somebody with Production Admin can.',
  },
  'import-people': { may: ['keeper'], never: [], refusal: keepersOnly },
  'import-rota': {
    may: ['keeper', 'second-line', 'senior-tech'],
    never: [],
    refusal: 'You cannot change this. A register keeper, Senior Tech or 2nd line can.',
  },
  'import-export': {
    may: ['keeper', 'second-line', 'senior-tech'],
    never: [],
    refusal: 'You cannot import this. A register keeper, Senior Tech or 2nd line can.',
  },
  'set-fact': {
    may: ['keeper'],
    never: ['engineer'],
    refusal: 'You cannot change this. A register keeper can, but never their own facts.',
  },
  'record-absence': {
    may: ['keeper', 'tech-lead'],
    never: ['engineer'],
    refusal: 'You cannot record this. A register keeper or the tech lead can, but never their own absence.',
  },
  // Raised by the product, decided by a person: absence, leaving, moving. Giving back one's own is another act.
  'confirm-revocation': { may: ['tech-lead', 'senior-tech', 'keeper'], never: ['engineer'], refusal: reviewers },
  'keep-access': { may: ['tech-lead', 'senior-tech', 'keeper'], never: ['engineer'], refusal: reviewers },
  'revoke-for-cause': {
    may: ['senior-tech', 'keeper'],
    never: ['engineer'],
    refusal: 'You cannot revoke everything for cause. Senior Tech or a register keeper can, but never their own.',
  },
  // What a comparison of the record with the systems found.
  'adopt-drift': {
    may: ['senior-tech'],
    never: ['engineer'],
    refusal: 'You cannot adopt this. Senior Tech can, but never for themselves.',
  },
  // The tech lead where they may sponsor that level, which the act itself asks; giving back is the engineer's.
  'remove-drift': {
    may: ['engineer', 'tech-lead', 'senior-tech'],
    never: [],
    refusal: 'You cannot remove this. The engineer, whoever may sponsor this level, or Senior Tech can.',
  },
  'lower-drift': {
    may: ['engineer', 'tech-lead', 'senior-tech'],
    never: [],
    refusal: 'You cannot lower this. The engineer, whoever may sponsor this level, or Senior Tech can.',
  },
  'leave-drift': {
    may: ['senior-tech'],
    never: ['engineer'],
    refusal: 'You cannot leave this as it is. Senior Tech can, but never for themselves.',
  },
  'name-account': {
    may: ['keeper', 'senior-tech'],
    never: [],
    refusal: 'You cannot say whose this is. A register keeper or Senior Tech can.',
  },
  'remove-account': { may: ['senior-tech'], never: [], refusal: 'You cannot remove this. Senior Tech can.' },
  'leave-account': {
    may: ['keeper', 'senior-tech'],
    never: [],
    refusal: 'You cannot leave this as it is. A register keeper or Senior Tech can.',
  },
  'grant-again': {
    may: ['second-line', 'senior-tech', 'tech-lead'],
    never: ['engineer'],
    refusal: 'You cannot grant this again. 2nd line, Senior Tech or the engineer’s tech lead can.',
    own: 'You cannot grant this again because the access is yours. 2nd line or your tech lead can.',
  },
  'record-as-ended': {
    may: ['second-line', 'senior-tech', 'tech-lead', 'keeper'],
    never: ['engineer'],
    refusal: 'You cannot record this. 2nd line, Senior Tech, the engineer’s tech lead or a register keeper can.',
  },
  'let-reviews': {
    may: ['keeper', 'senior-tech'],
    never: [],
    refusal: 'You cannot let these reviews begin. A register keeper or Senior Tech can.',
  },
  'look-at-command': {
    may: ['senior-tech', 'keeper'],
    never: ['engineer'],
    refusal: 'You cannot look at this. Senior Tech or a register keeper can, but never at their own.',
  },
  'let-differences': {
    may: ['keeper', 'senior-tech'],
    never: [],
    refusal: 'You cannot let these differences into the queue. A register keeper or Senior Tech can.',
  },
  'compare-now': {
    may: ['keeper', 'second-line', 'senior-tech'],
    never: [],
    refusal: 'You cannot begin this. A register keeper, Senior Tech or 2nd line can.',
  },
  'connect-board': {
    may: ['keeper', 'senior-tech'],
    never: [],
    refusal: 'You cannot connect this board. A register keeper or Senior Tech can.',
  },
  'disconnect-board': { may: ['keeper'], never: [], refusal: keepersOnly },
}

/** The table's answer: `null` when allowed, else the sentence that says why not and who can. */
export function refusedByTable(act: ActName, relations: Set<Relation>): string | null {
  const rule = authorisation[act]
  if (rule.never.some((relation) => relations.has(relation))) return rule.own ?? rule.refusal
  if (rule.may.some((relation) => relations.has(relation))) return null
  if (relations.has('unlinked'))
    return 'You cannot do this because your Trello account is not linked to a person yet. Tell us who you are on this card, or ask a register keeper.'
  return rule.refusal
}
