import type { Tx } from '../db/database.ts'
import { ActRefused, type Refusal, type World } from '../requests/act.ts'
import type { Account } from '../rules/types.ts'
import { hasBegun } from './revoke.ts'
import { isClosed } from './steps.ts'

/**
 * Nobody gets a second account's access beside the first's: an account that changed is given back before the new one is
 * approved, so that revoking a person always reaches everything that the person has.
 */

/** Refuses a plan while its engineer holds something, or has it begun in this request, with another account. */
export function otherAccountHeld(world: World): Refusal | null {
  const open = world.steps.filter(
    (step) => step.direction === 'grant' && !step.plan.nothingToUndo && hasBegun(step) && !isGivenBack(world, step.key),
  )
  return refusalFor(
    world,
    [...world.holdings.filter((one) => !isLookedAt(world, one.grant_key)), ...open.map((step) => step.plan)].map(
      ({ account }) => account,
    ),
  )
}

/** The same for what this person's other requests have begun and not closed. @throws ActRefused */
export async function refuseOtherAccount(tx: Tx, world: World): Promise<void> {
  const steps = await tx
    .selectFrom('step')
    .innerJoin('request', 'request.id', 'step.request_id')
    .selectAll('step')
    .where('request.person_id', '=', world.engineer?.id ?? '')
    .where('request.id', '!=', world.request?.id ?? '')
    .where('request.state', 'in', ['granting', 'stopped', 'revoking'])
    .where('step.direction', '=', 'grant')
    .execute()
  const begun = steps.filter((step) => !step.plan.nothingToUndo && hasBegun(step) && !isClosed(step))
  const refusal = refusalFor(
    world,
    begun.map(({ plan }) => plan.account),
  )
  if (refusal) throw new ActRefused(refusal)
}

/** What was only looked at gave nothing that could be given back. @param key `grant` or `grant/environment` */
function isLookedAt(world: World, key: string): boolean {
  return world.ruleSet.grants[key.split('/')[0] ?? '']?.nothingToUndo === true
}

function isGivenBack(world: World, key: string): boolean {
  return world.steps.some((step) => step.direction === 'revoke' && step.key === key && isClosed(step))
}

function refusalFor(world: World, had: Account[]): Refusal | null {
  const wanted = world.plan?.steps.map(({ account }) => account) ?? []
  const old = had.find((one) => wanted.some((account) => account.kind === one.kind && account.id !== one.id))
  if (!old) return null
  const first = world.engineer?.firstName ?? 'The engineer'
  const sentence = `Nothing has been approved because ${first} still has access under another account, ${old.name}. Give the old one back first: revoke it, then approve again.`
  return { code: 'other-account-held', sentence, status: 409 }
}
