import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { emptyFacts } from '../../server/requests/world.ts'
import { actsUntil, copiesByHand } from '../../server/rules/outlives.ts'
import { makePlan } from '../../server/rules/plan.ts'
import { loadRuleSet } from '../../server/rules/rule-set.ts'
import { isFarFromStaging, isOverwritten } from '../../server/rules/weekday-copy.ts'
import { person, priyasAccounts } from '../http/views/world.ts'

const installation = { methods: {}, targets: {}, ownedByTerraform: [] }
const engineer = person('priya', 'Priya Shah', { accounts: priyasAccounts })

function planOf(id: string, level: string) {
  const ruleSet = loadRuleSet(fileURLToPath(new URL(`../../server/rules/rule-sets/${id}.yaml`, import.meta.url)))
  return makePlan({ ruleSet, level, engineer, request: emptyFacts(level, []), installation }).steps
}

test.each([
  ['2024-11', 'deploy', 'signon-production/staging', 'second-line'],
  ['2024-11', 'admin', 'signon-superadmin/staging', 'senior-tech'],
  ['2026-08', 'deploy', 'signon-production/staging', 'second-line'],
  ['2026-08', 'admin', 'signon-superadmin/staging', 'senior-tech'],
])(
  '%s, %s: from Friday to Sunday Signon in staging is a step of its own, and on no other day',
  (id, level, key, doer) => {
    const steps = planOf(id, level)
    const on = (day: number) => copiesByHand(steps, new Date(`2026-11-${day}T12:00:00Z`)).map((one) => one.key)
    // Thursday 26 to Monday 30 November.
    expect([26, 27, 28, 29, 30].map(on)).toEqual([[], [key], [key], [key], []])
    const [copy] = copiesByHand(steps, new Date('2026-11-27T12:00:00Z'))
    expect(copy).toMatchObject({ environment: 'staging', method: 'task', proof: 'second-person', undoTask: { doer } })
    expect(copy?.words.undo).toContain('priya.shah@example.gov.uk')
  },
)

test.each(['2024-11', '2026-08'])('%s: every AWS role has sessions that outlive it by 8 hours', (id) => {
  const taken = new Date('2026-11-27T12:00:00Z')
  const roles = planOf(id, 'admin').filter(({ system, environment }) => system === 'aws' && environment !== null)
  expect(roles.length).toBeGreaterThan(1)
  for (const role of roles) expect(actsUntil(role, taken)).toEqual(new Date('2026-11-27T20:00:00Z'))
})

test('what is copied acts on until the copy is there, and what is neither copied nor held open ends at once', () => {
  const taken = new Date('2026-11-27T12:00:00Z')
  expect(actsUntil({ copiedBy: 'weekday-copy' }, taken)).toEqual(new Date('2026-11-30T01:03:00Z'))
  expect(actsUntil({}, taken)).toBe(null)
})

test.each([
  // Thursday, after the backup: Friday's copy lacks it, and brings back what was suspended before that.
  ['2026-11-26T23:30:00Z', '2026-11-26T23:40:00Z', true, true],
  ['2026-11-26T23:30:00Z', '2026-11-27T09:00:00Z', true, false],
  ['2026-11-27T00:30:00Z', '2026-11-27T00:40:00Z', true, true],
  ['2026-11-27T12:00:00Z', '2026-11-27T12:10:00Z', true, false],
  // Any other night, also that on which the clocks go back.
  ['2026-11-24T23:30:00Z', '2026-11-24T23:40:00Z', false, true],
  ['2026-10-25T23:30:00Z', '2026-10-26T09:00:00Z', true, false],
])(
  'production at %s and staging by hand at %s: far from its copy %s, overwritten %s',
  (changed, byHand, far, overwritten) => {
    expect(isFarFromStaging(new Date(changed))).toBe(far)
    expect(isOverwritten(new Date(byHand), new Date(changed))).toBe(overwritten)
  },
)
