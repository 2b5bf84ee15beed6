import { beforeEach, describe, expect, test } from 'vitest'
import { append } from '../../server/audit/append.ts'
import { json } from '../../server/db/json.ts'
import { afterMove } from '../../server/grants/acts/after-move.ts'
import { isAsSigned } from '../../server/grants/as-signed.ts'
import { digestOfWhole, goingKey, wholeRevocation } from '../../server/grants/revoke-person.ts'
import { verifySteps } from '../../server/grants/verify-steps.ts'
import { unreachedOf } from '../../server/http/reading/unreached.ts'
import { itemsIn } from '../../server/http/views/queue-items.ts'
import { revocationDueSince } from '../../server/requests/access-reviews.ts'
import { heldRuns } from '../../server/requests/held-runs.ts'
import { createReviewRun } from '../../server/requests/review-day.ts'
import { upcomingReviews } from '../../server/requests/upcoming-reviews.ts'
import { confirmations, emailOf, type Practice, refused, review, startPractice } from './office.ts'

/** Absence, leaving and cause: raised by the product, decided by a person. The office starts on Monday 2 March 2026, 9am. */

let office: Practice
let run: () => Promise<string[]>
beforeEach(async () => {
  office = await startPractice()
  run = newRun()
})

const newRun = () =>
  createReviewRun({
    db: office.db,
    office: office.office,
    append: (tx, events) => append(tx, events, office.office.clock),
  })
const away = (start: string, end = '') =>
  office.as('rae').act('record-absence', office.id('priya'), { away: 'yes', start, end, source: 'HR' })
const reviews = () => office.db.kysely.selectFrom('access_review').selectAll().orderBy('opened_at').execute()
const notices = () =>
  office.db.kysely.selectFrom('notice').selectAll().where('kind', 'like', 'review-%').orderBy('created_at').execute()
const plan = async () => digestOfWhole(await wholeRevocation(office.db.kysely, office.office, office.id('priya')))
const confirm = async (who: string) =>
  office.as(who).act('confirm-revocation', office.id('priya'), { plan: await plan(), reason: '' })
const keep = async (who: string, lookAgain: string) =>
  office.as(who).act('keep-access', office.id('priya'), { plan: await plan(), reason: 'Back next week', lookAgain })

const paused = async (request: string) =>
  (
    await office.db.kysely
      .selectFrom('request')
      .select('paused_because')
      .where('id', '=', request)
      .executeTakeFirstOrThrow()
  ).paused_because

async function granted(): Promise<{ card: string; request: string }> {
  const made = await office.ready('priya')
  await office.as('sam').act('approve', made.request, confirmations)
  await office.giveAtOnce(made.request)
  expect(await office.state(made.request)).toBe('granted')
  return made
}

/** Priya went on 20 January: 3 March is day 43. */
async function overTheLimit() {
  const made = await granted()
  await away('2026-01-20')
  office.pass({ days: 1 })
  await run()
  return made
}

