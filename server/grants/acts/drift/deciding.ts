import { z } from 'zod'
import type { NewEvent } from '../../../audit/events.ts'
import type { Tx } from '../../../db/database.ts'
import type { Doing, LinkedActor, OfficeAct, Refusal } from '../../../requests/act.ts'
import { ActRefused } from '../../../requests/act.ts'
import { officeEvent } from '../../../requests/acts/common.ts'
import { lineAsked } from '../../../requests/acts/lines.ts'
import type { ActName } from '../../../requests/authorisation.ts'
import type { Office } from '../../../requests/world.ts'
import type { FindingRow } from '../../drift/keep.ts'
import { openFinding, settledAlready } from '../../drift/open-finding.ts'
import { changedSinceLooked, digestOfFound, whatWasFound } from '../../drift/what-was-found.ts'
import type { Adapters } from '../../steps.ts'
import type { Wake } from '../../wake.ts'
import { evidenceOf } from '../whole-person.ts'

/** What the decisions about findings share: the subject is the person, the input names the finding as it was looked at. */

export interface DriftActParts {
  office: Office
  adapters: Adapters
  wake: Pick<Wake, 'send'>
  approvalValidDays: number
}

/** What every decision brings. */
export const decided = {
  finding: z.string().min(1).max(80),
  /** A digest of what stood in the window: never signed unseen. */
  plan: z.string().regex(/^[0-9a-f]{64}$/, 'Open the window again and look at what was found.'),
  reason: lineAsked(),
}
export const onlyDecided = z.strictObject(decided)
type Decided = z.infer<typeof onlyDecided>

export type Found = FindingRow & { person_id: string }

/** What a decision comes to. */
interface Outcome {
  said: string
  /** The card that it is on, or `null`. */
  card: string | null
  /** Whose it is, where only the decision says so. */
  person?: string
}

interface Common<Input, Finding> {
  name: ActName
  kinds: FindingRow['kind'][]
  event: NewEvent['type']
  /** Whether the finding stands until something is seen to be so. */
  how: NonNullable<FindingRow['how']> | 'stays-open'
  allows(actor: LinkedActor, finding: Finding, tx: Tx, input: Input): Promise<Refusal | null>
  /** What is signed of it, beside the finding. */
  statement?(finding: Finding, tx: Tx): Promise<Record<string, unknown>>
  /** Does it. */
  carryOut(doing: Doing, finding: Finding, input: Input): Promise<Outcome>
}

/** One decision about one finding of a person's, as an act away from a card. */
export function decision<Input extends z.ZodType<Decided>>(
  parts: Pick<DriftActParts, 'office'>,
  { input, ...what }: Common<z.infer<Input>, Found> & { input: Input },
): OfficeAct<Input> {
  const find = async (tx: Tx, subject: string, id: string): Promise<Found | null> => {
    const finding = await openFinding(tx, id)
    return finding?.person_id === subject ? { ...finding, person_id: subject } : null
  }
  return { ...whatever(parts.office, what, find), on: 'person', input, locksPerson: true }
}

/** The same for an account that belongs to nobody in the register: its subject is the finding. */
export function decisionOfNobodys<Input extends z.ZodType<Decided>>(
  parts: Pick<DriftActParts, 'office'>,
  { input, ...what }: Common<z.infer<Input>, FindingRow> & { input: Input },
): OfficeAct<Input> {
  const find = async (tx: Tx, subject: string, id: string): Promise<FindingRow | null> => {
    const finding = await openFinding(tx, id)
    return finding?.id === subject ? finding : null
  }
  return { ...whatever(parts.office, what, find), on: 'installation', input }
}

function whatever<Input extends Decided, Finding extends FindingRow>(
  office: Office,
  what: Common<Input, Finding>,
  find: (tx: Tx, subject: string, id: string) => Promise<Finding | null>,
) {
  const { name, kinds, how, event } = what
  const found = async (tx: Tx, subject: string, { finding: id }: Input): Promise<Finding> => {
    const finding = await find(tx, subject, id)
    if (!finding) throw new ActRefused(settledAlready)
    return finding
  }
  return {
    name,
    async allows(actor: LinkedActor, subject: string, input: Input, tx: Tx): Promise<Refusal | null> {
      const finding = await find(tx, subject, input.finding)
      if (!finding) return settledAlready
      if (!kinds.includes(finding.kind))
        return { code: 'other-kind', sentence: 'This cannot be settled in this way.', status: 409 }
      if (digestOfFound(await whatWasFound(tx, office, finding)) !== input.plan) return changedSinceLooked
      return what.allows(actor, finding, tx, input)
    },
    async statement(subject: string, input: Input, tx: Tx) {
      const finding = await found(tx, subject, input)
      return { ...(await whatWasFound(tx, office, finding)), ...(await what.statement?.(finding, tx)) }
    },
    async carryOut(doing: Doing, subject: string, input: Input): Promise<string> {
      const finding = await found(doing.tx, subject, input)
      const { said, card, person } = await what.carryOut(doing, finding, input)
      if (how !== 'stays-open')
        await doing.tx
          .updateTable('drift_finding')
          .set({ settled_at: doing.clock.calendar(), settled_by: doing.actor.person.id, how })
          .where('id', '=', finding.id)
          .execute()
      const data = { ...(await evidenceOf(doing)), finding: finding.id, place: finding.key }
      const about = officeEvent(doing, event, data, person ?? finding.person_id)
      // Whom nobody knows has nobody who could have it erased, so that their name never goes to the log.
      doing.log({
        ...about,
        detail: { reason: input.reason, ...(finding.person_id ? { account: finding.account.name } : {}) },
      })
      if (card !== null) doing.touched(card)
      return said
    },
  }
}

export const notInTheRules: Refusal = {
  code: 'not-in-the-rules',
  sentence:
    'The rules in force do not give this any more, or the system names no account. Settle it in the system itself.',
  status: 409,
}
