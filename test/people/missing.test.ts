import { expect, test } from 'vitest'
import { personLine } from '../../server/people/missing.ts'
import { known, person } from '../rules/happy.ts'

/** What a keeper still has to find out, and about whom. */

const email = { kind: 'email' as const, id: 'lee@example.gov.uk', name: 'lee@example.gov.uk' }
const lee = (facts = {}) => person('lee', 'Lee Hart', { accounts: { email }, ...facts })

test('nothing is missing of somebody of whom everything is known, also when the answer is no', () => {
  expect(personLine(lee({ clearance: known(false) }), true)).toEqual({
    id: 'lee',
    fullName: 'Lee Hart',
    email: 'lee@example.gov.uk',
    missing: [],
  })
})

test.each([
  [{ clearance: null }, true, ['clearance']],
  [{ employment: null, apprentice: null, probation: null }, true, ['employment', 'apprentice', 'probation']],
  [{ absences: null }, false, ['Trello account', 'absences']],
  [{ accounts: {} }, true, ['work email']],
  [{ techLead: null }, true, ['tech lead']],
  [{ techLead: null, seniorTech: known(true) }, true, []],
  [{ clearance: null, left: known(true) }, false, []],
])('%o, linked %s: %j is missing', (facts, linked, missing) => {
  expect(personLine(lee(facts), linked).missing).toEqual(missing)
})
