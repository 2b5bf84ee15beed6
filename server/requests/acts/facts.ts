import { z } from 'zod'
import { londonDay } from '../../clock.ts'
import type { Tx } from '../../db/database.ts'
import { type NewFact, setFact } from '../../people/facts.ts'
import { loadPerson } from '../../people/register.ts'
import { FactRefused } from '../../people/roles.ts'
import type { Absence, Day } from '../../rules/types.ts'
import { ActRefused, type Doing, type OfficeAct, type Refusal } from '../act.ts'
import { officeEvent } from './common.ts'

/** Facts about one person, written by hand: by keepers, and absences by the tech lead too; never one's own. */

const source = z.string().trim().min(1, 'Say where this is known from.').max(200, 'Use at most 200 characters.')

/** Forms send words. */
const words: Record<string, boolean> = { yes: true, no: false }

const fact = z.strictObject({
  fact: z.enum([
    'employment',
    'apprentice',
    'clearance',
    'probation',
    'left',
    'seniorTech',
    'keeper',
    'techLead',
    'lineManager',
  ]),
  value: z.preprocess(
    (given) => (typeof given === 'string' ? (words[given] ?? given) : given),
    z.union([z.boolean(), z.string().max(80)]).refine((given) => given !== '', 'Choose what is known.'),
  ),
  source,
})

export const setFactAct: OfficeAct<typeof fact> = {
  name: 'set-fact',
  on: 'person',
  input: fact,
  allows: (_actor, subject, _input, tx) => unknownPerson(tx, subject),
  carryOut: (doing, subject, { fact: name, value, source }) => writeFact(doing, subject, name, value, source),
}

async function unknownPerson(tx: Tx, subject: string): Promise<Refusal | null> {
  const known = await tx.selectFrom('person').select('id').where('id', '=', subject).executeTakeFirst()
  return known ? null : { code: 'unknown-person', sentence: 'We do not know this person.', status: 404 }
}

async function writeFact(
  doing: Doing,
  personId: string,
  name: NewFact['fact'],
  value: NewFact['value'],
  source: string,
): Promise<string> {
  const asOf = londonDay(doing.clock.calendar())
  const by = doing.actor.person.id
  const change = await setFact(doing.tx, { personId, fact: name, value, source, asOf, by }, doing.clock).catch(
    (error: unknown) => {
      if (error instanceof FactRefused)
        throw new ActRefused({ code: 'fact-refused', sentence: error.message, status: 403 })
      throw error
    },
  )
  if (!change) return 'The register says so already.'
  doing.log({ ...officeEvent(doing, 'fact-changed', { fact: name }, personId), detail: { ...change, source } })
  return 'The register is updated.'
}

const day = z.union([z.literal(''), z.iso.date({ error: 'Use a date, such as 2026-11-24.' })]).default('')

const absence = z
  .strictObject({
    away: z.enum(['yes', 'no', 'called-off'], { error: 'Say whether they are away.' }),
    start: day,
    end: day,
    source,
  })
  .superRefine(({ away, start, end }, context) => {
    const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if (away === 'yes' && start === '') wrong('start', 'Give the first day away.')
    if (away === 'called-off' && start === '') wrong('start', 'Give the day on which it would have begun.')
    if (away === 'yes' && end !== '' && end < start) wrong('end', 'The day of return comes after the first day away.')
  })

/** Adds one absence to those that are recorded, ends today what goes on, or takes out one that was called off. */
export const recordAbsenceAct: OfficeAct<typeof absence> = {
  name: 'record-absence',
  on: 'person',
  input: absence,
  allows: (_actor, subject, _input, tx) => unknownPerson(tx, subject),
  async carryOut(doing, subject, { away, start, end, source }) {
    const known = (await loadPerson(doing.tx, subject))?.absences?.value ?? []
    const today = londonDay(doing.clock.calendar())
    const absences = {
      yes: () => withAbsence(known, { start, end: end || null }),
      no: () => back(known, today),
      'called-off': () => calledOff(known, start, today),
    }[away]()
    return writeFact(doing, subject, 'absences', absences, source)
  },
}

function withAbsence(known: Absence[], added: Absence): Absence[] {
  return [...known.filter(({ start }) => start !== added.start), added].toSorted((a, b) => (a.start < b.start ? -1 : 1))
}

/** What goes on ends today, planned or not; what is planned for later stays. */
function back(known: Absence[], today: Day): Absence[] {
  return known
    .map((one) => (one.start <= today && (one.end === null || one.end > today) ? { ...one, end: today } : one))
    .filter(({ start, end }) => end === null || end > start)
}

/** @throws ActRefused where none was to begin that day, or it has begun: then it ends and is not called off */
function calledOff(known: Absence[], start: Day, today: Day): Absence[] {
  if (start > today && known.some((one) => one.start === start)) return known.filter((one) => one.start !== start)
  const sentence = 'No absence to come is recorded that begins on this day.'
  throw new ActRefused({ code: 'no-such-absence', sentence, status: 422, fields: { start: sentence } })
}
