import { z } from 'zod'
import type { NewEvent } from '../../audit/events.ts'
import { londonDay } from '../../clock.ts'
import type { Tx } from '../../db/database.ts'
import { AccountRefused } from '../../people/accounts.ts'
import { ImportRefused } from '../../people/csv.ts'
import { type NewFact, setFact } from '../../people/facts.ts'
import { importPeople, type RegisterChange } from '../../people/import-people.ts'
import { importRota } from '../../people/import-rota.ts'
import { readAbsences } from '../../people/people-file.ts'
import { FactRefused } from '../../people/roles.ts'
import { ActRefused, type Doing, type OfficeAct, type Refusal } from '../act.ts'

/** Acts of the office: register, rota and boards. They are about no one card. */

function event(doing: Doing, type: NewEvent['type'], data: NewEvent['data'], personId: string | null = null): NewEvent {
  const { actor } = doing
  return { type, actor: actor.person.id, requestId: null, personId, stepId: null, boardId: actor.boardId, data }
}

const file = z.strictObject({
  csv: z.string().min(1, 'Choose a CSV file.').max(3_000_000, 'This file is larger than 3 MB. Split it.'),
})

export function importPeopleAct(emailDomains: string[]): OfficeAct<typeof file> {
  return {
    name: 'import-people',
    on: 'installation',
    input: file,
    allows: async () => null,
    async carryOut(doing, _subject, { csv }) {
      const changes: NewEvent[] = []
      const by = {
        personId: doing.actor.person.id,
        emailDomains,
        changed: (change: RegisterChange) => changes.push(changeEvent(doing, change)),
      }
      const done = await refusedAsField(() => importPeople(doing.tx, csv, by, doing.clock))
      doing.log(event(doing, 'register-imported', done))
      for (const change of changes) doing.log(change)
      return `${done.rows} rows read: ${done.added} people added, ${done.changed} facts changed.`
    },
  }
}

function changeEvent(doing: Doing, change: RegisterChange): NewEvent {
  const { personId } = change
  switch (change.what) {
    case 'fact': {
      const { fact, before, after } = change
      return { ...event(doing, 'fact-changed', { fact }, personId), detail: { before, after, source: 'register' } }
    }
    case 'account':
      return event(doing, `account-${change.how}`, { kind: change.kind }, personId)
  }
}

export const importRotaAct: OfficeAct<typeof file> = {
  name: 'import-rota',
  on: 'installation',
  input: file,
  allows: async () => null,
  async carryOut(doing, _subject, { csv }) {
    const { person, roles } = doing.actor
    const by = { personId: person.id, mayChange: roles.keeper || roles.seniorTech }
    const done = await refusedAsField(() => importRota(doing.tx, csv, by))
    doing.log(event(doing, 'rota-imported', done))
    return `${done.rows} weeks of 2nd line read.`
  },
}

async function refusedAsField<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ImportRefused || error instanceof AccountRefused)
      throw new ActRefused({
        code: 'import-refused',
        sentence: error.message,
        fields: { csv: error.message },
        status: 422,
      })
    throw error
  }
}

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
  value: z.union([z.boolean(), z.string().min(1).max(80)]),
  source: z.string().trim().min(1, 'Say where this is known from.').max(200),
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
  doing.log({ ...event(doing, 'fact-changed', { fact: name }, personId), detail: { ...change, source } })
  return 'The register is updated.'
}

const absence = z.strictObject({
  absences: z.string().trim().min(1, 'Give the dates, or “none”.').max(1000).transform(readAbsences),
  source: fact.shape.source,
})

/** All absences of one person, in the words of the register's file: what was recorded before is replaced. */
export const recordAbsenceAct: OfficeAct<typeof absence> = {
  name: 'record-absence',
  on: 'person',
  input: absence,
  allows: (_actor, subject, _input, tx) => unknownPerson(tx, subject),
  carryOut: (doing, subject, { absences, source }) => writeFact(doing, subject, 'absences', absences, source),
}

/** What connecting a board needs of the card host: its name, and whether we can read it. Throws HostFailure. */
export interface Boards {
  readBoard(boardId: string): Promise<{ id: string; name: string; url: string }>
  disconnect(boardId: string): Promise<void>
}

const nothing = z.strictObject({})

export function connectBoardAct(boards: Boards): OfficeAct<typeof nothing> {
  return {
    name: 'connect-board',
    on: 'board',
    input: nothing,
    allows: async (actor, subject) =>
      actor.boardId === subject
        ? null
        : { code: 'other-board', sentence: 'Open the settings on the board that you want to connect.', status: 403 },
    async carryOut(doing, subject) {
      const board = await boards.readBoard(subject)
      await doing.tx
        .insertInto('board')
        .values({
          id: board.id,
          name: board.name,
          url: board.url,
          connected_by: doing.actor.person.id,
          connected_at: doing.clock.calendar(),
        })
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet({ name: board.name, url: board.url, problem: null }),
        )
        .execute()
      doing.log(event(doing, 'board-connected', {}))
      return `The board ${board.name} is connected. Cards copied from the templates are found within a few minutes.`
    },
  }
}

export function disconnectBoardAct(boards: Boards): OfficeAct<typeof nothing> {
  return {
    name: 'disconnect-board',
    on: 'board',
    input: nothing,
    async allows(_actor, subject, _input, tx) {
      const known = await tx.selectFrom('board').select('id').where('id', '=', subject).executeTakeFirst()
      return known ? null : { code: 'unknown-board', sentence: 'This board is not connected.', status: 404 }
    },
    async carryOut(doing, subject) {
      await boards.disconnect(subject)
      await doing.tx.deleteFrom('board').where('id', '=', subject).execute()
      doing.log(event(doing, 'board-disconnected', {}))
      return 'The board is no longer connected. Requests on it are kept.'
    },
  }
}
