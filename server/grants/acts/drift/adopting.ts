import { londonDay } from '../../../clock.ts'
import { json } from '../../../db/json.ts'
import { loadPerson, loadRegister } from '../../../people/register.ts'
import { ActRefused, type Refusal } from '../../../requests/act.ts'
import { newId } from '../../../requests/ids.ts'
import { emptyFacts } from '../../../requests/world.ts'
import { absenceStanding } from '../../../rules/absence.ts'
import { judgeEligibility } from '../../../rules/eligibility.ts'
import { removalOf } from '../../drift/by-hand.ts'
import { heldMeanwhile } from '../../drift/held-meanwhile.ts'
import { planOfFinding } from '../../drift/open-finding.ts'
import { makeRecord } from '../../drift/record.ts'
import { keepLedger } from '../../ledger.ts'
import { type DriftActParts, decision, notInTheRules, onlyDecided } from './deciding.ts'

/**
 * Writes something that was given outside into the ledger, on the word of Senior Tech. From then on it is read daily and
 * goes with everything else when the person's access is revoked.
 */
export function adoptDriftAct({ office }: DriftActParts) {
  return decision(
    { office },
    {
      input: onlyDecided,
      name: 'adopt-drift',
      kinds: ['extra', 'different'],
      how: 'adopted',
      event: 'drift-adopted',
      async allows(_actor, finding, tx) {
        if (finding.kind === 'different') return askForMore
        const person = await loadPerson(tx, finding.person_id)
        const plan = person && planOfFinding(office, finding, person)
        if (!plan) return notInTheRules
        if (person.left?.value)
          return {
            code: 'left',
            sentence: 'This person has left, so nothing of theirs is adopted. Remove it.',
            status: 409,
          }
        const today = londonDay(office.clock.calendar())
        const { people } = await loadRegister(tx)
        const ruleSet = office.ruleSet(null)
        const held = await office.heldLevels(tx, person.id)
        const question = { ruleSet, level: finding.level, engineer: person, people, today, answers: null }
        const findings = judgeEligibility({ ...question, request: emptyFacts(finding.level, held) })
        const isMet = findings.every(
          ({ kind, outcome }) => kind !== 'register' || !['not-met', 'unknown'].includes(outcome),
        )
        const absence = absenceStanding(person.absences?.value ?? [], today, ruleSet.absence.limitDays)
        const asksForReview = findings.some(({ kind, outcome }) => kind === 'review' && outcome !== 'met')
        if (asksForReview && !held.some(({ level }) => level === finding.level))
          return askForIt(ruleSet.levels[finding.level]?.name ?? finding.level)
        if (!isMet || absence.is === 'over-limit') return notByTheRegister
        return heldMeanwhile(tx, office.ruleSet(null), person.id, plan)
      },
      async carryOut(doing, finding, { reason }) {
        const { tx, clock, actor } = doing
        const person = await loadPerson(tx, finding.person_id)
        // What came by hand goes by hand, whenever that is.
        const removal = person && (await removalOf(tx, office, finding, person))
        const plan = removal?.plan ?? (person && planOfFinding(office, finding, person))
        if (!plan) throw new ActRefused(notInTheRules)
        const card = await makeRecord(doing, office, finding, reason)
        const now = clock.calendar()
        const step = await tx
          .insertInto('step')
          .values({
            id: newId(),
            request_id: finding.id,
            direction: 'grant',
            ordinal: 0,
            key: plan.key,
            plan: json(plan),
            method: plan.method,
            state: 'seen',
            since: now,
            turn: 'nobody',
            sentence: `Adopted: it was in ${plan.systemName} already. ${finding.sentence}`,
            seen_by: actor.person.id,
            seen_at: now,
            attempts: 0,
            updated_at: clock.wall(),
          })
          .returningAll()
          .executeTakeFirstOrThrow()
        const request = await tx
          .selectFrom('request')
          .selectAll()
          .where('id', '=', finding.id)
          .executeTakeFirstOrThrow()
        for (const event of await keepLedger(tx, request, step, now)) doing.log(event)
        return { card, said: 'Adopted. It stands in the record with your reason, and is read again every day.' }
      },
    },
  )
}

/** What belongs to a level that asks for a review is never somebody's by one person's word. */
function askForIt(level: string): Refusal {
  return {
    code: 'ask-for-it',
    sentence: `This belongs to ${level}, which is given after a review alone. Remove it, or let them ask for ${level} on a card: this is settled when that is granted.`,
    status: 409,
  }
}

const askForMore: Refusal = {
  code: 'ask-for-more',
  sentence:
    'This is more than what they were granted, and nothing that was approved gives it. Lower it, or let them ask on a card for the level that gives it.',
  status: 409,
}

const notByTheRegister: Refusal = {
  code: 'not-by-the-register',
  sentence: 'The register does not show what this level asks of them. Remove it, or let them ask on a card.',
  status: 409,
}
