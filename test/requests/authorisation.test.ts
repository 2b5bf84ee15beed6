import { describe, expect, test } from 'vitest'
import { type ActName, authorisation, refusedByTable } from '../../server/requests/authorisation.ts'
import { type Relation, relationsOf } from '../../server/requests/relations.ts'
import type { PersonFacts } from '../../server/rules/types.ts'
import { known, person } from '../http/views/world.ts'

/** architecture.md, "Who may do what", written down once more by hand: every act, every relation, every refusal's words. */

type Someone = 'stranger' | 'left' | 'colleague' | Exclude<Relation, 'unlinked' | 'linked' | 'on-request'>

/** One person for each way of standing to Priya's request, and only in that way. */
const someone: Record<Someone, Set<Relation>> = {
  stranger: standing(null),
  left: standing(person('gone', 'Gone Away', { left: known(true), seniorTech: known(true) })),
  colleague: standing(person('omar', 'Omar Aziz')),
  engineer: standing(person('priya', 'Priya Shah')),
  sponsor: standing(person('spons', 'Spons Or'), {}, ['spons']),
  'tech-lead': standing(person('sam', 'Sam Okoro')),
  'senior-tech': standing(person('dan', 'Dan Reyes'), { seniorTech: true }),
  'second-line': standing(person('alex', 'Alex Green'), { secondLine: true }),
  'line-manager': standing(person('lina', 'Lina Berg')),
  keeper: standing(person('rae', 'Rae Lund'), { keeper: true }),
  'holds-admin': standing(person('jo', 'Jo Bell'), { holdsAdmin: true }),
}

function standing(me: PersonFacts | null, roles = {}, sponsors: string[] = []): Set<Relation> {
  const none = { keeper: false, seniorTech: false, secondLine: false, holdsAdmin: false }
  return relationsOf({ person: me, roles: { ...none, ...roles } }, person('priya', 'Priya Shah'), sponsors)
}

const engineer: Someone[] = ['engineer']
const doers: Someone[] = ['second-line', 'senior-tech', 'tech-lead', 'holds-admin']
const everybody: Someone[] = [
  'colleague',
  'engineer',
  'sponsor',
  'tech-lead',
  'senior-tech',
  'second-line',
  'line-manager',
  'keeper',
  'holds-admin',
]
const but = (some: Someone[], not: Someone) => some.filter((one) => one !== not)

const stepWords =
  'You cannot do this step. 2nd line, Senior Tech, the engineer’s tech lead or somebody with Production Admin can.'
const yours = 'You cannot mark this step because the access is yours. 2nd line or your tech lead can.'
const revokeWords =
  'You cannot revoke this. The engineer, whoever may sponsor this level, Senior Tech or a register keeper can.'
const reviewWords =
  'You cannot decide about this access. The engineer’s tech lead, Senior Tech or a register keeper can, but never about their own.'
const step = { may: doers, words: stepWords, own: yours }

/**
 * `may`: who may. `own`: never one's own, whatever else the engineer is, with these words.
 * `approve` and its like leave the words of "why not" to the rules, which know names.
 */
