import { beforeEach, expect, test } from 'vitest'
import { json } from '../../server/db/json.ts'
import { confirmations, type Practice, refused, review, startPractice } from '../requests/office.ts'

/** The review that is made in the approve window is held to what a review by itself is held to. */

let office: Practice
let request = ''
beforeEach(async () => {
  office = await startPractice()
  request = (await office.ready('priya', 'admin')).request
})

const approve = (answers: object) => office.as('dan').act('approve', request, { ...confirmations, ...answers })
const kept = async () =>
  (await office.db.kysely.selectFrom('request').select('review').where('id', '=', request).executeTakeFirstOrThrow())
    .review

test.each([
  ['in the future', '2026-03-03', 'Use a date that is not in the future.'],
  ['that is none', 'last week', 'Use a date such as 2026-11-24.'],
  ['left out', '', 'Use a date such as 2026-11-24.'],
])('denies a date %s at its field, and approves nothing', async (_what, date, words) => {
  expect(await refused(approve({ ...review, date }))).toMatchObject({ code: 'unconfirmed', fields: { date: words } })
  expect([await office.state(request), await kept()]).toEqual(['ready', null])
})

test('allows today’s date and an earlier one, and keeps it as it was typed', async () => {
  await approve({ ...review, date: '2026-03-02' })
  expect(await kept()).toMatchObject({ date: '2026-03-02', reviewer: office.id('dan') })
})

test('a kept review that no longer counts is replaced by the one that is typed', async () => {
  await office.as('ines').act('review-preparedness', request, { ...review, reference: 'Response 7' })
  await office.db.kysely
    .updateTable('person_fact')
    .set({ value: json(false) })
    .where('person_id', '=', office.id('ines'))
    .where('fact', '=', 'seniorTech')
    .execute()
  expect(await refused(approve({}))).toMatchObject({ code: 'unconfirmed', fields: { reference: expect.any(String) } })
  expect(await refused(approve({ ...review, 'objective-LO2': false }))).toMatchObject({
    fields: { 'objective-LO2': 'Confirm this, or ask for changes.' },
  })
  expect(await kept()).toMatchObject({ reference: 'Response 7' })
  await approve(review)
  expect(await kept()).toMatchObject({ reference: 'Response 41', reviewer: office.id('dan') })
  expect((await office.events()).filter((type) => type === 'review-recorded')).toHaveLength(2)
})