describe('a decision is raised', () => {
  test('on day 43 and not before, once, by however many servers', async () => {
    const { card } = await granted()
    await away('2026-01-20')
    expect(await run()).toEqual([])
    office.pass({ days: 1 })
    expect(await run()).toEqual([card])
    expect(await run()).toEqual([])
    expect(await newRun()()).toEqual([])
    expect(await reviews()).toMatchObject([{ why: 'absence', first_day: '2026-01-20', due_day: '2026-03-03' }])
  })

  test('at the same moment by two servers: once', async () => {
    await granted()
    await away('2026-01-20')
    office.pass({ days: 1 })
    await Promise.all([run(), newRun()()])
    expect(await reviews()).toHaveLength(1)
    expect(await notices()).toHaveLength(1)
    expect((await office.events()).filter((type) => type === 'review-opened')).toHaveLength(1)
  })

  test('about nobody who holds nothing', async () => {
    await away('2026-01-20')
    office.pass({ days: 1 })
    expect(await run()).toEqual([])
    expect(await reviews()).toEqual([])
  })

  test('by one comment that says neither why nor about whom, to the tech lead', async () => {
    await overTheLimit()
    const [one, ...more] = await notices()
    expect(more).toEqual([])
    expect(one?.text).toBe('access review due. Open this card on a computer to decide.')
    // The tech lead and one beside them; who is not on the board is left out.
    expect(one?.mentions[0]).toBe(office.id('sam'))
    expect(one?.mentions).toEqual(expect.arrayContaining([office.id('dan'), office.id('rae')]))
    expect(one?.mention).toBe('two-on-board')
    office.pass({ days: 1 })
    await run()
    expect(await notices()).toHaveLength(1)
  })

  test('while the tech lead is away: to them and to somebody who is there, as ever, so that no other name tells it', async () => {
    const sams = { away: 'yes', start: '2026-03-02', end: '2026-03-20', source: 'HR' }
    await office.as('rae').act('record-absence', office.id('sam'), sams)
    await overTheLimit()
    const [one, ...more] = await notices()
    expect(more).toEqual([])
    expect(one?.text).toBe('access review due. Open this card on a computer to decide.')
    expect(one?.mention).toBe('two-on-board')
    const [first, second] = one?.mentions ?? []
    expect(first).toBe(office.id('sam'))
    expect([office.id('dan'), office.id('ines')]).toContain(second)
  })

  test('to a tech lead who was asked, was replaced and is back, again; without more time for anybody', async () => {
    await overTheLimit()
    const leadBy = (who: string) =>
      office.as('rae').act('set-fact', office.id('priya'), { fact: 'techLead', value: office.id(who), source: 'HR' })
    for (const who of ['dan', 'sam']) {
      office.pass({ ms: 60_000 })
      await leadBy(who)
      await run()
      await run()
    }
    expect((await notices()).map(({ mentions }) => mentions[0])).toEqual(
      ['sam', 'dan', 'sam'].map((who) => office.id(who)),
    )
    office.pass({ days: 3 })
    await run()
    expect((await notices()).filter(({ kind }) => kind.startsWith('review-escalated'))).toHaveLength(1)
  })

  test('whom it did not reach is named on the card until somebody decided', async () => {
    const { card } = await overTheLimit()
    const reason = `Not on the board: ${office.id('sam')}`
    await office.db.kysely.updateTable('notice').set({ state: 'sent', reason }).where('state', '=', 'owed').execute()
    const unreached = async () =>
      (await unreachedOf(office.db.kysely, await office.world(card))).map((one) => one.fullName)
    expect(await unreached()).toEqual(['Sam Okoro'])
    const world = await office.world(card)
    for (const state of ['granting', 'stopped', 'revoking', 'ended'] as const) {
      const of = world.request && { ...world, request: { ...world.request, state } }
      expect(of && (await unreachedOf(office.db.kysely, of)).map((one) => one.fullName)).toEqual(['Sam Okoro'])
    }
    await keep('dan', '2026-03-20')
    expect(await unreached()).toEqual([])
  })

  test('and to Senior Tech after two working days, once', async () => {
    await overTheLimit()
    office.pass({ days: 2 })
    await run()
    expect(await notices()).toHaveLength(1)
    office.pass({ days: 1 })
    await run()
    await run()
    const told = await notices()
    expect(told.map(({ kind }) => kind)).toEqual(['review-due:2026-03-03', 'review-escalated:2026-03-03'])
    expect([office.id('dan'), office.id('ines')]).toContain(told[1]?.mentions[0])
    office.pass({ days: 7 })
    await run()
    expect(await notices()).toHaveLength(2)
  })

  test('and to Senior Tech after as many days where another decision comes due meanwhile: it gives the first no more time', async () => {
    await overTheLimit()
    office.pass({ days: 3 })
    await office.as('rae').act('set-fact', office.id('priya'), { fact: 'left', value: 'yes', source: 'HR' })
    await run()
    await run()
    const kinds = (await notices()).map(({ kind }) => kind.split(':')[0])
    expect(kinds).toEqual(['review-due', 'review-due', 'review-escalated'])
  })

  test('where the installation says that keepers own it: to them first, and to Senior Tech after the days that it says', async () => {
    office.office.installation.reviews = { owner: 'keeper', escalateAfterWorkingDays: 4 }
    await overTheLimit()
    expect((await notices())[0]?.mentions[0]).toBe(office.id('rae'))
    office.pass({ days: 3 })
    await run()
    expect(await notices()).toHaveLength(1)
    // A weekend lies between, and the days are whole ones.
    office.pass({ days: 3 })
    await run()
    expect(await notices()).toHaveLength(1)
    office.pass({ days: 1 })
    await run()
    expect((await notices()).map(({ kind }) => kind)).toEqual(['review-due:2026-03-03', 'review-escalated:2026-03-03'])
  })

  test('where Senior Tech owns it: to them first', async () => {
    office.office.installation.reviews = { owner: 'senior-tech', escalateAfterWorkingDays: 2 }
    await overTheLimit()
    expect([office.id('dan'), office.id('ines')]).toContain((await notices())[0]?.mentions[0])
  })

  test('at night the card says so at once, and phones ring in the morning', async () => {
    await granted()
    await away('2026-01-20')
    office.pass({ ms: 15 * 3_600_000 + 6 * 60_000 })
    await run()
    expect(await reviews()).toHaveLength(1)
    expect(await notices()).toEqual([])
    office.pass({ ms: 9 * 3_600_000 })
    await run()
    expect(await notices()).toHaveLength(1)
  })

  test('where no card can be commented on: in the queue of those who decide, and once the card is back by comment', async () => {
    const { card } = await granted()
    const archived = (closed: boolean) =>
      office.db.kysely.updateTable('card').set({ closed }).where('id', '=', card).execute()
    await archived(true)
    await away('2026-01-20')
    office.pass({ days: 1 })
    await run()
    expect(await notices()).toEqual([])
    expect(await reviews()).toMatchObject([{ announced_at: null }])
    const person = (await office.world(card)).people.get(office.id('sam')) ?? null
    const roles = { keeper: false, seniorTech: false, secondLine: false, holdsAdmin: false }
    const sam = { person, memberId: '', boardId: '', cardId: null, roles }
    expect(itemsIn(await office.world(card), sam).map(({ state, tabs }) => [state, tabs.includes('yours')])).toEqual([
      ['review', true],
    ])
    // After two working days it passes on without any comment, and once.
    office.pass({ days: 2 })
    await run()
    expect(await reviews()).toMatchObject([{ escalated_at: null }])
    office.pass({ days: 1 })
    expect(await run()).toEqual([card])
    expect(await run()).toEqual([])
    expect(await notices()).toEqual([])
    expect(await reviews()).toMatchObject([{ announced_at: null, escalated_at: expect.any(Date) }])
    expect(itemsIn(await office.world(card), sam)[0]?.row).toMatchObject({
      overdue: true,
      notes: ['Nobody has decided yet, so it is Senior Tech’s turn now.'],
    })
    // Back again, the one comment mentions whom it passed to.
    await archived(false)
    await run()
    await run()
    const told = await notices()
    expect(told.map(({ kind }) => kind)).toEqual(['review-escalated:2026-03-03'])
    expect([office.id('dan'), office.id('ines')]).toContain(told[0]?.mentions[0])
  })

  test('while one thing of theirs is on its way out, which can take as long as nobody does it: about the rest', async () => {
    const { card, request } = await granted()
    await office.as('priya').act('revoke-holding', request, { key: 'logit', reason: 'Not needed' })
    await office.as('rae').act('set-fact', office.id('priya'), { fact: 'left', value: 'yes', source: 'HR' })
    expect(await run()).toContain(card)
    expect(await reviews()).toMatchObject([{ why: 'left', outcome: null }])
    expect((await notices()).length).toBe(1)
    const sam = {
      memberId: '',
      boardId: '',
      cardId: null,
      person: (await office.world(card)).people.get(office.id('sam')) ?? null,
    }
    const roles = { keeper: false, seniorTech: false, secondLine: false, holdsAdmin: false }
    const waits = async () => itemsIn(await office.world(card), { ...sam, roles }).map(({ brief }) => brief)
    expect(await waits()).toContain('Sponsor: review access')
    await confirm('sam')
    expect(await waits()).not.toContain('Sponsor: review access')
    expect(await run()).toEqual([])
    expect(await reviews()).toMatchObject([{ outcome: 'revoked' }])
  })

  test('somebody who left: that day', async () => {
    const { card } = await granted()
    await office.as('rae').act('set-fact', office.id('priya'), { fact: 'left', value: 'yes', source: 'HR' })
    expect(await run()).toEqual([card])
    expect(await reviews()).toMatchObject([{ why: 'left', due_day: '2026-03-02' }])
    // Their lead of before revokes; nobody lets it stand for longer than a month.
    expect((await refused(keep('sam', '2026-03-20'))).sentence).toContain('because they have left')
    expect((await refused(keep('dan', '2026-04-02'))).fields).toEqual({
      lookAgain: 'Choose a day after today, within 30 days.',
    })
    await keep('rae', '2026-04-01')
    expect(await reviews()).toMatchObject([{ outcome: 'kept', look_again_on: '2026-04-01' }])
  })
})

