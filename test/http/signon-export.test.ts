import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exportedOf } from '../../server/grants/exports.ts'
import { emailOf, type PracticeWorld, startPracticeWorld } from '../practice-world.ts'
import { covers } from '../systems/covers.ts'
import { as, confirmations, copyTemplate, details, type Refused, requestOn, until } from './as.ts'

/** People bring the export of Signon; it is kept only as far as it is about whose access stands here. */

let world: PracticeWorld
let request: string
beforeAll(async () => {
  world = await startPracticeWorld({ folder: null })
  const card = await copyTemplate(world, 'deploy', 'Production Deploy for Priya Shah')
  await as(world, 'priya').act('ask', card, details)
  request = await requestOn(world, card)
  const { seen } = await as(world, 'sam').window('approve', request)
  await as(world, 'sam').act('approve', request, confirmations, seen)
})
afterAll(() => world.close())

const header = 'Name,Email,Role,Organisation,Sign-in count,Last sign-in,Created,Status,2SV Status,Release,Whitehall'
const now = () => new Date().toISOString().slice(0, 19).replace('T', ' ')
let count = 0
/** Every one is another file, as every download is. */
function file(signedIn = now()): string {
  count += 1
  const rows = [
    `Priya Shah,PRIYA.SHAH@example.gov.uk,Normal,GDS,${count},${signedIn},2026-01-01 09:00:00,Active,Enabled,signin,signin`,
    `Mal Lory,mal.lory@example.gov.uk,Superadmin,GDS,9,${signedIn},2026-01-01 09:00:00,Active,Enabled,signin,`,
  ]
  return [header, ...rows].join('\n')
}
const bring = (who: string, csv = file(), fresh: unknown = true, system = 'signon') =>
  as(world, who).act('import-export', system, { csv, fresh })
const refusalOf = (work: Promise<unknown>): Promise<Refused['problem']> =>
  work.then(
    () => {
      throw new Error('this was not refused')
    },
    (error: Refused) => error.problem,
  )
const part = async (who: string) =>
  (await as(world, who).settings()).parts.find(({ title }) => title === 'Signon export')

describe('the settings', () => {
  test('say that nobody imported one yet, how to get it and whose it is, to those who may', async () => {
    const shown = await part('alex')
    expect(shown?.rows[0]).toMatchObject({ word: 'None yet', title: 'Newest export: nobody has imported one yet' })
    expect(shown?.text.join(' ')).toMatch(/as a Super Admin.*2nd line brings a new one every 7 days/)
    expect(shown?.form).toMatchObject({ act: 'import-export', subject: 'signon' })
    expect((await part('priya'))?.form).toBeUndefined()
  })
})

