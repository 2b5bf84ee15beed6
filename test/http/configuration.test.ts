import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { ConfigError, readConfig } from '../../server/config.ts'

const folder = mkdtempSync(join(tmpdir(), 'configuration-'))
afterAll(() => rmSync(folder, { recursive: true }))
const installation = join(folder, 'installation.yaml')
writeFileSync(installation, '')

const whole = {
  PUBLIC_ORIGIN: 'https://access.example.gov.uk',
  DATABASE_URL: 'postgres://access@db.example.gov.uk/access',
  TRELLO_POWER_UP_ID: 'a'.repeat(24),
  TRELLO_API_KEY: 'example-api-key-0123',
  TRELLO_APP_SECRET: 'example-app-secret-0123',
  TRELLO_TOKEN: 'example-token-0123456',
  KEEPERS: 'b'.repeat(24),
  EMAIL_DOMAINS: 'example.gov.uk',
  INSTALLATION_FILE: installation,
  LOG_HEAD_FILE: join(folder, 'heads.jsonl'),
}
const embedded = { DATABASE_URL: '', EMBEDDED_DATABASE_DIR: join(folder, 'data') }

function problems(more: Record<string, string | undefined>, nodeVersion = '24.21.0'): string[] {
  try {
    readConfig({ ...whole, ...more }, nodeVersion)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

test('a whole configuration is read, with Trello’s own addresses', () => {
  expect(readConfig(whole, '24.0.0').trello).toMatchObject({
    pageOrigin: 'https://trello.com',
    libraryUrl: 'https://p.trellocdn.com/power-up.min.js',
    restOrigin: 'https://api.trello.com',
    keysUrl: 'https://api.trello.com/1/resource/jwt-public-keys',
  })
  expect(readConfig(whole, '24.0.0').practice).toBe(false)
})

test('everything that is missing or wrong is named at once, of whatever kind it is', () => {
  const all = problems(
    {
      PUBLIC_ORIGIN: 'https://access.example.gov.uk/trello',
      DATABASE_URL: '',
      TRELLO_API_KEY: '',
      TRELLO_KEYS_URL: 'https://keys.example.com',
      INSTALLATION_FILE: join(folder, 'none.yaml'),
      LOG_HEAD_FILE: join(folder, 'none', 'heads.jsonl'),
      RULE_SET: '../2024-11',
      GITHUB_APP_ID: '12',
    },
    '20.11.1',
  )
  expect(all.map((problem) => problem.split(' ').slice(0, 3).join(' '))).toEqual([
    'DATABASE_URL is missing:',
    'GITHUB_APP_INSTALLATION_ID is missing:',
    'GITHUB_APP_PRIVATE_KEY is missing:',
    'INSTALLATION_FILE is wrong:',
    'LOG_HEAD_FILE is wrong:',
    'Node is wrong:',
    'PUBLIC_ORIGIN is wrong:',
    'RULE_SET is wrong:',
    'TRELLO_API_KEY is missing:',
    'TRELLO_KEYS_URL is wrong:',
  ])
})

describe('each refusal says what to do', () => {
  const cases: [string, Record<string, string>, RegExp][] = [
    ['the embedded database without the explicit variable', embedded, /survives a killed process but not a power cut/],
    [
      'the embedded database with another word',
      { ...embedded, EMBEDDED_DATABASE_ACCEPTS_LOSS: 'yes' },
      /exactly "on-power-cut"/,
    ],
    ['two databases', { EMBEDDED_DATABASE_DIR: folder }, /DATABASE_URL is set too; leave one of them out/],
    [
      'another page origin',
      { TRELLO_PAGE_ORIGIN: 'https://trello.example.com' },
      /in production only https:\/\/trello.com/,
    ],
    ['another library', { TRELLO_LIBRARY_URL: 'https://cdn.example.com/p.js' }, /in production only .*power-up.min.js/],
    ['another REST address', { TRELLO_REST_ORIGIN: 'http://127.0.0.1:4401' }, /in production only https:\/\/api/],
    ['other keys', { TRELLO_KEYS_URL: 'https://keys.example.com/keys' }, /in production only .*jwt-public-keys/],
    ['an address without TLS', { PUBLIC_ORIGIN: 'http://access.example.gov.uk' }, /starting with https/],
    ['an address with a path', { PUBLIC_ORIGIN: 'https://access.example.gov.uk/x' }, /without a path/],
    ['a keeper by name', { KEEPERS: 'rae' }, /member ids of the first register keepers/],
    ['no domain for work addresses', { EMAIL_DOMAINS: ' , ' }, /domains of work addresses/],
    ['a short secret', { TRELLO_APP_SECRET: 'short' }, /with which Trello signs webhooks/],
    ['an unknown rule set', { RULE_SET: '1999-01' }, /not installed/],
  ]
  test.each(cases)('denies %s', (_name, more, words) => {
    expect(problems(more).join('\n')).toMatch(words)
    for (const value of Object.values(more).filter((one) => one.length > 9))
      if (!value.startsWith('https://trello') && value !== folder) expect(problems(more).join()).not.toContain(value)
  })

  test('denies another Node than the pinned one, also in a container that brings its own', () => {
    expect(problems({}, '22.3.0')).toEqual(['Node is wrong: this server runs on Node 24, and this is 22.3.0'])
    expect(problems({}, '24.0.1')).toEqual([])
  })
})

test('allows the embedded database where its loss is accepted, and Trello’s own addresses when they are written out', () => {
  expect(problems({ ...embedded, EMBEDDED_DATABASE_ACCEPTS_LOSS: 'on-power-cut' })).toEqual([])
  expect(problems({ TRELLO_PAGE_ORIGIN: 'https://trello.com', TRELLO_REST_ORIGIN: 'https://api.trello.com' })).toEqual(
    [],
  )
})

test('nothing in the environment makes a production server a practice board', () => {
  expect(readConfig({ ...whole, PRACTICE: 'true', NODE_ENV: 'development' }, '24.0.0').practice).toBe(false)
})
