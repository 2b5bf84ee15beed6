import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { emailOf, memberId, type PracticeWorld, startPracticeWorld } from '../practice-world.ts'
import { as, copyTemplate, details } from './as.ts'

/** A colleague's word: who somebody is, and a line manager's agreement from off the board. */

let world: PracticeWorld
let other = ''
beforeAll(async () => {
  world = await startPracticeWorld({ folder: null })
  other = world.trello.model.board('PUBLISH1')?.id ?? ''
})
afterAll(() => world.close())

const idOf = async (name: string) =>
  (
    await world.product.db.kysely
      .selectFrom('person')
      .select('id')
      .where('full_name', '=', name)
      .executeTakeFirstOrThrow()
  ).id
const rowsOf = async (who: string, boardId = world.boardId) => (await as(world, who, boardId).queue('yours')).rows

describe('“I am Kit Doyle”', () => {
  let card = ''
  const typed = { ...details, email: emailOf('Kit Doyle'), aws: emailOf('Kit Doyle'), github: 'kit-d' }
  beforeAll(async () => {
    card = await copyTemplate(world, 'deploy', 'Production Deploy for Kit Doyle')
    await as(world, 'kitd').submit('claim', card, { ...typed, person: await idOf('Kit Doyle') })
  })

  test('waits for a colleague, says so, and gives back what was typed to the claimant alone', async () => {
    const section = await as(world, 'kitd').section(card)
    expect(section.status.headline).toBe('Waiting for a colleague to confirm that you are Kit Doyle')
    expect(section.status.lines).toEqual([
      'Anybody on this board whose account is linked can say yes, on this card or in the access queue.',
      'What you typed is kept and counts from that moment.',
    ])
    expect([section.primary, section.buttons.map((one) => one.text)]).toEqual([null, ['Change what you said']])
    const mine = JSON.stringify(await as(world, 'kitd').window('claim', card))
    expect(mine).toContain(typed.reason)
    expect(mine).toContain('kit-d')
    const stranger = JSON.stringify(await as(world, 'uma').window('claim', card))
    expect(stranger).not.toContain('kit-d')
    expect((await as(world, 'uma').section(card)).status.headline).toBe('Not started')
  })

  test('is a row for linked colleagues of that board, and for nobody else', async () => {
    const row = (await rowsOf('omar')).find((one) => one.person === 'Kit Doyle')
    expect(row?.what).toBe(
      'Is this Kit Doyle? Somebody on this board says so. Say yes only if you know that it is true.',
    )
    expect(row?.buttons.map((one) => one.text)).toEqual(['Yes', 'No'])
    expect((await rowsOf('kitd')).length).toBe(0)
    expect((await rowsOf('uma')).length).toBe(0)
    // 2nd line sees every board and is on none of them.
    const board = world.trello.model.board('PRACTICE')
    const onBoard = board?.memberships.some((one) => one.idMember === memberId('alex')) ?? true
    const alex = (await rowsOf('alex', other)).filter((one) => one.person === 'Kit Doyle')
    expect(alex.length).toBe(onBoard ? 1 : 0)
  })

  test('counts from the Yes that a colleague gives in their queue', async () => {
    const row = (await rowsOf('omar')).find((one) => one.person === 'Kit Doyle')
    expect(await as(world, 'omar').press(row?.buttons[0])).toBe('Kit Doyle is linked. What they typed counts from now.')
    expect((await as(world, 'kitd').section(card)).kind).toBe('request')
    expect((await rowsOf('omar')).some((one) => one.what.startsWith('Is this'))).toBe(false)
  })
})

describe('A line manager who is not on the team’s board', () => {
  let card = ''
  beforeEach(async () => {
    await world.product.db.kysely
      .updateTable('person_fact')
      .set({ value: JSON.stringify(await idOf('Nia Frost')) })
      .where('person_id', '=', await idOf('Mia Cole'))
      .where('fact', '=', 'lineManager')
      .execute()
    await world.product.db.kysely
      .updateTable('person_fact')
      .set({ value: JSON.stringify('passed') })
      .where('person_id', '=', await idOf('Mia Cole'))
      .where('fact', '=', 'probation')
      .execute()
    const board = world.trello.model.board('PRACTICE')
    if (board) world.trello.model.setBoardMember(memberId('sam'), board, memberId('nia'), false)
  })

  test('finds their engineer in the queue, answers there, and sees no other request of that board', async () => {
    card = await copyTemplate(world, 'admin', 'Production Admin for Mia Cole')
    const answers = { ...details, email: emailOf('Mia Cole'), aws: emailOf('Mia Cole'), github: 'mia-c' }
    await as(world, 'mia').submit('ask', card, { ...answers, confident: true, wantsSecondary: true })
    const elsewhere = await copyTemplate(world, 'deploy', 'Production Deploy for Priya Shah')
    await as(world, 'priya').submit('ask', elsewhere, details)
    const nia = as(world, 'nia', other)
    const rows = (await nia.queue('everything')).rows
    expect(rows.map((one) => one.person)).toEqual(['Mia Cole'])
    const [row] = await rowsOf('nia', other)
    expect(row?.what).toBe('Asks for your word as line manager')
    const does = row?.buttons[0]?.does
    if (!does || !('opens' in does)) throw new Error('there is nothing to answer')
    expect(await nia.submit(does.opens, does.args?.['subject'] ?? '')).toBe('Your word is kept.')
    expect((await nia.section(card)).kind).toBe('request')
    await expect(nia.section(elsewhere)).rejects.toThrow('This card is on another board.')
    expect((await rowsOf('nia', other)).map((one) => one.what)).toEqual([])
  })
})
