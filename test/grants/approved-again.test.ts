import { beforeEach, describe, expect, test } from 'vitest'
import { verifyLog } from '../../server/audit/verify.ts'
import { windowView } from '../../server/http/views/windows.ts'
import { loadActor } from '../../server/requests/actor.ts'
import { board, confirmations, member, type Practice, refused, startPractice } from '../requests/office.ts'

/** Where anything differs from what was signed, nothing goes on until it was shown and approved again. */

let office: Practice
let request = ''
let card = ''
let first = ''
beforeEach(async () => {
  office = await startPractice()
  ;({ request, card } = await office.ready('priya'))
  await office.as('sam').act('approve', request, confirmations)
  first = (await row()).approval_id ?? ''
  await office.as('sam').act('stop', request, {})
})

const row = () => office.db.kysely.selectFrom('request').selectAll().where('id', '=', request).executeTakeFirstOrThrow()
const steps = async () => (await office.world(card)).steps.filter((step) => step.plan.account.kind === 'github')
const verdict = () => verifyLog(office.db.kysely, [])

async function swapGithub(): Promise<void> {
  await office.db.kysely
    .updateTable('person_account')
    .set({ id: '1099', name: 'priya-new' })
    .where('kind', '=', 'github')
    .where('person_id', '=', office.id('priya'))
    .execute()
}

async function windowOf(name: string) {
  const presented = { memberId: member(name), boardId: board, cardId: null }
  const actor = await loadActor(office.db.kysely, office.office, presented)
  const extra = { seen: '', draft: {}, unlinked: [], candidates: [], attempts: [], levels: [] }
  return windowView('approve', await office.world(card), actor, null, extra)
}

describe('a pure stop, where nothing differs', () => {
  test('goes on in one click, under the approval that stands', async () => {
    await office.as('dan').act('go-on', request)
    expect(await row()).toMatchObject({ state: 'granting', approval_id: first, approved_by: office.id('sam') })
    expect(await office.events()).toContain('resumed')
    expect(await office.events()).not.toContain('approved-again')
    expect(await verdict()).toMatchObject({ ok: true })
  })

  test('needs no window, which says who approved', async () => {
    expect((await windowOf('dan')).refusal).toBe('This has been approved already by Sam Okoro.')
  })
})

