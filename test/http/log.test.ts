import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifyExport } from '../../server/audit/verify.ts'
import { emailOf, memberId, type PracticeWorld, powerUpId, startPracticeWorld } from '../practice-world.ts'
import { as, confirmations, copyTemplate, details, requestOn, until } from './as.ts'

/** Who may read the log, and what a token opens. */

let world: PracticeWorld
let card = ''
let request = ''
beforeAll(async () => {
  world = await startPracticeWorld({ folder: null })
  card = await copyTemplate(world, 'deploy', 'Production Deploy for Priya Shah')
  await as(world, 'priya').act('ask', card, details)
  request = await requestOn(world, card)
  await as(world, 'sam').act('approve', request, confirmations)
})
afterAll(() => world.close())

const personId = async (name: string) =>
  (
    await world.product.db.kysely
      .selectFrom('person')
      .select('id')
      .where('full_name', '=', name)
      .executeTakeFirstOrThrow()
  ).id

async function read(path: string, token: string) {
  const answer = await fetch(`${world.origin}${path}`, { headers: { authorization: `Bearer ${token}` } })
  return { status: answer.status, text: await answer.text() }
}
const readAs = async (username: string, path: string) => read(path, await as(world, username).token())
const exports = async () =>
  (
    await world.product.db.kysely
      .selectFrom('event')
      .select(['actor', 'data'])
      .where('type', '=', 'log-exported')
      .execute()
  ).map(({ actor, data }) => [actor, data['scope']])

describe('The log', () => {
  test.for([
    ['allows', 'a Senior Tech member', 'dan', 200],
    ['allows', 'a register keeper', 'rae', 200],
    ['allows', 'the engineer', 'priya', 200],
    ['denies', 'the sponsor', 'sam', 403],
    ['denies', '2nd line', 'alex', 403],
    ['denies', 'a colleague', 'omar', 403],
    ['denies', 'a stranger', 'uma', 403],
  ] as const)('of a request and of a person: %s %s', async ([, , username, status]) => {
    for (const path of [`/api/log/requests/${request}`, `/api/log/people/${await personId('Priya Shah')}`]) {
      const answer = await readAs(username, path)
      expect(answer.status).toBe(status)
      if (status === 403)
        expect(JSON.parse(answer.text).detail).toBe(
          'You can read your own log. Senior Tech and register keepers can read others’.',
        )
      else expect(answer.text).toContain('"type":"request-opened"')
    }
  })

  test('as a whole: Senior Tech and keepers alone, whole enough to be checked offline, and that they did is logged', async () => {
    for (const username of ['priya', 'sam', 'alex', 'uma']) {
      const answer = await readAs(username, '/api/log')
      expect([answer.status, JSON.parse(answer.text).detail]).toEqual([
        403,
        'Senior Tech and register keepers can read the whole log.',
      ])
    }
    const { status, text } = await readAs('rae', '/api/log')
    expect(status).toBe(200)
    const { ok, lines } = await verifyExport(text, [])
    expect([ok, lines.some((line) => /^[2-9] signed acts checked, token and statement\.$/.test(line))]).toEqual([
      true,
      true,
    ])
    const forged = text.replace('"type":"approved"', '"type":"declined"')
    expect((await verifyExport(forged, [])).lines[0]).toMatch(
      /^The log is broken at event \d+: its content was changed\.$/,
    )
    expect(await exports()).toContainEqual([await personId('Rae Lund'), 'whole'])
  })

  test('tells that others read somebody’s log, and not that they read their own', async () => {
    const before = (await exports()).length
    await readAs('priya', `/api/log/requests/${request}`)
    expect(await exports()).toHaveLength(before)
    await readAs('dan', `/api/log/requests/${request}`)
    expect((await exports()).at(-1)).toEqual([await personId('Dan Reyes'), 'requests'])
  })

  test('holds no name, address, account or token: what names an account stands beside it, where it can be erased', async () => {
    const beside = await until(async () => {
      const kept = await world.product.db.kysely.selectFrom('event_detail').select('detail').execute()
      return kept.some(({ detail }) => JSON.stringify(detail).includes('priya-s')) && JSON.stringify(kept)
    }, 'a step that names her account')
    expect(beside).toContain('Add priya-s to GOV.UK Production Deploy')
    const whole = (await readAs('rae', '/api/log')).text.split('\n').filter((line) => !line.startsWith('{"signedAct"'))
    const texts = [
      whole.join('\n'),
      (await readAs('rae', `/api/log/requests/${request}`)).text,
      (await readAs('priya', `/api/log/people/${await personId('Priya Shah')}`)).text,
    ]
    for (const text of texts) {
      expect(text).toContain('"step-intent"')
      for (const private_ of ['Priya', 'Shah', emailOf('Priya Shah'), 'priya-s', details.reason, 'eyJ'])
        expect(text).not.toContain(private_)
    }
  })
})