describe('what an absence left of somebody who leaves then, on a card that is about another request by now', () => {
  const leaves = async () => {
    await office.as('rae').act('set-fact', office.id('priya'), { fact: 'left', value: 'yes', source: 'HR' })
    await run()
  }
  async function ended() {
    const made = await granted()
    await office.as('sam').act('undo-granted', made.request)
    await office.closeSteps(made.request, 'revoke')
    return made
  }

  test.for([
    ['their own, asked for anew', (card: string) => office.as('priya').act('ask', card), leaves],
    ['a colleague’s', (card: string) => office.as('sam').act('attach', card, { engineer: office.id('jo') }), leaves],
    [
      'a colleague’s, named once they had left',
      leaves,
      (card: string) => office.as('sam').act('attach', card, { engineer: office.id('jo') }),
    ],
  ] as const)('%s: it is decided about, taken and seen gone', async ([, first, then]) => {
    const { card, request } = await ended()
    await first(card)
    await then(card)
    const other = (await office.world(card)).request
    expect(other?.id).not.toBe(request)
    expect(await reviews()).toMatchObject([{ why: 'left', closed_at: null }])
    const { goes, worlds } = await wholeRevocation(office.db.kysely, office.office, office.id('priya'))
    expect(goes.map(({ plan }) => plan.key)).toEqual(['aws-iam-user'])
    const record = worlds[0]?.request
    expect(record).toMatchObject({ state: 'ended', previous_request_id: request })
    // Whoever may decide finds it in the queue.
    const world = await office.world(worlds[0]?.card.id ?? '')
    const roles = { keeper: false, seniorTech: false, secondLine: false, holdsAdmin: false }
    const sam = { person: world.people.get(office.id('sam')) ?? null, memberId: '', boardId: '', cardId: null, roles }
    expect(itemsIn(world, sam).map(({ state, tabs }) => [state, tabs.includes('yours')])).toEqual([['review', true]])
    await confirm('sam')
    await office.closeSteps(record?.id ?? '', 'revoke')
    expect(await office.state(record?.id ?? '')).toBe('ended')
    const held = office.db.kysely.selectFrom('holding').select('id').where('ended_at', 'is', null)
    expect(await held.execute()).toEqual([])
    expect((await office.world(card)).request).toMatchObject({ id: other?.id, state: other?.state })
    expect(await verifySteps(office.db.kysely)).toEqual([])
  })

  test('granted anew, it is of that request again', async () => {
    const { card } = await ended()
    await leaves()
    await office.as('sam').act('attach', card, { engineer: office.id('jo') })
    await office.as('rae').act('set-fact', office.id('priya'), { fact: 'left', value: 'no', source: 'HR' })
    const { request } = await office.ready('priya')
    await office.as('sam').act('approve', request, confirmations)
    await office.giveAtOnce(request)
    const held = office.db.kysely.selectFrom('holding').select(['grant_key', 'request_id'])
    const user = held.where('grant_key', '=', 'aws-iam-user').where('ended_at', 'is', null)
    expect(await user.execute()).toEqual([{ grant_key: 'aws-iam-user', request_id: request }])
  })
})

