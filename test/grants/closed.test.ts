import { expect, test } from 'vitest'
import { isClosed } from '../../server/grants/steps.ts'
import { makeWorld, stepsOf } from '../http/views/world.ts'

const [plan] = makeWorld().plan?.steps ?? []

test.each([
  ['grant', 'done', true],
  ['revoke', 'done', false],
  ['revoke', 'seen', true],
  ['revoke', 'verified', true],
] as const)('where the doer’s word is enough, a %s that is %s is closed: %s', (direction, state, closed) => {
  if (!plan) throw new Error('the plan has no step')
  const [step] = stepsOf([{ ...plan, proof: 'doer' }], { [plan.key]: { state } }, direction)
  expect(step && isClosed(step)).toBe(closed)
})
