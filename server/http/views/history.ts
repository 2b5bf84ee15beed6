import type { ReadEvent } from '../../audit/read.ts'
import type { HelpRow } from '../../requests/act.ts'
import type { PersonFacts } from '../../rules/types.ts'
import { listWords } from './words.ts'

/** The log of one request as lines that people read. */
export function historyLines(
  events: ReadEvent[],
  people: Map<string, PersonFacts>,
  shortOf: (key: string) => string,
  helps: HelpRow[] = [],
): { at: Date; text: string; confidential: boolean }[] {
  const name = (id: string) =>
    id === 'system'
      ? 'We'
      : id.startsWith('member:')
        ? 'Somebody not linked'
        : (people.get(id.replace(/^operator:/, ''))?.fullName ?? 'Somebody')
  return events.flatMap((event) => {
    const help = helps.find((one) => one.id === event.data['help'])
    const text = lineOf(event, name(event.actor), shortOf, help)
    const at = new Date(event.at)
    // Erased, they leave the line before them alone.
    const reason = event.detail?.['reason']
    const changes = event.type === 'no-longer-ready' ? changesIn(event) : []
    return [
      ...(text ? [{ at, text, confidential: confidential.has(event.type) }] : []),
      ...(text && typeof reason === 'string'
        ? [{ at, text: `${name(event.actor)} said why: ${reason}`, confidential: true }]
        : []),
      ...(changes.length > 0 ? [{ at, text: `What changed: ${listWords(changes)}.`, confidential: true }] : []),
    ]
  })
}

/** What is missing since a request that was ready is not any more; empty where it was erased. */
export function changesIn({ detail }: ReadEvent): string[] {
  const changes = detail?.['changes']
  return Array.isArray(changes) ? changes.map(String) : []
}

/** Tells of somebody's private matters, or of tries that concern only those who decide. */
const confidential = new Set<string>(['line-manager-agreed', 'refused'])

function lineOf(
  event: ReadEvent,
  who: string,
  shortOf: (key: string) => string,
  help: HelpRow | undefined,
): string | null {
  const step = shortOf(String(event.data['key'] ?? ''))
  // Erased, it leaves the step's name alone.
  const sentence = String(event.detail?.['sentence'] ?? '')
  switch (event.type) {
    case 'request-attached':
      return `${who} named the engineer.`
    case 'request-detached':
      return `${who} took the engineer’s name off.`
    case 'request-opened':
      return event.data['returns'] ? `${who} asked for access again, after it was revoked.` : `${who} asked for access.`
    case 'details-given':
      return `${who} gave details.`
    case 'account-changed':
      return `${who} changed an account name.`
    case 'identity-confirmed':
      return `${who} confirmed who the engineer is.`
    case 'ticks-claimed':
      return `${who} claimed ticks.`
    case 'ready':
      return 'Ready for a decision.'
    case 'no-longer-ready':
      return 'Not ready any more: something that it rests on changed.'
    case 'review-recorded':
      return `${who} reviewed the preparedness form.`
    case 'line-manager-agreed':
      return event.data['recorded'] === true
        ? `${who} recorded that the line manager agrees.`
        : `${who}, the line manager, agrees.`
    case 'changes-asked':
      return `${who} asked for changes.`
    case 'approved':
      return `${who} approved${event.data['sameAsReviewer'] === true ? ', and had reviewed the form too' : ''}.`
    case 'judged-again':
      return `Judged again under the rules ${String(event.data['to'])}.`
    case 'declined':
      return `${who} declined.`
    case 'withdrawn':
      return `${who} withdrew the request.`
    case 'expired':
      return 'The request expired.'
    case 'kept-open':
      return `${who} kept the request open.`
    case 'stopped':
      return `${who} stopped it.`
    case 'resumed':
      return `${who} let it go on.`
    case 'approved-again':
      return `${who} approved again what had not begun.`
    case 'paused':
      return 'Paused: nothing more begins until somebody says whether it continues.'
    case 'granted':
      return 'Granted: every step is closed.'
    case 'ended':
      if (event.data['kept'] === undefined) return 'Revoked: nothing is left.'
      return event.data['taken'] === 0
        ? 'Ended: what it gave stays, because another request needs it.'
        : 'Revoked: only what another request needs stays.'
    case 'undo-opened':
    case 'revocation-opened':
      return `${who} revoked ${event.type === 'undo-opened' ? 'all of it' : shortOf(String(event.data['holding'] ?? ''))}.`
    case 'review-opened':
      return 'An access review is due.'
    case 'review-closed':
      return 'The access review is not needed any more.'
    case 'review-decided':
      return event.data['outcome'] === 'kept' ? `${who} kept the access after a review.` : null
    case 'revoked-by-command':
      return `${who} revoked all of it with a command on the server. Somebody else reviews this after.`
    case 'command-looked-at':
      return `${who} looked at what was revoked with the command.`
    case 'level-lowered':
      return `${who} lowered the level, from ${String(event.data['from'])} to ${String(event.data['to'])}.`
    case 'step-receipt': {
      const request = event.detail?.['vendorRequest']
      return typeof request === 'string' ? `${step}: sent. The system calls it request ${request}.` : null
    }
    case 'step-verified':
      return `${step}: verified. ${sentence}`.trimEnd()
    case 'step-waiting':
    case 'step-stuck':
    case 'step-stopped':
      return sentence === '' ? null : `${step}: ${sentence}`
    case 'step-taken':
      return `${who} took ${step}.`
    case 'step-handed-over':
      return `${who} handed over ${step}.`
    case 'step-done':
      return `${who} says that ${step} is done.`
    case 'step-undone':
      return `${who} took back that ${step} is done.`
    case 'step-seen':
      return `${who} has seen ${step} in the system.`
    case 'step-cannot':
      return `${who} cannot do ${step}.`
    case 'step-retried':
      return `${who} let ${step} be tried again.`
    case 'step-made-task':
      return `${who} gave ${step} to people, who do it by hand.`
    case 'engineer-part-done':
      return `${who} did their part of ${step}.`
    case 'engineer-part-seen':
      return `${step}: we saw that the engineer’s part is done.`
    case 'holding-missing':
      return `${shortOf(String(event.data['grant'] ?? ''))}: given, and not there any more. ${sentence}`.trimEnd()
    case 'holding-kept':
      return `${shortOf(String(event.data['grant'] ?? ''))} stays: another request needs it.`
    case 'holding-back':
      return `${shortOf(String(event.data['grant'] ?? ''))}: there again. ${sentence}`.trimEnd()
    case 'help-asked':
      return `${who} asked 2nd line for help${help ? ` with ${help.system}: “${help.what}”` : '.'}`
    case 'help-answered':
      return `${who} answered${help ? ` about ${help.system}: “${help.answer ?? ''}”` : '.'}`
    case 'card-archived':
      return 'The card was archived.'
    case 'card-deleted':
      return 'The card was deleted or is out of our sight.'
    case 'card-moved':
      return 'The card moved to another board.'
    case 'refused':
      return `${who} tried something and was told why not (${String(event.data['act'])}).`
    default:
      return null
  }
}
