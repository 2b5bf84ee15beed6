import type { CommandToReview } from '../../grants/commands-to-review.ts'
import type { Actor } from '../../requests/act.ts'
import type { Item } from './queue-items.ts'
import { acts } from './viewer.ts'
import { ageWords, daysSince } from './words.ts'

/** Revoked on the server by one person alone: whoever may say afterwards that it was right reads it in their queue. */

/** A command is given in haste; after this long nobody looked. */
const OVERDUE_DAYS = 3

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
      row: {
        key: `command-${personId}`,
        overdue: daysSince(at, now) >= OVERDUE_DAYS,
        person: fullName,
        level: 'Revoke',
        what: `${says} ${next}`,
        since: at.toISOString(),
        sinceWord: ageWords(at, now),
        taken: null,
        tab: '',
        boardId: '',
        cardUrl: null,
        buttons: own
          ? []
          : [acts('I have looked at it', 'look-at-command', personId, {}, 'plain', `I have looked at it: ${fullName}`)],
        panel: null,
      },
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
