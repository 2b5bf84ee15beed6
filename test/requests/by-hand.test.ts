import { beforeEach, describe, expect, test } from 'vitest'
import type { Absence } from '../../server/rules/types.ts'
import { type Practice, refused, startPractice } from './office.ts'

/** Facts and absences written by hand: what rests on them is judged again at once, and nobody writes their own. */

let office: Practice
beforeEach(async () => {
  office = await startPractice()
})
const keeper = () => office.as('rae')
const forget = (fact: 'left' | 'absences' | 'clearance') =>
  office.db.kysely
    .deleteFrom('person_fact')
    .where('person_id', '=', office.id('priya'))
    .where('fact', '=', fact)
    .execute()
const readyNotices = async () =>
  (await office.db.kysely.selectFrom('notice').select('kind').where('kind', '=', 'ready').execute()).length
const absences = async (): Promise<Absence[] | undefined> =>
  (await office.world((await asked()).card)).engineer?.absences?.value
let known: { card: string; request: string } | null = null
async function asked() {
  known ??= await office.ready('priya')
  return known
}
beforeEach(() => {
  known = null
})

describe('a fact that holds up a request', () => {
  test('once it is known, the request is ready in the same moment, and its sponsor is told', async () => {
    await forget('left')
    const { request } = await asked()
    expect([await office.state(request), await readyNotices()]).toEqual(['open', 0])
    const said = await keeper().act('set-fact', office.id('priya'), {
      fact: 'left',
      value: 'no',
      source: 'HR, 2 March',
    })
    expect(said).toBe('The register is updated.')
    expect([await office.state(request), await readyNotices()]).toEqual(['ready', 1])
    const { engineer } = await office.world((await asked()).card)
    expect(engineer?.left).toEqual({ value: false, source: 'HR, 2 March', date: '2026-03-02' })
    expect((await office.events()).slice(-2)).toEqual(['fact-changed', 'ready'])
  })

  test('an import frees every request that waited for it', async () => {
    await forget('left')
    const { request } = await asked()
    const csv = 'name,email,left\nPriya Shah,priya.shah@example.gov.uk,no'
    await keeper().act('import-people', 'installation', { csv })
    expect(await office.state(request)).toBe('ready')
  })

  test('one that becomes a no holds up a ready request again', async () => {
    const { request } = await asked()
    expect(await office.state(request)).toBe('ready')
    await keeper().act('set-fact', office.id('priya'), { fact: 'clearance', value: 'no', source: 'HR' })
    expect(await office.state(request)).toBe('open')
  })

  test.each([
    [{ fact: 'left', value: '', source: 'HR' }, { value: 'Choose what is known.' }],
    [{ fact: 'left', value: 'no', source: ' ' }, { source: 'Say where this is known from.' }],
  ])('asks at the field for what is left out: %o', async (input, fields) => {
    expect((await refused(keeper().act('set-fact', office.id('priya'), input))).fields).toEqual(fields)
  })
})

describe('an absence', () => {
  const record = (who: string, more: object) =>
    office.as(who).act('record-absence', office.id('priya'), { source: 'a message', ...more })

  test('is added to what is recorded, and an open one ends with its day of return or today', async () => {
    await record('sam', { away: 'yes', start: '2026-01-05', end: '2026-01-09' })
    await record('sam', { away: 'yes', start: '2026-02-20' })
    const first = { start: '2026-01-05', end: '2026-01-09' }
    expect(await absences()).toEqual([first, { start: '2026-02-20', end: null }])
    await record('rae', { away: 'yes', start: '2026-02-20', end: '2026-03-09' })
    expect(await absences()).toEqual([first, { start: '2026-02-20', end: '2026-03-09' }])
    await record('sam', { away: 'yes', start: '2026-02-25' })
    await record('sam', { away: 'no' })
    expect((await absences())?.at(-1)).toEqual({ start: '2026-02-25', end: '2026-03-02' })
  })

  test('that is to come stays when one that goes on ends, and is called off by its first day', async () => {
    await record('rae', { away: 'yes', start: '2026-02-20' })
    await record('rae', { away: 'yes', start: '2026-05-01' })
    await record('sam', { away: 'no' })
    const [past, leave] = [
      { start: '2026-02-20', end: '2026-03-02' },
      { start: '2026-05-01', end: null },
    ]
    expect(await absences()).toEqual([past, leave])
    const none = 'No absence to come is recorded that begins on this day.'
    for (const start of ['2026-04-01', '2026-02-20'])
      expect((await refused(record('sam', { away: 'called-off', start }))).fields).toEqual({ start: none })
    await record('sam', { away: 'called-off', start: '2026-05-01' })
    expect(await absences()).toEqual([past])
  })

  test('unknown becomes none by a word, and the request is ready', async () => {
    await forget('absences')
    const { request } = await asked()
    expect(await office.state(request)).toBe('open')
    await record('sam', { away: 'no' })
    expect([await office.state(request), await absences()]).toEqual(['ready', []])
  })

  test('of more than 6 weeks stops what was ready', async () => {
    const { request } = await asked()
    await record('sam', { away: 'yes', start: '2026-01-05' })
    expect(await office.state(request)).toBe('open')
  })

  test.each([
    [{}, { away: 'Say whether they are away.' }],
    [{ away: 'yes' }, { start: 'Give the first day away.' }],
    [
      { away: 'yes', start: '2026-02-20', end: '2026-02-01' },
      { end: 'The day of return comes after the first day away.' },
    ],
    [{ away: 'yes', start: 'soon' }, { start: 'Use a date, such as 2026-11-24.' }],
  ])('asks at the field for what is missing or wrong: %o', async (input, fields) => {
    expect((await refused(record('sam', input))).fields).toMatchObject(fields)
  })

  test('of one’s own is refused, and of somebody else’s engineer too', async () => {
    const own = office.as('sam').act('record-absence', office.id('sam'), { away: 'no', source: 'me' })
    const words = 'You cannot record this. A register keeper or the tech lead can, but never their own absence.'
    expect((await refused(own)).sentence).toBe(words)
    const of = office.as('sam').act('record-absence', office.id('dan'), { away: 'no', source: 'me' })
    expect((await refused(of)).sentence).toBe(words)
  })
})

test('what a tech lead writes of an absence stands beside the log, not in it', async () => {
  await office
    .as('sam')
    .act('record-absence', office.id('priya'), { away: 'yes', start: '2026-02-20', source: 'a call' })
  const events = await office.db.kysely.selectFrom('event').select('data').where('type', '=', 'fact-changed').execute()
  expect(events.length).toBeGreaterThan(0)
  expect(JSON.stringify(events)).not.toMatch(/2026-02-20|a call/)
})
