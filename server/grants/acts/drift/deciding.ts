import { z } from 'zod'
import type { NewEvent } from '../../../audit/events.ts'
import type { Tx } from '../../../db/database.ts'
import type { Doing, LinkedActor, OfficeAct, Refusal } from '../../../requests/act.ts'
import { ActRefused } from '../../../requests/act.ts'
import { officeEvent } from '../../../requests/acts/common.ts'
import type { ActName } from '../../../requests/authorisation.ts'
import type { Office } from '../../../requests/world.ts'
import type { FindingRow } from '../../drift/keep.ts'
import { openFinding, settledAlready } from '../../drift/open-finding.ts'
import type { Adapters } from '../../steps.ts'
import type { Wake } from '../../wake.ts'
import { evidenceOf } from '../whole-person.ts'

/** What the decisions about findings share: the subject is the person, the input names the finding. */

export interface DriftActParts {
  office: Office
  adapters: Adapters
  wake: Pick<Wake, 'send'>
  approvalValidDays: number
}

const input = z.strictObject({
  finding: z.string().min(1).max(80),
  reason: z.string().trim().min(1, 'Say why, in a line.').max(500, 'Use at most 500 characters.'),
})

export type Found = FindingRow & { person_id: string }

interface Decision {
  name: ActName
  kinds: FindingRow['kind'][]
  how: NonNullable<FindingRow['how']>
  event: NewEvent['type']
  allows(actor: LinkedActor, finding: Found, tx: Tx): Promise<Refusal | null>
  /** What is signed of it, beside the finding. */
  statement?(finding: Found, tx: Tx): Promise<Record<string, unknown>>
  /** Does it. Answers the sentence to say, and the card that it is on. */
  carryOut(doing: Doing, finding: Found, reason: string): Promise<{ said: string; card: string }>
}

/** One decision about one finding, as an act away from a card. */
export function decision(parts: Decision): OfficeAct<typeof input> {
  const { name, kinds, how, event } = parts
  return {
    name,
    on: 'person',
    input,
    locksPerson: true,
    async allows(actor, subject, { finding: id }, tx) {
      const finding = await findingOf(tx, subject, id)
      if (!finding) return settledAlready
      if (!kinds.includes(finding.kind))
        return { code: 'other-kind', sentence: 'This cannot be settled in this way.', status: 409 }
      return parts.allows(actor, finding, tx)
    },
    async statement(subject, { finding: id }, tx) {
      const finding = await findingOf(tx, subject, id)
      if (!finding) throw new ActRefused(settledAlready)
      const { kind, key, account, sentence } = finding
      return { finding: id, kind, key, account, sentence, ...(await parts.statement?.(finding, tx)) }
    },
    async carryOut(doing, subject, { finding: id, reason }) {
      const finding = await findingOf(doing.tx, subject, id)
      if (!finding) throw new ActRefused(settledAlready)
      const { said, card } = await parts.carryOut(doing, finding, reason)
      await doing.tx
        .updateTable('drift_finding')
        .set({ settled_at: doing.clock.calendar(), settled_by: doing.actor.person.id, how })
        .where('id', '=', id)
        .execute()
      const data = { ...(await evidenceOf(doing)), finding: id, place: finding.key }
      doing.log({
        ...officeEvent(doing, event, data, subject),
        detail: { reason, account: finding.account.name },
      })
      doing.touched(card)
      return said
    },
  }
}

async function findingOf(tx: Tx, personId: string, id: string): Promise<Found | null> {
  const finding = await openFinding(tx, id)
  return finding?.person_id === personId ? { ...finding, person_id: personId } : null
}

export const notInTheRules: Refusal = {
  code: 'not-in-the-rules',
  sentence:
    'The rules in force do not give this any more, or the system names no account. Settle it in the system itself.',
  status: 409,
}