describe('somebody who moves to another team', () => {
  const leadBy = (who: string) =>
    office.as('rae').act('set-fact', office.id('priya'), { fact: 'techLead', value: office.id(who), source: 'HR' })

  test('is decided about that day by whoever leads them now; kept, it is not asked again before the day given', async () => {
    const { card } = await granted()
    await leadBy('dan')
    expect(await run()).toEqual([card])
    expect(await reviews()).toMatchObject([{ why: 'moved', due_day: '2026-03-02' }])
    expect((await notices()).map(({ mentions }) => mentions[0])).toEqual([office.id('dan')])
    await keep('dan', '2026-04-02')
    office.pass({ days: 1 })
    expect(await run()).toEqual([])
    office.pass({ days: 30 })
    await run()
    expect((await reviews()).map(({ outcome }) => outcome)).toEqual(['kept', null])
  })

  test('kept without a day, it never comes back for that move, and does for the next', async () => {
    await granted()
    await leadBy('dan')
    await run()
    await keep('dan', '')
    office.pass({ days: 200 })
    expect(await run()).toEqual([])
    await leadBy('sam')
    await run()
    expect((await reviews()).map(({ outcome }) => outcome)).toEqual(['kept', null])
  })

  test('kept without a day while an absence is due too: a day is asked for', async () => {
    const { card } = await granted()
    await leadBy('dan')
    await away('2026-01-01')
    await run()
    expect((await refused(keep('dan', ''))).fields).toEqual({
      lookAgain: 'Give a date to look again, such as 2027-01-25.',
    })
    const { review, otherReviews } = await office.world(card)
    expect([review, ...otherReviews].map((one) => one?.why)).toEqual(['absence', 'moved'])
  })

  test('what belongs to the team before goes, thing by thing; the rest stays and is never asked about again', async () => {
    const { card, request } = await granted()
    await leadBy('dan')
    await run()
    const decide = async (who: string, more: object) =>
      office
        .as(who)
        .act('keep-access', office.id('priya'), { plan: await plan(), reason: 'Search needs no logs', ...more })
    const goes = [`${request} logit`]
    expect((await refused(decide('dan', { goes: [`${request} nothing`] }))).sentence).toContain(
      'What they hold changed',
    )
    expect((await refused(decide('alex', { goes }))).sentence).toContain('You cannot')
    expect(await decide('dan', { goes })).toBe(
      'What you chose is being revoked, and the rest is kept. This is not asked about again.',
    )
    expect(await office.state(request)).toBe('revoking')
    const taken = (await office.world(card)).steps.filter(({ direction }) => direction === 'revoke')
    expect(taken.map(({ key }) => key)).toEqual(['logit'])
    const { request: row, steps } = await office.world(card)
    for (const step of taken) expect(row && (await isAsSigned(office.db.kysely, row, steps, step))).toBe(true)
    await office.closeSteps(request, 'revoke')
    expect(await office.state(request)).toBe('granted')
    expect(await verifySteps(office.db.kysely)).toEqual([])
    office.pass({ days: 400 })
    await run()
    expect((await reviews()).map(({ outcome }) => outcome)).toEqual(['kept'])
  })

  describe('with two levels, by two requests', () => {
    const both = async () => {
      const deploy = await granted()
      office.pass({ days: 60 })
      const admin = await office.ready('priya', 'admin')
      await office.as('dan').act('approve', admin.request, { ...confirmations, ...review })
      await office.giveAtOnce(admin.request)
      await leadBy('dan')
      await run()
      return { deploy, admin }
    }
    const whole = () => wholeRevocation(office.db.kysely, office.office, office.id('priya'))
    const decide = async (goes: string[]) =>
      office
        .as('dan')
        .act('keep-access', office.id('priya'), { plan: await plan(), reason: 'No logs in the new team', goes })
    const signed = async () => {
      const acts = office.db.kysely.selectFrom('signed_act').selectAll().where('act', '=', 'keep-access')
      const { about } = JSON.parse((await acts.executeTakeFirstOrThrow()).statement)
      const keys = (of: { key: string }[]) => of.map(({ key }) => key)
      return { keeps: keys(about.keeps), revokes: keys(about.revokes) }
    }

    test('every thing can be chosen, with what rests on it; nothing stands in both lists of what is signed', async () => {
      const { deploy, admin } = await both()
      const { choices, stays } = afterMove(await whole())
      const withOf = (key: string) => choices.find(({ one }) => one.plan.key === key)?.with.map(({ plan }) => plan.key)
      expect(stays).toEqual([])
      expect(withOf('logit')).toEqual([])
      expect(withOf('aws-admin/production')).toEqual([])
      // What includes it cannot stay without it, nor what follows it.
      expect(withOf('aws-user/production')).toEqual(['aws-admin/production'])
      expect(withOf('github-production-deploy')).toEqual([
        'argo-cd/staging',
        'argo-cd/production',
        'argo-cd-write/staging',
        'argo-cd-write/production',
      ])
      expect(choices.map(({ one }) => one.plan.key)).not.toContain('argo-cd/production')
      await decide([`${deploy.request} aws-user/production`, `${deploy.request} logit`])
      const { keeps, revokes } = await signed()
      expect(revokes).toEqual(['aws-user/production', 'logit', 'aws-admin/production'])
      expect(keeps.filter((key) => revokes.includes(key))).toEqual([])
      expect(keeps.length + revokes.length).toBe(new Set([...keeps, ...revokes]).size)
      // Each thing is taken once, by the request that stands highest.
      const taken = async ({ card }: { card: string }) =>
        (await office.world(card)).steps.filter(({ direction }) => direction === 'revoke').map(({ key }) => key)
      expect(await taken(deploy)).toEqual([])
      expect((await taken(admin)).toSorted()).toEqual([...revokes].toSorted())
      expect(await verifySteps(office.db.kysely)).toEqual([])
    })

    test('what both hold is gone for both, and neither counts as whole any more', async () => {
      const { deploy, admin } = await both()
      await decide([`${deploy.request} logit`])
      await office.closeSteps(admin.request, 'revoke')
      expect([await office.state(deploy.request), await office.state(admin.request)]).toEqual(['granted', 'granted'])
      const worlds = [await office.world(deploy.card), await office.world(admin.card)]
      for (const world of worlds) {
        expect(world.steps.filter(({ direction }) => direction === 'revoke')).toMatchObject([
          { key: 'logit', state: 'seen' },
        ])
        expect(world.held).toEqual([])
        expect(world.holdings.map(({ grant_key }) => grant_key)).not.toContain('logit')
      }
      expect(await verifySteps(office.db.kysely)).toEqual([])
      // The rest goes whole afterwards, and nothing is left of either.
      await office.as('rae').act('set-fact', office.id('priya'), { fact: 'left', value: 'yes', source: 'HR' })
      await run()
      await confirm('dan')
      for (const { request } of [deploy, admin]) await office.closeSteps(request, 'revoke')
      expect((await office.world(admin.card)).holdings).toEqual([])
      expect([await office.state(deploy.request), await office.state(admin.request)]).toEqual(['ended', 'ended'])
    })

    test('all of it chosen: both are over, and both say so', async () => {
      const { deploy, admin } = await both()
      await decide(afterMove(await whole()).choices.map(({ one }) => goingKey(one)))
      for (const { request } of [deploy, admin]) await office.closeSteps(request, 'revoke')
      expect([await office.state(deploy.request), await office.state(admin.request)]).toEqual(['ended', 'ended'])
      const told = await office.db.kysely.selectFrom('notice').select('text').where('kind', '=', 'revoked').execute()
      expect(told.map(({ text }) => text).toSorted()).toEqual([
        'Production Admin was revoked. Nothing of it is left.',
        'Production Deploy was revoked. Nothing of it is left.',
      ])
    })

    test('one thing that both have is given back where it was given, and is gone for both', async () => {
      const { deploy, admin } = await both()
      const back = (request: string, key: string) =>
        office.as('priya').act('revoke-holding', request, { key, reason: 'Not needed' })
      expect((await refused(back(admin.request, 'logit'))).sentence).toBe(
        'This was given by another request of Priya. Revoke it there: then it is gone for both.',
      )
      // Argo CD of the other request comes with this team.
      expect((await refused(back(deploy.request, 'github-production-deploy'))).sentence).toBe(
        'This stays because something of another request of Priya needs it. Revoke or lower that one first.',
      )
      await back(deploy.request, 'logit')
      await office.closeSteps(deploy.request, 'revoke')
      expect([await office.state(deploy.request), await office.state(admin.request)]).toEqual(['granted', 'granted'])
      for (const { card } of [deploy, admin]) {
        const world = await office.world(card)
        expect(world.steps.filter(({ direction }) => direction === 'revoke').map(({ key }) => key)).toEqual(['logit'])
        expect(world.held).toEqual([])
      }
      expect(await verifySteps(office.db.kysely)).toEqual([])
    })

    test('while a part of one goes, what the other needs stays when that is given back', async () => {
      const { deploy, admin } = await both()
      await decide([`${admin.request} fastly`])
      expect(await office.state(admin.request)).toBe('revoking')
      await office.as('dan').act('undo-granted', deploy.request, {})
      await office.closeSteps(deploy.request, 'revoke')
      expect(await office.state(deploy.request)).toBe('ended')
      const held = (await office.world(admin.card)).holdings
      expect(held.map(({ grant_key }) => grant_key)).toEqual(expect.arrayContaining(['logit', 'aws-user/production']))
    })

    test('what is still being granted stays, with what that needs, and says why; the rest goes beside it', async () => {
      const { deploy, admin } = await both()
      const { kysely } = office.db
      await kysely.updateTable('request').set({ state: 'granting' }).where('id', '=', admin.request).execute()
      // Somebody has begun with Fastly, and what follows the team is to come.
      for (const [key, taken_by] of [
        ['fastly', office.id('alex')],
        ['argo-cd-write/production', null],
      ] as const) {
        const { id } = (await office.world(admin.card)).steps.find((step) => step.key === key) ?? { id: '' }
        await kysely.deleteFrom('holding').where('step_id', '=', id).execute()
        const open = { state: 'ready', done_by: null, seen_by: null, evidence: null, doers: json([]) } as const
        await kysely
          .updateTable('step')
          .set({ ...open, taken_by })
          .where('id', '=', id)
          .execute()
      }
      const { choices, stays } = afterMove(await whole())
      expect(choices.map(({ one }) => one.plan.key)).toEqual(expect.arrayContaining(['logit', 'aws-user/production']))
      expect(stays.map(({ one, refusal }) => [one.plan.key, refusal.code])).toEqual([
        ['github-production-deploy', 'needed-here'],
        ['github-production-admin', 'needed-here'],
        ['fastly', 'not-given'],
      ])
      const team = `${deploy.request} github-production-deploy`
      expect((await refused(decide([team]))).sentence).toMatch(/^Argo CD .* is still being given and needs this\./)
      await decide([`${deploy.request} logit`])
      expect([await office.state(deploy.request), await office.state(admin.request)]).toEqual(['granted', 'granting'])
      const going = (await office.world(admin.card)).steps.filter(({ direction }) => direction === 'revoke')
      expect(going.map(({ key }) => key)).toEqual(['logit'])
      const { request: row, steps } = await office.world(admin.card)
      for (const step of going) expect(row && (await isAsSigned(kysely, row, steps, step))).toBe(true)
    })
  })

  test('after an absence a day to look again is asked for, and nothing goes by itself', async () => {
    const { request } = await overTheLimit()
    const decide = async (more: object) =>
      office.as('dan').act('keep-access', office.id('priya'), { plan: await plan(), reason: 'Back soon', ...more })
    expect((await refused(decide({}))).fields).toEqual({
      lookAgain: 'Give a date to look again, such as 2027-01-25.',
    })
    const goes = [`${request} logit`]
    expect((await refused(decide({ goes, lookAgain: '2026-03-20' }))).sentence).toContain('Only after a move')
  })

  test('what is granted in the new team is not asked about because of the move before it', async () => {
    const { request } = await granted()
    await leadBy('dan')
    await run()
    await confirm('dan')
    await office.closeSteps(request, 'revoke')
    office.pass({ days: 1 })
    const again = await office.ready('priya')
    await office.as('dan').act('approve', again.request, confirmations)
    await office.giveAtOnce(again.request)
    expect(await run()).toEqual([])
    expect((await reviews()).map(({ outcome }) => outcome)).toEqual(['revoked'])
  })

  test('who holds nothing, or whose tech lead was only not known, has not moved', async () => {
    await leadBy('dan')
    await leadBy('sam')
    await granted()
    expect(await run()).toEqual([])
    expect(await reviews()).toEqual([])
  })
})

