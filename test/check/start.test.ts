import { expect, test } from 'vitest'
import { environmentSchema } from '../../server/config.ts'
import { run } from './run.ts'

/** `npm start` and `npm run practice` where they must not start. */

const { PATH = '' } = process.env

test('npm start without configuration names every variable that is missing, at once, and what each is for', async () => {
  const { code, out } = await run(['server/main.ts'], { env: { PATH } })
  expect(code).toBe(1)
  expect(out).toContain('The server cannot start. Put these variables right:')
  const required = Object.entries(environmentSchema.shape)
    .filter(([, schema]) => !schema.safeParse(undefined).success)
    .map(([name]) => name)
  expect(required.length).toBeGreaterThan(5)
  for (const name of [...required, 'DATABASE_URL']) expect(out).toMatch(new RegExp(`^  ${name} is missing: \\S`, 'm'))
})

test('npm start names a wrong variable and never repeats its value', async () => {
  const env = { PATH, TRELLO_TOKEN: 'hunter2', PUBLIC_ORIGIN: 'http://access.example.gov.uk', KEEPERS: 'rae' }
  const { code, out } = await run(['server/main.ts'], { env })
  expect(code).toBe(1)
  for (const name of ['TRELLO_TOKEN', 'PUBLIC_ORIGIN', 'KEEPERS']) expect(out).toContain(`${name} is wrong: `)
  expect(out).toContain('https://')
  for (const value of ['hunter2', 'access.example.gov.uk']) expect(out).not.toContain(value)
})

test.each([
  ['NODE_ENV', 'production'],
  ['DATABASE_URL', 'postgres://example.gov.uk/access'],
  ['PUBLIC_ORIGIN', 'https://access.example.gov.uk'],
])('the practice board does not start where %s is %s', async (name, value) => {
  const { code, out } = await run(['test/practice.ts'], { env: { PATH, [name]: value } })
  expect(code).toBe(1)
  expect(out).toContain('The practice board does not start where NODE_ENV is production')
})
