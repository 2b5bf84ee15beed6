import { z } from 'zod'
import type { NewEvent } from '../../audit/events.ts'
import { AccountRefused } from '../../people/accounts.ts'
import { ImportRefused } from '../../people/csv.ts'
import { importPeople, type RegisterChange } from '../../people/import-people.ts'
import { importRota } from '../../people/import-rota.ts'
import { ActRefused, type Doing, type OfficeAct } from '../act.ts'
import { officeEvent as event } from './common.ts'

/** Acts of the office: imports and boards. They are about no one card. */

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
