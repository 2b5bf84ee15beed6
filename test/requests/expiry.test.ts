import { beforeEach, describe, expect, test } from 'vitest'
import { confirmations, details, type Practice, refused, startPractice } from './office.ts'

/** Requests on which nothing moves expire, with notice; those whose card went away ask whether they go on. */

let office: Practice
beforeEach(async () => {
  office = await startPractice()
})

const notices = async () =>
  office.db.kysely.selectFrom('notice').select(['kind', 'text', 'mentions']).orderBy('created_at').execute()
const expiring = async () => (await notices()).filter((notice) => notice.kind.startsWith('expiring'))

describe('A quiet request', () => {
  test('gets notice five days before, once, to the engineer and to whoever decides', async () => {
    const { card, request } = await office.ready('priya')
    office.pass({ days: 36 })
    expect(await office.expire()).toEqual([])
    expect(await expiring()).toEqual([])
    office.pass({ days: 1 })
    expect(await office.expire()).toEqual([card])
    expect(await office.expire()).toEqual([])
    expect(await expiring()).toEqual([
      {
        kind: 'expiring:2026-04-13',
        text: 'this request for Production Deploy expires on 13 April unless somebody keeps it open. Open this card on a computer to keep it open.',
        mentions: [office.id('priya'), office.id('sam')],
      },
    ])
    expect((await office.world(card)).expires).toBe('2026-04-13')
    expect(await office.state(request)).toBe('ready')
  })

  test('expires on that day and not before, and says so in the log and to the engineer', async () => {
    const { card, request } = await office.ready('priya')
    office.pass({ days: 37 })
    await office.expire()
    office.pass({ days: 4 })
    await office.expire()
    expect(await office.state(request)).toBe('ready')
    office.pass({ days: 1 })
    expect(await office.expire()).toEqual([card])
    expect(await office.state(request)).toBe('expired')
    expect((await office.events()).at(-1)).toBe('expired')
    expect((await notices()).at(-1)).toMatchObject({ kind: 'expired', mentions: [office.id('priya')] })
    expect((await refused(office.as('sam').act('approve', request, confirmations))).sentence).toBe(
      'Nothing has been changed because this request expired.',
    )
  })

  test('never expires without its five days, even when the server slept through them', async () => {
    const { card, request } = await office.ready('priya')
    office.pass({ days: 100 })
    await office.expire()
    expect(await office.state(request)).toBe('ready')
    expect((await office.world(card)).expires).toBe('2026-06-15')
    office.pass({ days: 4 })
    await office.expire()
    expect(await office.state(request)).toBe('ready')
    office.pass({ days: 1 })
    await office.expire()
    expect(await office.state(request)).toBe('expired')
  })

  test('that is kept open gets its whole time and its notice again', async () => {
    const { card, request } = await office.ready('priya')
    const since = (await office.world(card)).request?.state_since
    office.pass({ days: 38 })
    await office.expire()
    expect(await office.as('priya').act('keep-open', request)).toBe('The request stays open.')
    expect((await office.world(card)).expires).toBeNull()
    // Since when it stands as it does is another matter.
    expect((await office.world(card)).request?.state_since).toEqual(since)
    office.pass({ days: 36 })
    expect(await office.expire()).toEqual([])
    office.pass({ days: 1 })
    expect(await office.expire()).toEqual([card])
    expect((await expiring()).map((notice) => notice.kind)).toEqual(['expiring:2026-04-14', 'expiring:2026-05-21'])
  })

  test('is not quiet while somebody does something about it, though its state stays', async () => {
    const { card, request } = await office.ready('priya')
    office.pass({ days: 36 })
    await office.as('priya').act('give-details', request, { ...details('priya'), reason: 'Joining in May' })
    expect(await office.state(request)).toBe('ready')
    office.pass({ days: 36 })
    expect(await office.expire()).toEqual([])
    office.pass({ days: 1 })
    expect(await office.expire()).toEqual([card])
  })

  test('expires after as many days as the installation says', async () => {
    const { card } = await office.ready('priya')
    office.office.installation.requests = { quietDays: 14 }
    office.pass({ days: 8 })
    expect(await office.expire()).toEqual([])
    office.pass({ days: 1 })
    expect(await office.expire()).toEqual([card])
    expect((await office.world(card)).expires).toBe('2026-03-16')
  })

  test('is none any more once something moved', async () => {
    const { request } = await office.ready('priya')
    office.pass({ days: 38 })
    await office.expire()
    await office.as('sam').act('approve', request, confirmations)
    office.pass({ days: 30 })
    expect(await office.expire()).toEqual([])
    expect(await office.state(request)).toBe('granting')
  })
})

describe('A request whose card went away', () => {
  const pause = (request: string) =>
    office.db.kysely
      .updateTable('request')
      .set({ paused_because: 'The card was archived.' })
      .where('id', '=', request)
      .execute()

  test('is approved only after somebody says that it continues', async () => {
    const { request } = await office.ready('priya')
    await pause(request)
    const approve = () => office.as('sam').act('approve', request, confirmations)
    expect((await refused(approve())).code).toBe('paused')
    expect(await office.as('priya').act('resume-paused', request)).toBe('The request goes on.')
    await approve()
    expect(await office.state(request)).toBe('granting')
  })

  test('asks no longer once it is withdrawn', async () => {
    const { card, request } = await office.ready('priya')
    await pause(request)
    await office.as('priya').act('withdraw', request)
    expect((await office.world(card)).request?.paused_because).toBeNull()
    expect((await refused(office.as('priya').act('resume-paused', request))).code).toBe('not-paused')
  })
})

describe('An apprentice who asks for Production Admin', () => {
  const asksAs = (more: object) => office.ready('mia', 'admin', more)
  const managers = async () => (await notices()).filter((notice) => notice.kind === 'line-manager')

  test('turns to the line manager when their own part is done: one comment, and no private word in it', async () => {
    const { request } = await asksAs({ confident: true })
    expect(await managers()).toEqual([])
    await office.as('mia').act('give-details', request, { ...details('mia'), wantsSecondary: true })
    await office.as('mia').act('give-details', request, { ...details('mia'), reason: 'A better reason' })
    expect(await managers()).toEqual([
      {
        kind: 'line-manager',
        text: 'Mia Cole has asked for something that needs your word. Open this card on a computer to answer.',
        mentions: [office.id('lina')],
      },
    ])
    await office.as('lina').act('line-manager-agrees', request)
    expect(await office.state(request)).toBe('ready')
  })

  test('whose line manager nobody knows waits for a register keeper', async () => {
    await office.db.kysely
      .deleteFrom('person_fact')
      .where('fact', '=', 'lineManager')
      .where('person_id', '=', office.id('mia'))
      .execute()
    const { card } = await asksAs({ confident: true, wantsSecondary: true })
    expect(await managers()).toEqual([])
    expect((await office.world(card)).findings.find((finding) => finding.id === 'AP-line-manager')?.turn).toBe('keeper')
  })

  test('and nobody else is asked for a line manager’s word', async () => {
    const { request } = await office.ready('priya', 'admin')
    const words = 'This request needs no word of the line manager.'
    expect((await refused(office.as('lina').act('line-manager-agrees', request))).sentence).toBe(words)
    const record = { date: '2026-03-01', reference: 'Letter 4' }
    expect((await refused(office.as('dan').act('record-line-manager', request, record))).sentence).toBe(words)
  })
})
