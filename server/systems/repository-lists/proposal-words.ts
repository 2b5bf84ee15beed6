import type { StepOrder } from '../../grants/system.ts'
import type { FileEdit } from './commits.ts'

/** What a reviewer reads: what it is, who approved it, what to look at, and that merging alone gives nothing. */

export function titleOf([first]: StepOrder[]): string {
  if (!first) return ''
  const list = String(first.wanted.params['list'])
  return first.direction === 'grant'
    ? `Add ${first.engineerName} to ${list}`
    : `Remove ${first.engineerName} from ${list}`
}

/** The card's short address stands on a line of its own: where Trello's hook is installed, it finds it there. */
export function bodyOf([first]: StepOrder[], edits: FileEdit[]): string {
  if (!first) return ''
  const { direction, account, requestId, sponsorName, cardUrl } = first
  const list = String(first.wanted.params['list'])
  return [
    direction === 'grant' ? `${sponsorName} approved this on the card:` : 'This was asked for on the card:',
    cardUrl,
    '',
    `This ${direction === 'grant' ? 'adds' : 'removes'} \`${account.id}\` ${direction === 'grant' ? 'to' : 'from'} \`${list}\` in:`,
    '',
    ...edits.map((edit) => `- \`${edit.path}\``),
    '',
    'Nothing else changes. Merging does not apply it: after the merge, the card says whose turn it is to apply it.',
    'If it must not be merged, close it. The card then says who closed it, and nothing is opened again by itself.',
    '',
    `Production access request ${requestId}`,
  ].join('\n')
}

/** Why we closed a proposal of ours. */
export function closedWords({ cardUrl, direction }: StepOrder): string {
  const why = direction === 'revoke' ? 'this access is being revoked' : 'this request was stopped'
  return `Closed because ${why}: ${cardUrl}\n\nDo not reopen or merge it: nobody follows it any more. If the access is wanted again, a new pull request is opened from the card.`
}
