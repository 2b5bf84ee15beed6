import { londonDay } from '../../../clock.ts'
import type { Tx } from '../../../db/database.ts'
import { loadPerson, loadRegister } from '../../../people/register.ts'
import { ActRefused } from '../../../requests/act.ts'
import { loadWorld } from '../../../requests/world.ts'
import { judgeSponsorship } from '../../../rules/sponsorship.ts'
import { goesWithThat, removalOf } from '../../drift/by-hand.ts'
import { heldMeanwhile } from '../../drift/held-meanwhile.ts'
import { makeRecord } from '../../drift/record.ts'
import { openRevocation } from '../../revoke.ts'
import { settleSteps } from '../../settle-steps.ts'
import { type DriftActParts, decision, type Found, notInTheRules, onlyDecided } from './deciding.ts'

/**
 * Revokes exactly what was found and no more, by the same machine as everything else: read first, read back, and loud
 * while it is still there. For whoever may sponsor that level now, and for whoever gives back their own.
 */
export function removeDriftAct(parts: DriftActParts) {
  const { office } = parts
  const removalIn = async (tx: Tx, finding: Found) => {
    const person = await loadPerson(tx, finding.person_id)
    return person ? removalOf(tx, office, finding, person) : null
  }
  return decision(
    { office },
    {
      input: onlyDecided,
      name: 'remove-drift',
      kinds: ['extra'],
      how: 'removing',
      event: 'drift-removal-opened',
      async allows(actor, finding, tx) {
        const { people } = await loadRegister(tx)
        const engineer = people.get(finding.person_id)
        const removal = await removalIn(tx, finding)
        if (!engineer || !removal) return notInTheRules
        if (!removal.plan) return goesWithThat(removal.comesWith)
        const { plan } = removal
        const meanwhile = () => heldMeanwhile(tx, office.ruleSet(null), engineer.id, plan)
        if (actor.roles.seniorTech || actor.person.id === engineer.id) return meanwhile()
        const today = londonDay(office.clock.calendar())
        const question = { ruleSet: office.ruleSet(null), level: finding.level, engineer, people, today }
        const answer = judgeSponsorship({ ...question, viewer: actor.person })
        return answer.may ? meanwhile() : { code: 'not-sponsor', sentence: notYours, status: 403 }
      },
      async statement(finding, tx) {
        const plan = (await removalIn(tx, finding))?.plan
        return { revokes: plan ? [{ key: plan.key, account: plan.account.id, wanted: plan.wanted }] : [] }
      },
      async carryOut(doing, finding, { reason }) {
        const plan = (await removalIn(doing.tx, finding))?.plan
        if (!plan) throw new ActRefused(notInTheRules)
        const card = await makeRecord(doing, office, finding, reason)
        const world = await loadWorld(doing.tx, office, card)
        if (!world) throw new ActRefused(notInTheRules)
        await openRevocation(doing, world, [plan], parts)
        await settleSteps(doing, office, parts.adapters, card)
        return { card, said: 'Revoking. It is read back, and the queue shows it until it is gone.' }
      },
    },
  )
}

const notYours =
  'You cannot remove this because you may not sponsor this level for them. Any Senior Tech member can remove it.'
