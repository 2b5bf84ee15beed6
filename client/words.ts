/** What the client words itself: only what the server cannot say because it is not there to say it. */

/** Trello refuses alerts of more characters than this. */
const LONGEST_ALERT = 140

/** As many whole sentences as fit an alert; else whole words, with a mark that there is more. */
export function brief(text: string, longest = LONGEST_ALERT): string {
  if (text.length <= longest) return text
  const sentences = text.match(/[^.?!]+[.?!]+(?:\s|$)/g) ?? []
  let kept = ''
  for (const sentence of sentences) {
    if ((kept + sentence).trimEnd().length > longest) break
    kept += sentence
  }
  if (kept !== '') return kept.trimEnd()
  const cut = text.slice(0, longest - 1)
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), 1)).trimEnd()}…`
}

const time = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  hour: 'numeric',
  minute: '2-digit',
  hour12: true,
})
const day = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', day: 'numeric', month: 'long' })

/** "at 10:42am", and on another day "at 10:42am on 23 November" */
export function atWords(instant: Date, now: Date): string {
  const words = `at ${time.format(instant).replace(/\s/g, '').toLowerCase()}`
  return day.format(instant) === day.format(now) ? words : `${words} on ${day.format(instant)}`
}

const participles: Record<string, string> = {
  approve: 'approved',
  ask: 'sent',
  'ask-for-changes': 'sent',
  'ask-help': 'sent',
  'answer-help': 'sent',
  'claim-identity': 'sent',
  'confirm-identity': 'confirmed',
  decline: 'declined',
  'give-details': 'saved',
  'change-names': 'saved',
  'review-preparedness': 'saved',
  'record-line-manager': 'saved',
  'revoke-holding': 'revoked',
  stop: 'stopped',
  'undo-granted': 'revoked',
  withdraw: 'withdrawn',
}

/** "approved" of the act `approve`: for "Nothing has been approved because …". */
export function participle(act: string): string {
  return participles[act] ?? 'changed'
}