test.for([
  ['leavers', 'left', 'yes', 'left'],
  ['a tech lead for many', 'tech_lead', 'dan.reyes@example.gov.uk', 'moved'],
  ['absences', 'absences', '2026-01-10..', 'absence'],
])('too many at once, by one import of %s: nobody is asked until somebody looked', async ([, column, value, why]) => {
  office.office.installation.removals = { share: 0.5, number: 1, items: { share: 1, number: 100 } }
  for (const name of ['priya', 'alex', 'jo']) {
    const { request } = await office.ready(name)
    await office.as('sam').act('approve', request, confirmations)
    const { id, plan } = await office.db.kysely
      .selectFrom('step')
      .selectAll()
      .where('request_id', '=', request)
      .where('key', '=', 'logit')
      .executeTakeFirstOrThrow()
    await office.db.kysely
      .insertInto('holding')
      .values({
        id: `held-${name}`,
        person_id: office.id(name),
        grant_key: plan.key,
        level: 'deploy',
        system: plan.system,
        environment: plan.environment,
        account: json(plan.account),
        wanted: json(plan.wanted),
        rule_set: '2024-11',
        request_id: request,
        step_id: id,
        since: office.office.clock.calendar(),
        proof: 'done',
      })
      .execute()
  }
  const rows = [`Priya Shah,${emailOf('priya')},${value}`, `Alex Green,${emailOf('alex')},${value}`]
  const csv = [`name,email,${column}`, ...rows].join('\n')
  await office.as('rae').act('import-people', 'register', { csv })
  expect(await run()).toEqual([])
  expect(await reviews()).toEqual([])
  await newRun()()
  expect((await office.events()).filter((type) => type === 'reviews-held')).toHaveLength(1)
  const whom = (await heldRuns(office.db.kysely))[0]?.whom
  const letBegin = (people: string, of = whom) =>
    office.as('rae').act('let-reviews', 'reviews', { people, items: '2', whom: of })
  expect((await refused(letBegin('3'))).code).toBe('not-held')
  expect((await refused(letBegin('2', '0'.repeat(64)))).sentence).toContain('Whom it is about changed')
  await letBegin('2')
  await run()
  expect((await reviews()).map((one) => one.why)).toEqual([why, why])
})

