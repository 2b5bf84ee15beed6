import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ConfigError } from '../../server/config.ts'
import { createSentryClient } from '../../server/systems/sentry/client.ts'
import { placeOf } from '../../server/systems/sentry/place.ts'
import { configWith, connectedWith } from './environment.ts'
import { groupOrder } from './orders.ts'

const folder = mkdtempSync(join(tmpdir(), 'sentry-configured-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('without a token Sentry is not connected, so that people do its steps', () => {
  expect(connectedWith(folder, {}).get('sentry')).toBeUndefined()
})

test('with a token its members are changed and read by us', () => {
  expect(connectedWith(folder, { SENTRY_TOKEN: 'example-sentry-token-0123' }).get('sentry')?.can).toEqual(['api'])
})

const token = { SENTRY_TOKEN: 'example-sentry-token-0123' }

test('is Sentry’s own, unless a region or one of your own is named', () => {
  expect(configWith(folder, token).sentry?.apiUrl).toBe('https://sentry.io')
  expect(configWith(folder, { ...token, SENTRY_URL: 'https://de.sentry.io/' }).sentry?.apiUrl).toBe(
    'https://de.sentry.io',
  )
})

test.each(['http://de.sentry.io', 'https://de.sentry.io/api/0'])('is never asked at %s', (url) => {
  expect(() => configWith(folder, { ...token, SENTRY_URL: url })).toThrow(ConfigError)
})

test('the end of what no system tells is named by whoever runs the server', () => {
  const { credentialsEnd } = configWith(folder, { ...token, SENTRY_TOKEN_EXPIRES: '2027-03-31' })
  expect([...credentialsEnd]).toEqual([['sentry', new Date('2027-03-31T00:00:00Z')]])
  expect(() => configWith(folder, { ...token, SENTRY_TOKEN_EXPIRES: '31 March' })).toThrow(
    'SENTRY_TOKEN_EXPIRES is wrong: the last day of these credentials',
  )
})

test.each([
  ['https://sentry.io', 'https://example-gov.sentry.io/settings/members/'],
  ['https://de.sentry.io', 'https://example-gov.sentry.io/settings/members/'],
  ['https://sentry.example.gov.uk', 'https://sentry.example.gov.uk/settings/example-gov/members/'],
])('people see the members of %s at %s', (url, page) => {
  const client = createSentryClient({ apiUrl: url, token: token.SENTRY_TOKEN }, () => new Date())
  const order = groupOrder({ wanted: { value: 'Admin', params: { organisation: 'example-gov' } } })
  expect(placeOf(client, order, url).page).toBe(page)
})
