import { z } from 'zod'
import { ImportRefused } from '../../people/csv.ts'
import { ActRefused, type OfficeAct } from '../../requests/act.ts'
import { officeEvent } from '../../requests/acts/common.ts'
import { keepExport, lookAtSystem } from '../exports.ts'
import type { Adapters } from '../steps.ts'

const input = z.strictObject({
  csv: z.string('Choose a CSV file.').min(1, 'Choose a CSV file.').max(3_000_000, 'This file is larger than 3 MB.'),
  fresh: z.literal(true, { error: 'Confirm that you downloaded it yourself, just now.' }),
})

/** Imports what somebody downloaded from a system that has no other way to be read. The subject is the system's id. */
export function importExportAct(adapters: Adapters): OfficeAct<typeof input> {
  return {
    name: 'import-export',
    on: 'installation',
    input,
    allows: async (_actor, system) =>
      adapters.get(system)?.takes
        ? null
        : { code: 'no-export', sentence: 'We take no export of this system.', status: 404 },
    async carryOut(doing, system, { csv }) {
      const adapter = adapters.get(system)
      if (!adapter?.takes)
        throw new ActRefused({ code: 'no-export', sentence: 'We take no export of this system.', status: 404 })
      const { takes, name } = adapter
      const by = doing.actor.person.id
      try {
        const done = await keepExport(doing.tx, { system, takes, csv, by, now: doing.clock.calendar() })
        await lookAtSystem(doing.tx, system, doing.clock.wall())
        const { rows, kept, digest } = done
        doing.log(officeEvent(doing, 'export-imported', { system, rows, kept, file: digest }))
        const people = kept === 1 ? '1 person' : `${kept} people`
        return `${rows} rows of ${name} read. Kept of ${people} with access or steps here, and of nobody else.`
      } catch (error) {
        if (!(error instanceof ImportRefused)) throw error
        const fields = { csv: error.message }
        throw new ActRefused({ code: 'import-refused', sentence: error.message, fields, status: 422 })
      }
    },
  }
}