test('one person whose absences cannot be read holds up nobody: reviews are opened, and the ladder speaks', async () => {
  const { card } = await overTheLimit()
  await office.db.kysely.deleteFrom('access_review').execute()
  const { request } = await office.ready('alex')
  await office.as('sam').act('approve', request, confirmations)
  await office.db.kysely
    .updateTable('holding')
    .set({ person_id: office.id('alex'), request_id: request })
    .where('grant_key', '=', 'logit')
    .execute()
  await office.db.kysely
    .updateTable('person_fact')
    .set({ value: json([{ start: 'nonsense', end: null }]) })
    .where('person_id', '=', office.id('alex'))
    .where('fact', '=', 'absences')
    .execute()
  expect(await newRun()()).toEqual([card])
  expect(await upcomingReviews(office.db.kysely, office.office)).toEqual([])
  expect(office.reported).toHaveLength(2)
})

describe('the ladder', () => {
  test('speaks to those who may see absence, of those who hold something', async () => {
    await granted()
    await away('2026-02-01')
    const upcoming = () => upcomingReviews(office.db.kysely, office.office)
    expect(await upcoming()).toMatchObject([
      { personId: office.id('priya'), fullName: 'Priya Shah', due: '2026-03-15', daysLeft: 13, rung: 14 },
    ])
    office.pass({ days: 12 })
    expect(await upcoming()).toMatchObject([{ daysLeft: 1, rung: 1 }])
    office.pass({ days: 1 })
    expect(await upcoming()).toEqual([])
    expect(await notices()).toEqual([])
  })
})

