import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { connectedWith } from './environment.ts'

const folder = mkdtempSync(join(tmpdir(), 'sentry-configured-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('without a token Sentry is not connected, so that people do its steps', () => {
  expect(connectedWith(folder, {}).get('sentry')).toBeUndefined()
})

test('with a token its members are changed and read by us', () => {
  expect(connectedWith(folder, { SENTRY_TOKEN: 'example-sentry-token-0123' }).get('sentry')?.can).toEqual(['api'])
})