describe('an export', () => {
  test('is brought by 2nd line, Senior Tech and keepers, and by nobody else', async () => {
    expect(await refusalOf(bring('priya'))).toMatchObject({
      detail: 'You cannot import this. A register keeper, Senior Tech or 2nd line can.',
    })
    for (const who of ['rae', 'dan']) expect(await bring(who)).toContain('2 rows of Signon read.')
  })

  test('counts as of its newest moment, whenever somebody brings it, and not at all where it has none', async () => {
    const anHourAgo = new Date(Date.now() - 3_600_000).toISOString().slice(0, 19)
    await bring('alex', file(anHourAgo.replace('T', ' ')))
    const found = await exportedOf(world.product.db.kysely, 'signon', emailOf('Priya Shah'))
    expect(found?.at.toISOString()).toBe(`${anHourAgo}.999Z`)
    const undated = 'Name,Email,Role,Status,2SV Status\nPriya Shah,priya.shah@example.gov.uk,Normal,Active,Enabled'
    expect((await refusalOf(bring('alex', undated))).detail).toContain('nothing in it says when it was made')
  })

  test('is kept of nobody else: not in our tables, not in what was signed, not in the log', async () => {
    expect(await bring('alex')).toBe(
      '2 rows of Signon read. Kept of 1 person with access or steps here, and of nobody else.',
    )
    const { kysely } = world.product.db
    const entries = await kysely.selectFrom('system_export_entry').selectAll().execute()
    expect(entries).toMatchObject([
      { account: emailOf('Priya Shah'), entry: { role: 'Normal', status: 'active', 'app Release': 'signin' } },
    ])
    const rows = await Promise.all([
      kysely.selectFrom('challenge').selectAll().where('used_at', 'is not', null).execute(),
      kysely.selectFrom('signed_act').selectAll().where('act', '=', 'import-export').execute(),
      kysely.selectFrom('system_export').selectAll().execute(),
      kysely.selectFrom('event').selectAll().execute(),
      kysely.selectFrom('event_detail').selectAll().execute(),
    ])
    expect(JSON.stringify(rows)).not.toMatch(/mal\.lory|Mal Lory/)
    const [event] = await kysely
      .selectFrom('event')
      .select('data')
      .where('type', '=', 'export-imported')
      .orderBy('seq', 'desc')
      .execute()
    expect(event?.data).toMatchObject({
      system: 'signon',
      rows: 2,
      kept: 1,
      file: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })

  test('is shown with when, by whom and how much of it is kept', async () => {
    expect((await part('jo'))?.rows[0]?.title).toMatch(/imported by Alex Green .*: 2 rows, kept of 1$/)
  })

  test('is refused with every bad row named, and then nothing of it is kept', async () => {
    const before = await world.product.db.kysely.selectFrom('system_export').select('id').execute()
    const bad = file().replace('Superadmin', 'Owner').replace('Active', 'Gone')
    const problem = await refusalOf(bring('alex', bad))
    expect(problem.fields?.['csv']).toMatch(/line 2: Status: use one of[\s\S]*line 3: Role: use one of/)
    expect(await world.product.db.kysely.selectFrom('system_export').select('id').execute()).toEqual(before)
  })

  test('is refused when it is old, imported already, or not confirmed', async () => {
    const same = file()
    await bring('alex', same)
    expect((await refusalOf(bring('jo', same))).detail).toContain('this very file was imported on')
    expect((await refusalOf(bring('alex', file('2026-01-05 09:00:00')))).detail).toContain(
      'the newest moment in it is of 2026-01-05',
    )
    expect((await refusalOf(bring('alex', file(), false))).fields?.['fresh']).toContain('Confirm that you downloaded')
    expect((await refusalOf(bring('alex', file(), true, 'github'))).detail).toBe('We take no export of this system.')
  })
})

describe('a step in Signon', () => {
  const step = () =>
    world.product.db.kysely
      .selectFrom('step')
      .selectAll()
      .where('request_id', '=', request)
      .where('key', '=', 'signon-production/production')
      .executeTakeFirstOrThrow()

  test('is verified by an export that somebody else brings after it was done, and by no other', async () => {
    await bring('jo')
    const { id } = await step()
    await as(world, 'alex').act('take-step', id)
    await as(world, 'alex').act('done-step', id)
    const older = await until(async () => {
      const found = await step()
      return found.sentence.includes('A newer export') ? found : null
    }, 'the older export to be refused')
    expect(older).toMatchObject({ state: 'done', turn: 'second-person' })
    expect((await part('jo'))?.rows[0]?.detail).toBe('1 step waits for a newer one.')
    const due = async (who: string) =>
      (await as(world, who).queue('everything')).rows.find(({ key }) => key === 'export-signon')
    expect(await due('jo')).toMatchObject({ what: '1 step waits for a newer one.' })
    expect((await due('jo'))?.panel?.approved).toMatch(/^Whose turn: Alex Green or Jo Bell \(2nd line\), since/)
    expect(await due('priya')).toBeUndefined()
    expect(await as(world, 'jo').window('import-export', 'signon')).toMatchObject({
      act: 'import-export',
      refusal: null,
    })
    expect((await as(world, 'priya').window('import-export', 'signon')).refusal).toContain('2nd line can')
    await bring('alex')
    await until(
      async () => (await step()).sentence.includes('had a hand in this step'),
      'its doer’s export to be refused',
    )
    await bring('jo')
    const verified = await until(async () => {
      const found = await step()
      return found.state === 'verified' ? found : null
    }, 'the step to be verified')
    expect(await due('jo')).toBeUndefined()
    expect(verified).toMatchObject({ seen_by: null, evidence: { role: 'Normal', status: 'active' } })
    expect(verified.sentence).toMatch(/^As wanted in the Signon export of .* Expected in staging by \w+day\.$/)
  })
})

describe('what Signon tells us itself', () => {
  const press = (who: string, values: Record<string, string>) => {
    const { signon } = world
    const uid = (name: string) => signon.user(emailOf(name))?.uid
    const page = `${signon.origin}/users/${uid(who)}?by=${uid('Dan Reyes')}`
    return fetch(page, { method: 'POST', body: new URLSearchParams(values) })
  }
  const told = () => world.product.db.kysely.selectFrom('system_told').selectAll().execute()

  test('ends a revocation as soon as somebody is suspended there, and nobody says so; twice where our answer was lost', {
    ...covers('Signon', 'fault: lost-answer'),
  }, async () => {
    const { signon } = world
    for (const name of ['Priya Shah', 'Mal Lory']) {
      signon.addUser({ name, email: emailOf(name) })
      signon.useApplication(emailOf(name))
    }
    const key = 'signon-production/production'
    await as(world, 'sam').act('stop', request, {})
    await as(world, 'sam').act('undo-granted', request, {})
    await press('Priya Shah', { do: 'suspend', reason: 'Moves team' })
    const revocation = () =>
      world.product.db.kysely
        .selectFrom('step')
        .selectAll()
        .where('request_id', '=', request)
        .where('key', '=', key)
        .where('direction', '=', 'revoke')
        .executeTakeFirst()
    const gone = await until(async () => {
      const found = await revocation()
      return found?.state === 'verified' ? found : null
    }, 'the revocation to be seen')
    expect(gone).toMatchObject({ done_by: null, seen_by: null, evidence: { status: 'suspended' } })
    await signon.settled()
    const once = [
      { kind: 'changed', status: 200 },
      { kind: 'reauth', status: 200 },
    ]
    expect(signon.calls).toEqual(once)
    // Its job takes what got no answer for failed, and calls again.
    await press('Priya Shah', { do: 'suspend', reason: 'Moves team' })
    await signon.settled()
    expect(signon.calls).toEqual([...once, ...once])
    expect(await told()).toHaveLength(1)
    expect(await revocation()).toEqual(gone)
  })

  test('is kept of nobody else, who is answered alike; and of nobody whose address there changed', async () => {
    const { signon } = world
    await press('Mal Lory', { do: 'suspend', reason: 'Left' })
    await signon.settled()
    expect(new Set(signon.calls.map(({ status }) => status))).toEqual(new Set([200]))
    const account = emailOf('Priya Shah')
    expect(await told()).toMatchObject([{ system: 'signon', account, entry: { suspended: true } }])
    const priya = signon.user(account)
    if (priya) priya.email = emailOf('Priya Jones')
    await press('Priya Jones', { do: 'unsuspend' })
    await signon.settled()
    expect(await told()).toEqual([])
  })
})