describe('a decision', () => {
  test('revokes everything, read back step by step, with its evidence', async () => {
    const { card, request } = await overTheLimit()
    office.pass({ days: 3 })
    expect(await confirm('sam')).toContain('Revoking.')
    expect(await office.state(request)).toBe('revoking')
    expect((await office.world(card)).revokeDue).toBe('2026-03-03')
    expect(await reviews()).toMatchObject([{ outcome: 'revoked', decided_by: office.id('sam') }])
    expect(await verifySteps(office.db.kysely)).toEqual([])
    await office.closeSteps(request, 'revoke')
    expect(await office.state(request)).toBe('ended')
    expect(await office.events()).toEqual(expect.arrayContaining(['review-decided', 'undo-opened', 'ended']))
    office.pass({ days: 30 })
    expect(await run()).toEqual([])
    // A later revocation has nothing to do with that decision.
    expect(await revocationDueSince(office.db.kysely, office.id('priya'), office.office.clock.calendar())).toBeNull()
  })

  test('holds what was asked for and not decided, so that no sponsor approves it who knows of nothing', async () => {
    await overTheLimit()
    const { request } = await office.ready('priya', 'admin')
    await confirm('sam')
    expect(await paused(request)).toContain('was revoked since this was asked for')
  })

  test('keeps it, with a reason, and comes back on the day to look again', async () => {
    const { card, request } = await overTheLimit()
    await keep('sam', '2026-03-20')
    expect(await office.state(request)).toBe('granted')
    expect(await reviews()).toMatchObject([{ outcome: 'kept', reason: 'Back next week', look_again_on: '2026-03-20' }])
    office.pass({ days: 16 })
    expect(await run()).toEqual([])
    office.pass({ days: 1 })
    expect(await run()).toEqual([card])
    expect((await reviews()).at(-1)).toMatchObject({ outcome: null, due_day: '2026-03-20' })
    expect(await notices()).toHaveLength(2)
  })

  test('is not needed any more once somebody is back', async () => {
    await overTheLimit()
    await office.as('sam').act('record-absence', office.id('priya'), { away: 'no', source: 'Priya' })
    await run()
    expect(await reviews()).toMatchObject([{ outcome: 'returned', decided_by: null }])
  })

  test('stale, without a day, late: refused in words that say what to do', async () => {
    await overTheLimit()
    const old = await refused(office.as('sam').act('confirm-revocation', office.id('priya'), { plan: '0'.repeat(64) }))
    expect(old).toMatchObject({ code: 'changed', changed: ['What they hold changed.'] })
    for (const day of ['2026-03-03', '2027-03-05'])
      expect((await refused(keep('sam', day))).fields).toEqual({
        lookAgain: 'Choose a day after today, within a year.',
      })
    const shown = await plan()
    await keep('dan', '2026-03-20')
    const late = await refused(office.as('sam').act('confirm-revocation', office.id('priya'), { plan: shown }))
    expect(late.sentence).toBe('No access review is due here any more. Reload the card to see what was decided.')
  })
})

