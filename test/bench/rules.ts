import { judgeEligibility } from '../../server/rules/eligibility.ts'
import { makePlan } from '../../server/rules/plan.ts'
import { known, makeWorld, person, priyasAccounts, ruleSet } from '../http/views/world.ts'
import { today } from '../rules/happy.ts'
import { type Compared, compare } from './sides.ts'

const PEOPLE = 10_000
const PLANS = 1_000
const ROUNDS = 7

/** The rules alone, without a database: everybody judged, and plans made. Admin against Deploy, which it includes. */
export async function rulesFigures(): Promise<Compared[]> {
  const { people, request, installation } = makeWorld()
  if (!request) throw new Error('the happy world has a request')
  const engineers = Array.from({ length: PEOPLE }, (_, n) =>
    person(`p-${n}`, `Person ${n}`, {
      accounts: priyasAccounts,
      clearance: n % 3 === 0 ? null : known(n % 5 !== 0),
      probation: n % 4 === 0 ? null : known('passed'),
      apprentice: known(n % 10 === 0),
    }),
  )
  const facts = (level: string) => ({
    level,
    reason: 'Joining Search',
    signonApps: { production: ['Release'] },
    review: null,
    apprentice: { confident: null, wantsSecondary: null, lineManagerAgrees: null },
    held: [],
  })
  const judgeAll = (level: string) => async () => {
    for (const engineer of engineers)
      judgeEligibility({ ruleSet, level, engineer, request: facts(level), people, today, answers: null })
  }
  const planAll = (level: string) => async () => {
    for (const engineer of engineers.slice(0, PLANS))
      makePlan({ ruleSet, level, engineer, request: facts(level), installation })
  }
  return [
    await compare(
      `judging ${PEOPLE.toLocaleString('en-GB')} people`,
      ROUNDS,
      { name: 'Admin', run: judgeAll('admin') },
      { name: 'Deploy', run: judgeAll('deploy') },
    ),
    await compare(
      `making ${PLANS.toLocaleString('en-GB')} plans`,
      ROUNDS,
      { name: 'Admin', run: planAll('admin') },
      { name: 'Deploy', run: planAll('deploy') },
    ),
  ]
}