const table: Record<ActName, { may: Someone[]; words: string; own?: string }> = {
  // Attach: the engineer, their tech lead, Senior Tech, 2nd line.
  attach: {
    may: ['engineer', 'tech-lead', 'senior-tech', 'second-line'],
    words: 'You cannot attach this card. The engineer, their tech lead, Senior Tech or 2nd line can.',
  },
  detach: {
    may: ['engineer', 'tech-lead', 'senior-tech', 'second-line'],
    words: 'You cannot take this name off. The engineer, their tech lead, Senior Tech or 2nd line can.',
  },
  'claim-identity': { may: ['stranger', 'left'], words: 'This Trello account is linked to a person already.' },
  'confirm-identity': {
    may: everybody,
    words: 'You cannot confirm this. A colleague whose Trello account is linked can.',
  },
  // The engineer's own clicks.
  ask: { may: engineer, words: 'You cannot ask for this access. Only the engineer named on the card can.' },
  'give-details': {
    may: engineer,
    words: 'You cannot change these details. Only the engineer can give their own names and reason.',
  },
  'change-names': {
    may: engineer,
    words: 'You cannot change these names. Only the engineer can give their own.',
  },
  'claim-ticks': { may: engineer, words: 'You cannot claim these ticks. Only the engineer can.' },
  'keep-open': {
    may: ['engineer', 'sponsor', 'tech-lead'],
    words: 'You cannot keep this request open. The engineer or a sponsor can.',
  },
  // Review preparedness: Senior Tech, never one's own.
  'review-preparedness': {
    may: ['senior-tech'],
    words: 'You cannot review this. Somebody in Senior Tech who is not the engineer can.',
    own: 'You cannot review this. Somebody in Senior Tech who is not the engineer can.',
  },
  'line-manager-agrees': {
    may: ['line-manager'],
    words: 'You cannot say this. Only the engineer’s line manager can.',
    own: 'You cannot say this. Only the engineer’s line manager can.',
  },
  'record-line-manager': {
    may: ['senior-tech'],
    words: 'You cannot record this. Senior Tech can, with the date and a reference.',
    own: 'You cannot record this. Senior Tech can, with the date and a reference.',
  },
  // Approve, decline, ask for changes: who the rules let sponsor.
  approve: { may: ['sponsor'], words: 'You cannot approve this.', own: 'You cannot approve this.' },
  'ask-for-changes': {
    may: ['sponsor'],
    words: 'You cannot ask for changes. Whoever may approve this request can.',
    own: 'You cannot ask for changes. Whoever may approve this request can.',
  },
  decline: {
    may: ['sponsor'],
    words: 'You cannot decline this. Whoever may approve this request can.',
    own: 'You cannot decline this. Whoever may approve this request can.',
  },
  // Withdraw: engineer or sponsor.
  withdraw: {
    may: ['engineer', 'sponsor'],
    words: 'You cannot withdraw this request. The engineer or a sponsor can.',
  },
  // Stop: sponsor, Senior Tech, keeper.
  stop: {
    may: ['sponsor', 'senior-tech', 'keeper'],
    words: 'You cannot stop this. The sponsor, Senior Tech or a register keeper can.',
    own: 'You cannot stop this. The sponsor, Senior Tech or a register keeper can.',
  },
  // A new approval of what had not begun.
  'go-on': {
    may: ['sponsor'],
    words: 'You cannot let this go on. Whoever may approve this request can.',
    own: 'You cannot let this go on. Whoever may approve this request can.',
  },
  // Take access back: whoever may sponsor; for cause Senior Tech or keeper; give back: the engineer.
  'undo-granted': { may: ['engineer', 'sponsor', 'senior-tech', 'keeper'], words: revokeWords },
  'revoke-holding': { may: ['engineer', 'sponsor', 'senior-tech', 'keeper'], words: revokeWords },
  'lower-level': { may: ['engineer', 'sponsor', 'senior-tech', 'keeper'], words: revokeWords },
  'resume-paused': {
    may: ['engineer', 'sponsor', 'senior-tech', 'second-line'],
    words: 'You cannot continue this request. The engineer, a sponsor or 2nd line can.',
  },
  // Mark a task done, retry: 2nd line, Senior Tech, the tech lead, a holder of Production Admin; never the engineer.
  'take-step': step,
  'release-step': step,
  'hand-over-step': step,
  'done-step': step,
  'undo-done-step': step,
  'cannot-step': step,
  'retry-step': step,
  'make-task': {
    may: ['second-line', 'senior-tech'],
    words: 'You cannot let people do this by hand. 2nd line or Senior Tech can.',
    own: yours,
  },
  // … save for the steps that are theirs.
  'do-own-part': { may: engineer, words: 'Only the engineer can say this, because only they can do it.' },
  // A linked person who is neither the doer (asked by the act) nor the engineer says they saw it.
  'seen-step': {
    may: but(everybody, 'engineer'),
    words: 'You cannot say that you saw this because the access is yours. Another linked colleague can.',
    own: 'You cannot say that you saw this because the access is yours. Another linked colleague can.',
  },
  // Ask 2nd line for help: anybody on the request.
  'ask-help': {
    may: but(everybody, 'colleague'),
    words: 'You cannot ask for help on this request. The engineer, a sponsor or a doer of its steps can.',
  },
  'answer-help': {
    may: doers,
    words:
      'You cannot answer this. 2nd line, Senior Tech, the engineer’s tech lead or somebody with Production Admin can.',
  },
  // Facts that grant are changed by keepers, never one's own.
  'import-people': { may: ['keeper'], words: 'You cannot change this. A register keeper can.' },
  'set-fact': {
    may: ['keeper'],
    words: 'You cannot change this. A register keeper can, but never their own facts.',
    own: 'You cannot change this. A register keeper can, but never their own facts.',
  },
  // The outgoing pair or Senior Tech may enter the next.
  'import-rota': {
    may: ['keeper', 'second-line', 'senior-tech'],
    words: 'You cannot change this. A register keeper, Senior Tech or 2nd line can.',
  },
  // Whoever brings it had no hand in the step that it tells about: that is judged where it is read.
  'import-export': {
    may: ['keeper', 'second-line', 'senior-tech'],
    words: 'You cannot import this. A register keeper, Senior Tech or 2nd line can.',
  },
  // Absence: keepers and the tech lead.
  'record-absence': {
    may: ['keeper', 'tech-lead'],
    words: 'You cannot record this. A register keeper or the tech lead can, but never their own absence.',
    own: 'You cannot record this. A register keeper or the tech lead can, but never their own absence.',
  },
  // Absence, leaving, moving: a tech lead, Senior Tech or keeper confirms, or keeps it with a reason; never one's own.
  'confirm-revocation': { may: ['tech-lead', 'senior-tech', 'keeper'], words: reviewWords, own: reviewWords },
  'keep-access': { may: ['tech-lead', 'senior-tech', 'keeper'], words: reviewWords, own: reviewWords },
  // Adopt drift: Senior Tech. Remove it: whoever may sponsor, Senior Tech, and the engineer who gives back.
  'adopt-drift': {
    may: ['senior-tech'],
    words: 'You cannot adopt this. Senior Tech can, but never for themselves.',
    own: 'You cannot adopt this. Senior Tech can, but never for themselves.',
  },
  'remove-drift': {
    may: ['engineer', 'tech-lead', 'senior-tech'],
    words: 'You cannot remove this. The engineer, whoever may sponsor this level, or Senior Tech can.',
  },
  'lower-drift': {
    may: ['engineer', 'tech-lead', 'senior-tech'],
    words: 'You cannot lower this. The engineer, whoever may sponsor this level, or Senior Tech can.',
  },
  'leave-drift': {
    may: ['senior-tech'],
    words: 'You cannot leave this as it is. Senior Tech can, but never for themselves.',
    own: 'You cannot leave this as it is. Senior Tech can, but never for themselves.',
  },
  // Whose account it is: whoever keeps the register, or Senior Tech.
  'name-account': {
    may: ['keeper', 'senior-tech'],
    words: 'You cannot say whose this is. A register keeper or Senior Tech can.',
  },
  'remove-account': { may: ['senior-tech'], words: 'You cannot remove this. Senior Tech can.' },
  'leave-account': {
    may: ['keeper', 'senior-tech'],
    words: 'You cannot leave this as it is. A register keeper or Senior Tech can.',
  },
  'grant-again': {
    may: ['second-line', 'senior-tech', 'tech-lead'],
    words: 'You cannot grant this again. 2nd line, Senior Tech or the engineer’s tech lead can.',
    own: 'You cannot grant this again because the access is yours. 2nd line or your tech lead can.',
  },
  'record-as-ended': {
    may: ['second-line', 'senior-tech', 'tech-lead', 'keeper'],
    words: 'You cannot record this. 2nd line, Senior Tech, the engineer’s tech lead or a register keeper can.',
    own: 'You cannot record this. 2nd line, Senior Tech, the engineer’s tech lead or a register keeper can.',
  },
  'compare-now': {
    may: ['keeper', 'second-line', 'senior-tech'],
    words: 'You cannot begin this. A register keeper, Senior Tech or 2nd line can.',
  },
  // For cause: Senior Tech or keeper, at once.
  'revoke-for-cause': {
    may: ['senior-tech', 'keeper'],
    words: 'You cannot revoke everything for cause. Senior Tech or a register keeper can, but never their own.',
    own: 'You cannot revoke everything for cause. Senior Tech or a register keeper can, but never their own.',
  },
  // Revoked on the server by one person: another looks at it after.
  'look-at-command': {
    may: ['senior-tech', 'keeper'],
    words: 'You cannot look at this. Senior Tech or a register keeper can, but never at their own.',
    own: 'You cannot look at this. Senior Tech or a register keeper can, but never at their own.',
  },
  // A run that concerns many stops, and asks.
  'let-reviews': {
    may: ['keeper', 'senior-tech'],
    words: 'You cannot let these reviews begin. A register keeper or Senior Tech can.',
  },
  'let-differences': {
    may: ['keeper', 'senior-tech'],
    words: 'You cannot let these differences into the queue. A register keeper or Senior Tech can.',
  },
  // Only boards that a keeper or Senior Tech connected; settings changed by keepers.
  'connect-board': {
    may: ['keeper', 'senior-tech'],
    words: 'You cannot connect this board. A register keeper or Senior Tech can.',
  },
  'disconnect-board': { may: ['keeper'], words: 'You cannot change this. A register keeper can.' },
}

