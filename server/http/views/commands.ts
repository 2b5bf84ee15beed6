import type { CommandToReview } from '../../grants/commands-to-review.ts'
import type { Actor } from '../../requests/act.ts'
import type { Item } from './queue-items.ts'
import { isOverdue, rowSince } from './queue-row.ts'
import { acts } from './viewer.ts'

/** Revoked on the server by one person alone: whoever may say afterwards that it was right reads it in their queue. */

export function commandItem(command: CommandToReview, { person, roles }: Actor, now: Date): Item[] {
  const { personId, fullName, operators, operatorName, at } = command
  if (!(roles.keeper || roles.seniorTech) || person?.id === personId) return []
  const own = person !== null && operators.includes(person.id)
  const says = `${operatorName} revoked everything with the command on the server.`
  const next = own
    ? 'Somebody else in Senior Tech, or a keeper, looks at it.'
    : `Look at ${fullName}’s page in People, and ask ${operatorName} why. If it was not right, they can ask to return on a card.`
  return [
    {
      row: rowSince(at, now, {
        key: `command-${personId}`,
        overdue: isOverdue(at, now),
        person: fullName,
        level: 'Revoke',
        what: `${says} ${next}`,
        buttons: own
          ? []
          : [acts('I have looked at it', 'look-at-command', personId, {}, 'plain', `I have looked at it: ${fullName}`)],
      }),
      tabs: own ? ['others', 'everything'] : ['yours', 'others', 'everything'],
      since: at,
      revokes: false,
      system: null,
      state: 'review',
      subject: 'Revoked on the server',
      brief: 'revoked on the server, and nobody else looked at it',
    },
  ]
}