describe('A person’s page', () => {
  test.for([
    ['allows', 'the engineer themselves', 'priya', true],
    ['allows', 'their tech lead', 'sam', true],
    ['allows', 'a Senior Tech member', 'dan', true],
    ['allows', 'a register keeper', 'rae', true],
    ['allows', '2nd line, without absences', 'alex', false],
  ] as const)('%s %s', async ([, , username, seesAbsence]) => {
    const page = await as(world, username).person(await personId('Priya Shah'))
    expect(page.title).toBe('Priya Shah')
    expect(page.parts.some(({ title }) => title === 'Absence')).toBe(seesAbsence)
    expect(JSON.stringify(page).includes('away')).toBe(seesAbsence)
    const records = page.parts.some((part) => part.form?.act === 'record-absence')
    expect(records).toBe(['sam', 'rae'].includes(username))
  })

  test.for([
    ['a colleague', 'omar'],
    ['a stranger', 'uma'],
  ] as const)('denies %s, and lists for them only whom they may look up', async ([, username]) => {
    const me = as(world, username)
    await expect(me.person(await personId('Priya Shah'))).rejects.toThrow('You can see your own page')
    await expect(me.person('nobody-of-this-id')).rejects.toThrow('You can see your own page')
    expect((await me.people('Priya')).people).toEqual([])
  })

  test('tells a part from the whole, and that nothing is held', async () => {
    const titles = await until(async () => {
      const page = await as(world, 'priya').person('me')
      return !page.parts.some(({ title }) => title === 'What you hold') && page.parts.map(({ title }) => title)
    }, 'what is verified first')
    expect(titles[0]).toMatch(/^Part of Production Deploy since /)
    expect((await as(world, 'dan').person('me')).parts[0]).toMatchObject({
      title: 'What you hold',
      text: ['No production access is held.'],
    })
    expect((await as(world, 'dan').people()).people.map(({ name }) => name)).toEqual(['Dan Reyes', 'Priya Shah'])
  })
})

describe('The register', () => {
  test.for([
    ['allows', 'a register keeper', 'rae', 200],
    ['denies', 'a Senior Tech member', 'dan', 403],
    ['denies', 'the engineer', 'priya', 403],
    ['denies', 'a stranger', 'uma', 403],
  ] as const)('as a spreadsheet: %s %s', async ([, , username, status]) => {
    const answer = await readAs(username, '/api/register')
    expect(answer.status).toBe(status)
    if (status === 403) expect(JSON.parse(answer.text).detail).toBe('Only register keepers can download the register.')
    else expect(answer.text).toContain('Priya Shah,priya.shah@example.gov.uk,')
  })

  test('is taken by its own importer as it is, and that somebody saved it is logged', async () => {
    const { text } = await readAs('rae', '/api/register')
    expect(await as(world, 'rae').act('import-people', 'installation', { csv: text })).toContain('0 people added')
    const imports = (await readAs('rae', '/api/log')).text
      .split('\n')
      .filter((line) => line.includes('"act":"import-people"'))
    expect(imports.length).toBeGreaterThan(0)
    // What it said of other people is not kept in the evidence of whoever imported it.
    for (const line of imports) expect(line).not.toContain('lee.hart')
    const told = world.product.db.kysely.selectFrom('event').select('actor').where('type', '=', 'register-exported')
    expect((await told.execute()).at(-1)).toEqual({ actor: await personId('Rae Lund') })
  })

  test('is shown to keepers in the settings, whole', async () => {
    const table = async (username: string) =>
      (await as(world, username).settings()).parts.find((part) => part.title === 'Register')?.table
    expect((await table('rae'))?.rows.map((row) => row.cells[0])).toContain('Priya Shah')
    expect(await table('dan')).toBeUndefined()
  })
})

describe('A token', () => {
  const paths = () => [
    `/api/cards/${card}`,
    `/api/windows/approve?subject=${request}`,
    '/api/queue?board=all&tab=',
    '/api/settings',
    `/api/log/requests/${request}`,
    '/api/log',
    '/api/register',
  ]
  const claims = () => ({ idMember: memberId('rae'), idBoard: world.boardId })
  const signer = () => world.trello.signer

  test('that is good opens each of them', async () => {
    for (const path of paths())
      expect([path, (await read(path, await world.trello.signToken(claims()))).status]).toEqual([path, 200])
  })

  test.for([
    [
      'whose state is a challenge',
      async () =>
        world.trello.signToken({
          ...claims(),
          state: await as(world, 'rae').prepare('ask-help', request, { system: 'Logit', what: 'x' }),
        }),
    ],
    ['signed with a key of somebody else', () => signer().forge({ ...claims(), idPlugin: powerUpId })],
    [
      'whose algorithm is HMAC with the public key',
      () => signer().signWithPublicKey({ ...claims(), idPlugin: powerUpId }),
    ],
    ['whose algorithm is none', async () => signer().unsigned({ ...claims(), idPlugin: powerUpId })],
    ['of another Power-Up', () => world.trello.signToken({ ...claims(), idPlugin: 'a'.repeat(24) })],
    ['of another issuer', () => world.trello.signToken({ ...claims(), iss: 'trello.example' })],
    ['that ran out', () => world.trello.signToken({ ...claims(), iat: 1_700_000_000, exp: 1_700_000_900 })],
    ['of tomorrow', () => world.trello.signToken({ ...claims(), iat: Math.floor(Date.now() / 1000) + 86_400 })],
  ] as [string, () => Promise<string>][])('%s opens nothing', async ([, make]) => {
    const token = await make()
    for (const path of paths()) expect([path, (await read(path, token)).status]).toEqual([path, 401])
  })
})
