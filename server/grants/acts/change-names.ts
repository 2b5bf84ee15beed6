import { z } from 'zod'
import type { Act, Doing, Refusal, StepRow, World } from '../../requests/act.ts'
import { linkAccounts } from '../../requests/acts/accounts.ts'
import { about, onlyIn } from '../../requests/acts/common.ts'
import { accountFields, resolveAccounts, withAccounts } from '../../requests/acts/details.ts'
import { setAside } from '../../requests/set-aside.ts'
import type { AccountKind } from '../../rules/types.ts'
import { accountChangedFence } from '../judge-again.ts'
import { hasBegun } from '../revoke.ts'
import { settleSteps } from '../settle-steps.ts'
import type { StepActParts } from './steps/changing.ts'

const names = z.strictObject(accountFields).transform(withAccounts)

/**
 * After the approval a name in another system turns out to be wrong: only the engineer can give another. What had not
 * begun with the old one stops at once and asks for a new approval; what had begun is left, and said.
 */
export function changeNamesAct(parts: StepActParts): Act<typeof names> {
  return {
    name: 'change-names',
    on: 'request',
    input: names,
    readsCard: false,
    resolve: resolveAccounts,
    allows: (world, _actor, { accounts }): Refusal | null =>
      onlyIn(world, ['granting', 'stopped']) ??
      (changed(world, accounts).length > 0
        ? null
        : {
            code: 'same-names',
            sentence: 'These are the names that we have already. Nothing was changed.',
            status: 409,
          }),
    statement: (world, { accounts }) => ({ request: world.request?.id ?? null, accounts }),
    async carryOut(doing, world, { accounts }) {
      const { engineer } = world
      if (!engineer) throw new TypeError('Names belong to an engineer.')
      const kinds = changed(world, accounts)
      await linkAccounts(doing, world, engineer.id, accounts)
      const steps = world.steps.filter((step) => step.direction === 'grant' && kinds.includes(step.plan.account.kind))
      const fresh = steps.filter((step) => notBegun(step) || step.plan.nothingToUndo)
      for (const step of fresh) await hold(doing, world, step)
      await settleSteps(doing, parts.office, parts.adapters, world.card.id)
      return saidOf(fresh.length, steps.filter((step) => !fresh.includes(step)).length)
    },
  }
}

function changed(world: World, accounts: z.infer<typeof names>['accounts']): AccountKind[] {
  return Object.values(accounts)
    .filter((account) => world.engineer?.accounts[account.kind]?.id !== account.id)
    .map((account) => account.kind)
}

/** Nothing went out for it, and nobody has it. */
function notBegun(step: StepRow): boolean {
  const open = step.state === 'planned' || step.state === 'ready' || step.state === 'stuck' || step.state === 'stopped'
  return open && !hasBegun(step)
}

/** What had been looked at with the old name is looked at again: that it was right then says nothing of the new one. */
async function hold(doing: Doing, world: World, step: StepRow): Promise<void> {
  // Nobody saw that the old one is gone: it stays until they leave, and goes then beside the new one.
  if (step.plan.onLeaving)
    await setAside(
      doing,
      world.holdings.filter((one) => one.step_id === step.id),
    )
  const { sentence, remedy, turn } = accountChangedFence(world.engineer?.firstName ?? 'The engineer')
  await doing.tx
    .updateTable('step')
    .set({ state: 'stopped', since: doing.clock.calendar(), sentence, remedy, turn, next_check_at: null, ...untouched })
    .where('id', '=', step.id)
    .execute()
  const event = { ...about(doing, world), stepId: step.id, actor: 'system' }
  const ended = await doing.tx
    .updateTable('holding')
    .set({ ended_at: doing.clock.calendar() })
    .where('step_id', '=', step.id)
    .where('ended_at', 'is', null)
    .returning('id')
    .execute()
  if (ended.length > 0) doing.log({ ...event, type: 'holding-ended', data: { grant: step.key } })
  doing.log({ ...event, type: 'step-stopped', data: { key: step.key }, detail: { sentence } })
}

const untouched = {
  taken_by: null,
  taken_at: null,
  done_by: null,
  done_at: null,
  seen_by: null,
  seen_at: null,
  evidence: null,
} as const

function saidOf(held: number, begun: number): string {
  const kept = 'Your names are changed.'
  const again = held > 0 ? ' The sponsor checks them and approves again what had not begun.' : ''
  const old =
    begun > 0
      ? ' What had begun with the old name stays with it. If that is wrong, ask your sponsor to stop and revoke it.'
      : ''
  return `${kept}${again}${old}`
}
