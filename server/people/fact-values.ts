import { z } from 'zod'
import type { Tx } from '../db/database.ts'
import type { FactName } from '../db/schema.ts'
import { FactRefused } from './roles.ts'

/** What each fact may be. A value of another kind would read as unknown, for ever and without a word. */
const yesNo = z.boolean()
const personId = z.string().min(1)
const values: Record<FactName, z.ZodType> = {
  employment: z.enum(['civil-servant', 'contractor']),
  apprentice: yesNo,
  clearance: yesNo,
  probation: z.enum(['passed', 'not-passed']),
  techLead: personId,
  lineManager: personId,
  seniorTech: yesNo,
  keeper: yesNo,
  left: yesNo,
  moved: yesNo,
  absences: z.array(z.object({ start: z.iso.date(), end: z.iso.date().nullable() })),
}

/**
 * Tech leads and line managers must be people of the register, and somebody else than the person.
 * @throws FactRefused
 */
export async function refuseOtherValues(
  tx: Tx,
  { personId, fact, value }: { personId: string; fact: FactName; value: unknown },
): Promise<void> {
  if (!values[fact].safeParse(value).success)
    throw new FactRefused(`The register cannot hold this value for "${fact}". Choose one of those offered.`)
  if (fact !== 'techLead' && fact !== 'lineManager') return
  if (value === personId) throw new FactRefused('Nobody is their own tech lead or line manager. Choose somebody else.')
  const there = await tx.selectFrom('person').select('id').where('id', '=', String(value)).executeTakeFirst()
  if (!there) throw new FactRefused('We do not know this person. Choose somebody in the register.')
}
