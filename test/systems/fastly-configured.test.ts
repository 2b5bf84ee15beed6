import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { connectedWith } from './environment.ts'

const folder = mkdtempSync(join(tmpdir(), 'fastly-configured-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('without a token Fastly is not connected, so that people do its steps', () => {
  expect(connectedWith(folder, {}).get('fastly')).toBeUndefined()
})

test('with a token its users are changed and read by us', () => {
  const fastly = connectedWith(folder, { FASTLY_TOKEN: 'example-fastly-token-0123' }).get('fastly')
  expect(fastly?.can).toEqual(['api'])
})

test('a token that is too short to be one stops the start without repeating it', () => {
  const start = () => connectedWith(folder, { FASTLY_TOKEN: 'short' })
  expect(start).toThrow('FASTLY_TOKEN is wrong')
  expect(start).not.toThrow('short')
})
