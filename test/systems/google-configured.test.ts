import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { connectedWith } from './environment.ts'

/** Google is connected by one file, and without it its step is a task for people. */

const folder = mkdtempSync(join(tmpdir(), 'google-configured-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'google.json')
const google = () => connectedWith(folder, { GOOGLE_CREDENTIALS_FILE: path }).get('gcp')

test('without the variable, Google is not connected', () => {
  expect(connectedWith(folder, {}).get('gcp')).toBeUndefined()
})

test('a file that is not there stops the start with the variable’s name', () => {
  expect(google).toThrow('GOOGLE_CREDENTIALS_FILE is wrong')
})

test('a file that holds something else stops the start without repeating it', () => {
  writeFileSync(path, '{"type":"authorized_user","refresh_token":"local-secret-0123"}')
  expect(google).toThrow('GOOGLE_CREDENTIALS_FILE')
  expect(google).not.toThrow('local-secret-0123')
})

test('with a key, members of the group are changed by us', () => {
  const private_key = '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n'
  writeFileSync(path, JSON.stringify({ type: 'service_account', client_email: 'a@example.gov.uk', private_key }))
  expect(google()?.can).toEqual(['api'])
})