const unlinkedWords =
  'You cannot do this because your Trello account is not linked to a person yet. Tell us who you are on this card, or ask a register keeper.'

const acts = Object.keys(table) as ActName[]
const people = Object.keys(someone) as Someone[]

test('covers every act that exists, and no other', () => {
  expect(acts.toSorted()).toEqual(Object.keys(authorisation).sort())
})

describe.for(acts)('%s', (act) => {
  const { may, words, own } = table[act]

  test.for(may)('allows the %s', (who) => {
    expect(refusedByTable(act, someone[who])).toBeNull()
  })

  test.for(people.filter((who) => !may.includes(who)))('denies the %s', (who) => {
    const strange = who === 'stranger' || who === 'left'
    // Who may be anybody linked says to strangers who can; everywhere else they read how to be linked.
    const expected = strange
      ? act === 'confirm-identity'
        ? words
        : unlinkedWords
      : who === 'engineer'
        ? (own ?? words)
        : words
    expect(refusedByTable(act, someone[who])).toBe(expected)
  })

  const others = people.filter((who) => who !== 'stranger' && who !== 'left' && who !== 'engineer')
  test.for(others)(`${own ? 'denies' : 'still asks of'} the engineer who is the %s too`, (who) => {
    const both = new Set([...someone.engineer, ...someone[who]])
    const allowed = may.includes('engineer') || may.includes(who)
    expect(refusedByTable(act, both)).toBe(own ?? (allowed ? null : words))
  })
})

describe('How somebody stands to a request', () => {
  test('somebody who left stands as nobody, whatever the register still says of them', () => {
    expect([...someone.left]).toEqual(['unlinked'])
  })

  test('an engineer who is their own tech lead is the engineer first', () => {
    const priya = person('priya', 'Priya Shah', { techLead: known('priya') })
    const roles = { keeper: false, seniorTech: true, secondLine: true, holdsAdmin: true }
    const both = relationsOf({ person: priya, roles }, priya, [])
    for (const act of ['approve', 'review-preparedness', 'done-step', 'seen-step', 'go-on'] as const)
      expect(refusedByTable(act, both)).not.toBeNull()
  })

  test('anybody with a part in it is on the request, a mere colleague is not', () => {
    const on = people.filter((who) => someone[who].has('on-request'))
    expect(on).toEqual(people.filter((who) => !['stranger', 'left', 'colleague'].includes(who)))
  })
})