describe('a swapped account', () => {
  beforeEach(swapGithub)

  test('denies one click, and pins nothing', async () => {
    expect(await refused(office.as('sam').act('go-on', request))).toMatchObject({
      code: 'approve-again',
      sentence: 'This cannot go on as it was, because something changed. Check the change and approve again.',
    })
    expect(await row()).toMatchObject({ state: 'stopped', approval_id: first })
    expect((await steps()).map((step) => step.plan.account.name)).not.toContain('priya-new')
  })

  test('stands on top of the window, above the plan as it is now', async () => {
    const view = await windowOf('sam')
    expect(view.refusal).toBeNull()
    expect(view.parts.map((part) => part.title)).toEqual([
      'What changed since Sam Okoro approved on 2 March',
      'What will change',
      'What you confirm',
      'Approve',
    ])
    expect(view.parts[0]?.text[0]).toBe('Priya’s GitHub username changed.')
    expect(JSON.stringify(view.parts[1]?.rows)).toContain('priya-new')
    expect(view.buttons).toEqual([])
  })

  test('keeps what the same sponsor confirmed, and asks another anew', async () => {
    const ticked = async (name: string) =>
      (await windowOf(name)).parts
        .flatMap((part) => part.fields)
        .flatMap((one) => (one.kind === 'check' ? one.checked : []))
    expect(await ticked('sam')).toEqual([true, true, true, true])
    expect(await ticked('dan')).toEqual([false, false, false, false])
  })

  test('denies an approval without the confirmations', async () => {
    expect(await refused(office.as('dan').act('approve', request, {}))).toMatchObject({ code: 'unconfirmed' })
    expect(await row()).toMatchObject({ state: 'stopped', approval_id: first })
  })

  describe('once it is approved again', () => {
    let second = ''
    beforeEach(async () => {
      await office.as('dan').act('approve', request, confirmations)
      second = (await row()).approval_id ?? ''
    })

    test('goes on with the new account, under an approval of its own that names the first', async () => {
      expect(second).not.toBe(first)
      expect(await row()).toMatchObject({ state: 'granting', approved_by: office.id('dan') })
      expect(new Set((await steps()).map((step) => step.plan.account.name))).toEqual(new Set(['priya-new']))
      const { actor, data } = await office.db.kysely
        .selectFrom('event')
        .select(['actor', 'data'])
        .where('type', '=', 'approved-again')
        .executeTakeFirstOrThrow()
      expect([actor, data['signedAct'], data['before'], data['relation']]).toEqual([
        office.id('dan'),
        second,
        first,
        'senior-tech',
      ])
      const kept = await office.db.kysely
        .selectFrom('signed_act')
        .select(['act', 'statement', 'answers'])
        .where('id', '=', second)
        .executeTakeFirstOrThrow()
      expect([kept.act, kept.answers?.confirmed, JSON.parse(kept.statement).about]).toEqual([
        'approve',
        ['CD2', 'CD3', 'CD4', 'CD5'],
        expect.objectContaining({ before: first, plan: data['planHash'], engineer: office.id('priya') }),
      ])
      expect(await verdict()).toMatchObject({ ok: true })
    })

    test('is approved: a second click is refused, and a later stop goes on in one', async () => {
      expect(await refused(office.as('sam').act('approve', request, confirmations))).toMatchObject({
        code: 'approved-already',
      })
      await office.as('sam').act('stop', request, {})
      await office.as('sam').act('go-on', request)
      expect(await row()).toMatchObject({ state: 'granting', approval_id: second })
    })

    test.each([
      ['token', { token: 'e30.e30.e30' }, 'its token is not signed by its key'],
      ['statement', { statement: '{}' }, 'its statement was changed'],
    ])('npm run verify finds a changed %s', async (_what, change, problem) => {
      await office.db.kysely.updateTable('signed_act').set(change).where('id', '=', second).execute()
      expect((await verdict()).lines).toContain(`Signed act ${second} (approve on ${request}): ${problem}.`)
    })

    test('npm run verify finds one that is gone', async () => {
      await office.db.kysely.deleteFrom('signed_act').where('id', '=', second).execute()
      expect((await verdict()).lines).toEqual([
        expect.stringMatching(/^The log is broken at event \d+: the evidence of "approved-again" is missing\.$/),
      ])
    })
  })
})

test('what changed about a condition needs a new approval, and one that is not met any more is refused', async () => {
  const clearance = (value: string) =>
    office.db.kysely
      .updateTable('person_fact')
      .set({ value })
      .where('person_id', '=', office.id('priya'))
      .where('fact', '=', 'clearance')
      .execute()
  await clearance('false')
  expect(await refused(office.as('sam').act('go-on', request))).toMatchObject({ code: 'not-met' })
  await office.db.kysely
    .deleteFrom('person_fact')
    .where('person_id', '=', office.id('priya'))
    .where('fact', '=', 'clearance')
    .execute()
  expect(await refused(office.as('sam').act('go-on', request))).toMatchObject({ code: 'approve-again' })
  expect((await windowOf('sam')).parts[0]?.text).toEqual(['What we know about a condition changed.'])
})

test('why access was revoked is read by the engineer and their sponsors, and erased with their details', async () => {
  await office.as('sam').act('go-on', request)
  await office.closeSteps(request, 'grant')
  await office.as('sam').act('undo-granted', request, { reason: 'Moves to another programme' })
  const clear = await office.db.kysely.selectFrom('event').select('data').execute()
  expect(JSON.stringify(clear)).not.toContain('another programme')
  const notices = await office.db.kysely.selectFrom('notice').select('text').execute()
  expect(JSON.stringify(notices)).not.toContain('another programme')
  const { detail } = await office.db.kysely
    .selectFrom('event_detail')
    .innerJoin('event', 'event.seq', 'event_detail.seq')
    .select('event_detail.detail')
    .where('event.type', '=', 'undo-opened')
    .executeTakeFirstOrThrow()
  expect(JSON.stringify(detail)).toContain('Moves to another programme')
})
