import { z } from 'zod'
import type { OfficeAct, Refusal } from '../../requests/act.ts'
import { officeEvent } from '../../requests/acts/common.ts'
import { loadShared, type Office } from '../../requests/world.ts'
import { isSamePerson } from '../../rules/same-person.ts'
import { commandsToReview } from '../commands-to-review.ts'

const input = z.strictObject({})

/** A second person looked at what somebody revoked with the command on the server, and finds it right. */
export function lookAtCommandAct({ office }: { office: Office }): OfficeAct<typeof input> {
  return {
    name: 'look-at-command',
    on: 'person',
    input,
    locksPerson: true,
    async allows(actor, subject, _input, tx): Promise<Refusal | null> {
      const command = (await commandsToReview(tx)).find(({ personId }) => personId === subject)
      if (!command)
        return { code: 'nothing-to-review', sentence: 'Nothing of theirs waits to be looked at.', status: 409 }
      const { people } = await loadShared(tx, office)
      const gave = command.operators.flatMap((id) => people.get(id) ?? [])
      if (!command.operators.includes(actor.person.id) && !gave.some((one) => isSamePerson(one, actor.person)))
        return null
      return {
        code: 'own-command',
        sentence: 'You cannot look at this because you gave the command. Somebody else in Senior Tech or a keeper can.',
        status: 403,
      }
    },
    statement: async (subject, _input, tx) => {
      const command = (await commandsToReview(tx)).find(({ personId }) => personId === subject)
      return { person: subject, operator: command?.operator ?? null, at: command?.at.toISOString() ?? null }
    },
    async carryOut(doing, subject) {
      doing.log(officeEvent(doing, 'command-looked-at', {}, subject))
      return 'It stands in the log that you looked at it.'
    },
  }
}
