import { z } from 'zod'
import type { OfficeAct } from '../../requests/act.ts'
import { optionalLine } from '../../requests/acts/lines.ts'
import {
  lookedAt,
  notDue,
  onRequest,
  refusedSinceLooked,
  revokeEverything,
  statementOfWhole,
  type WholeParts,
} from './whole-person.ts'

const input = z.strictObject({
  plan: lookedAt,
  reason: optionalLine(),
})

/** Revokes everything that somebody holds, because a review found that it should end. */
export function confirmRevocationAct(parts: WholeParts): OfficeAct<typeof input> {
  const { office } = parts
  return {
    name: 'confirm-revocation',
    on: 'person',
    input,
    locksPerson: true,
    allows: async (_actor, subject, { plan }, tx) =>
      (await notDue(tx, subject)) ?? refusedSinceLooked('confirm-revocation', tx, office, subject, plan),
    statement: async (subject, _input, tx) => statementOfWhole(tx, office, subject),
    async carryOut(doing, subject, { reason }) {
      await revokeEverything(doing, parts, subject, reason, (world, evidence) =>
        onRequest(doing, world, 'undo-opened', evidence, reason),
      )
      return 'Revoking. Every system is read back, and the cards show what is still there.'
    },
  }
}
