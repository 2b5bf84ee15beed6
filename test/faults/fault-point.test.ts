import { afterEach, expect, test } from 'vitest'
import { faultPoint, faultPoints, setFaultHook } from '../../server/grants/fault-point.ts'

const before = process.env['NODE_ENV']
afterEach(() => {
  process.env['NODE_ENV'] = before
  setFaultHook(null)
})

test('fault points do nothing by themselves', async () => {
  for (const point of faultPoints) await expect(faultPoint(point, 'github')).resolves.toBeUndefined()
})

test('fault points are refused in production', () => {
  process.env['NODE_ENV'] = 'production'
  expect(() => setFaultHook(() => {})).toThrow('Fault points cannot be used in production.')
})