describe('for cause', () => {
  const cause = async (who: string) =>
    office.as(who).act('revoke-for-cause', office.id('priya'), { plan: await plan(), reason: 'Lost laptop' })

  test('at once, without a review; a second person is told, and never why', async () => {
    const { request } = await granted()
    await cause('dan')
    expect(await office.state(request)).toBe('revoking')
    const told = await office.db.kysely.selectFrom('notice').selectAll().where('kind', '=', 'for-cause').execute()
    expect(told).toHaveLength(1)
    expect(told[0]).toMatchObject({
      mention: 'first-on-board',
      mentions: expect.not.arrayContaining([office.id('dan')]),
    })
    expect(told[0]?.mentions[0]).toBe(office.id('ines'))
    expect(told[0]?.text).not.toContain('laptop')
    const log = await office.db.kysely.selectFrom('event').select('data').execute()
    expect(JSON.stringify(log)).not.toContain('laptop')
    expect(await verifySteps(office.db.kysely)).toEqual([])
  })

  test('what was asked for and not decided is held, and goes on only once somebody says so', async () => {
    await granted()
    const { request } = await office.ready('priya', 'admin')
    await office.as('dan').act('revoke-for-cause', office.id('priya'), { plan: await plan(), reason: 'Lost laptop' })
    expect(await paused(request)).toContain('was revoked since this was asked for')
    expect((await refused(office.as('priya').act('resume-paused', request))).sentence).toBe(
      'You cannot continue this because your access was revoked since you asked. A sponsor or 2nd line can.',
    )
    await office.as('dan').act('resume-paused', request)
    expect(await paused(request)).toBeNull()
  })

  test('says so where no card can be commented on, and names whom to tell', async () => {
    const { card } = await granted()
    await office.db.kysely.updateTable('card').set({ closed: true }).where('id', '=', card).execute()
    expect(
      await office.as('dan').act('revoke-for-cause', office.id('priya'), { plan: await plan(), reason: 'Lost laptop' }),
    ).toMatch(/No card of theirs can be commented on: tell [A-Z]\w+ \w+ yourself\./)
  })

  test('what is half granted stops too', async () => {
    const { request } = await office.ready('priya')
    await office.as('sam').act('approve', request, confirmations)
    await cause('rae')
    expect(['revoking', 'ended']).toContain(await office.state(request))
  })
})
