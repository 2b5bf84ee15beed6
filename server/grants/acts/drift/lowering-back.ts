import { londonDay } from '../../../clock.ts'
import type { Tx } from '../../../db/database.ts'
import { loadRegister } from '../../../people/register.ts'
import { ActRefused, type Refusal } from '../../../requests/act.ts'
import { loadWorld } from '../../../requests/world.ts'
import { judgeSponsorship } from '../../../rules/sponsorship.ts'
import type { PlanStep } from '../../../rules/types.ts'
import { makeRecord } from '../../drift/record.ts'
import { openRevocation } from '../../revoke.ts'
import { settleSteps } from '../../settle-steps.ts'
import { type DriftActParts, decision, type Found, onlyDecided } from './deciding.ts'

/**
 * Takes away what somebody has beyond what they were granted, and keeps that: the same machine as a demotion, read back
 * until the system shows no more than was granted.
 */
export function lowerDriftAct(parts: DriftActParts) {
  const { office } = parts
  return decision(
    { office },
    {
      input: onlyDecided,
      name: 'lower-drift',
      kinds: ['different'],
      how: 'lowering',
      event: 'drift-lowering-opened',
      async allows(actor, finding, tx) {
        if (finding.has !== 'more') return notMore
        if (!(await givenPlan(tx, finding))) return notMore
        if (actor.roles.seniorTech || actor.person.id === finding.person_id) return null
        const { people } = await loadRegister(tx)
        const engineer = people.get(finding.person_id)
        const ruleSet = office.ruleSet(null)
        if (!engineer || !Object.hasOwn(ruleSet.levels, finding.level)) return notYours
        const today = londonDay(office.clock.calendar())
        const question = { ruleSet, level: finding.level, engineer, people, today, viewer: actor.person }
        return judgeSponsorship(question).may ? null : notYours
      },
      async statement(finding, tx) {
        const plan = await givenPlan(tx, finding)
        return { revokes: plan ? [{ key: plan.key, account: plan.account.id, wanted: plan.wanted }] : [] }
      },
      async carryOut(doing, finding, { reason }) {
        const plan = await givenPlan(doing.tx, finding)
        if (!plan) throw new ActRefused(notMore)
        const card = await makeRecord(doing, office, finding, reason)
        const world = await loadWorld(doing.tx, office, card)
        if (!world) throw new ActRefused(notMore)
        await openRevocation(doing, world, [backToGranted(plan)], parts)
        await settleSteps(doing, office, parts.adapters, card)
        return {
          card,
          said: 'Lowering. It is read back, and the queue shows it until no more than was granted is left.',
        }
      },
    },
  )
}

/** What was granted, as it was approved. */
async function givenPlan(tx: Tx, { holding_id }: Found): Promise<PlanStep | null> {
  const row = await tx
    .selectFrom('holding')
    .innerJoin('step', 'step.id', 'holding.step_id')
    .select('step.plan')
    .where('holding.id', '=', holding_id ?? '')
    .where('holding.ended_at', 'is', null)
    .executeTakeFirst()
  return row?.plan ?? null
}

/** The step that undoes what is above the granted value, and keeps that. */
function backToGranted(plan: PlanStep): PlanStep {
  const { account, systemName, wanted, undoTask } = plan
  const undo = `Set ${account.name} back to ${wanted.value} in ${systemName}`
  const clicks = [{ text: `${undo}, and leave the account itself.`, copy: null, link: null }]
  return {
    ...plan,
    wanted: { ...wanted, params: { ...wanted.params, keeps: wanted.value } },
    words: { ...plan.words, undo },
    undoTask: undoTask && {
      ...undoTask,
      clicks,
      before: null,
      looksRight: `${systemName} shows ${account.name} as ${wanted.value}, and nothing above it.`,
    },
  }
}

const notMore: Refusal = {
  code: 'not-more',
  sentence: 'This is not more than was granted, so there is nothing to lower.',
  status: 409,
}

const notYours: Refusal = {
  code: 'not-sponsor',
  sentence: 'You cannot lower this because you may not sponsor this level for them. Any Senior Tech member can.',
  status: 403,
}
