import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { WindowView } from '../../server/http/api.ts'
import { emailOf, memberId, type PracticeWorld, people, startPracticeWorld } from '../practice-world.ts'
import { as, copyTemplate, details, Refused, requestOn } from './as.ts'
import { allSaid, commentsOn } from './life.ts'

/** Whose card it is: named by those who may, undone by them and by the engineer, always through the window. */

let world: PracticeWorld
beforeAll(async () => {
  world = await startPracticeWorld({ folder: null })
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
const badge = async (card: string) =>
  (await as(world, 'sam').badges(card)).cards[card]?.badges.map((one) => one.text) ?? []
const buttons = async (who: string, card: string) => (await as(world, who).section(card)).buttons.map((one) => one.text)
const button = async (who: string, card: string, text: string) =>
  (await as(world, who).section(card)).buttons.find((one) => one.text === text)
const names = (view: WindowView, field: string) =>
  view.parts
    .flatMap((part) => part.fields)
    .flatMap((one) => (one.name === field && one.kind === 'choice' ? one.options.map((option) => option.text) : []))
const answersOf = (name: string) => ({
  ...details,
  email: emailOf(name),
  aws: emailOf(name),
  github: people.find((one) => one.name === name)?.github ?? '',
})
const plainCard = (name: string, shortLink?: string) =>
  world.trello.model.createCard(memberId('sam'), world.listId('To do'), name, shortLink ? { shortLink } : {}).id

describe('Name the engineer of a copy', () => {
  test.each([
    ['their tech lead', 'sam', 'Priya Shah', 'priya'],
    ['2nd line', 'alex', 'Omar Aziz', 'omar'],
    ['Senior Tech', 'ines', 'Lee Hart', 'lee'],
  ])(
    '%s names somebody else, whose turn it is then, and who opens it with their own click',
    async (_who, by, name, username) => {
      const card = await copyTemplate(world, 'deploy', `Production Deploy for ${name}`)
      expect(await buttons(by, card)).toContain('Name the engineer')
      expect(await as(world, by).submit('attach', card, { engineer: await idOf(name) })).toBe(
        `This card is for ${name} now. ${name} opens the request with a click of their own.`,
      )
      expect(await badge(card)).toEqual(['Engineer: ask for access'])
      const row = (await as(world, username).queue('yours')).rows.find((one) => one.person === name)
      expect(row?.buttons.map((one) => one.text)).toEqual(['Ask for access', 'This is not for me'])
      await allSaid(world)
      expect(commentsOn(world, card)).toEqual([
        `@${username} this card is for you: Production Deploy. Open it on a computer to ask for access, or to say that it is not for you.`,
      ])
      expect(await as(world, username).submit('ask', card, answersOf(name))).toContain('You have asked')
    },
  )

  test('a tech lead is offered their own engineers and themself, and nobody else', async () => {
    const card = await copyTemplate(world, 'deploy', 'Production Deploy')
    const offered = names(await as(world, 'nia').window('attach', card), 'engineer')
    expect(offered.toSorted()).toEqual(['Lee Hart', 'Nia Frost'])
    const other = as(world, 'nia').act('attach', card, { engineer: await idOf('Jo Bell') })
    await expect(other).rejects.toThrow(
      'You cannot attach this card. The engineer, their tech lead, Senior Tech or 2nd line can.',
    )
  })

  test('what stood on the screen counts still: a card that moved on meanwhile is refused', async () => {
    const card = await copyTemplate(world, 'deploy', 'Production Deploy for Jo Bell')
    const view = await as(world, 'dan').window('attach', card)
    await as(world, 'sam').submit('attach', card, { engineer: await idOf('Jo Bell') })
    const late = as(world, 'dan').act(view.act, view.subject, { engineer: await idOf('Mia Cole') }, view.seen)
    await expect(late).rejects.toThrow('This card has another request now')
  })
})

describe('A wrong name', () => {
  test('comes off when the engineer says that it is not for them, and whoever named them is told', async () => {
    const card = await copyTemplate(world, 'admin', 'Production Admin')
    await as(world, 'sam').submit('attach', card, { engineer: await idOf('Alex Green') })
    expect(await as(world, 'alex').press(await button('alex', card, 'This is not for me'))).toBe(
      'This card is not for you any more. Somebody can name its engineer anew.',
    )
    await allSaid(world)
    expect(commentsOn(world, card).at(-1)).toBe(
      '@sam Alex Green says that this card is not for them. Open it on a computer to name the engineer.',
    )
    await as(world, 'sam').submit('attach', card, { engineer: await idOf('Jo Bell') })
    expect(await as(world, 'jo').submit('ask', card, answersOf('Jo Bell'))).toContain('You have asked')
  })

  test('comes off by those who may name, and whoever it is for takes the card over', async () => {
    const card = await copyTemplate(world, 'admin', 'Production Admin')
    await as(world, 'sam').submit('attach', card, { engineer: await idOf('Kit Doyle') })
    await as(world, 'sam').press(await button('sam', card, 'Take the name off'))
    expect(await badge(card)).toEqual(['Withdrawn'])
    expect(await as(world, 'omar').submit('attach', card, { engineer: await idOf('Omar Aziz') })).toBe(
      'This card is for you now. Ask for access when you are ready.',
    )
    expect(await as(world, 'omar').submit('ask', card, answersOf('Omar Aziz'))).toContain('You have asked')
  })

  test('is replaced in one go while the engineer has not asked, and never after', async () => {
    const card = await copyTemplate(world, 'admin', 'Production Admin')
    await as(world, 'sam').submit('attach', card, { engineer: await idOf('Kit Doyle') })
    await as(world, 'sam').submit('attach', card, { engineer: await idOf('Priya Shah') })
    const row = await world.product.db.kysely
      .selectFrom('request')
      .selectAll()
      .where('id', '=', await requestOn(world, card))
      .executeTakeFirstOrThrow()
    expect([row.state, row.person_id]).toEqual(['candidate', await idOf('Priya Shah')])
    await as(world, 'priya').submit('ask', card, answersOf('Priya Shah'))
    expect(await buttons('sam', card)).not.toContain('Name somebody else')
    await expect(as(world, 'sam').act('attach', card, { engineer: await idOf('Kit Doyle') })).rejects.toThrow(
      /Nothing has been changed/,
    )
  })

  test('is no business of a mere colleague', async () => {
    const card = await copyTemplate(world, 'admin', 'Production Admin')
    await as(world, 'sam').submit('attach', card, { engineer: await idOf('Mia Cole') })
    expect(await buttons('omar', card)).toEqual([])
    expect((await as(world, 'omar').window('attach', card)).refusal).toBe(
      'You cannot attach this card. The engineer, their tech lead, Senior Tech or 2nd line can.',
    )
    const request = await requestOn(world, card)
    await expect(as(world, 'omar').act('detach', request)).rejects.toThrow('You cannot take this name off.')
  })
})

describe('The card’s button', () => {
  test('attaches a card that is no copy of a template, at the level that was chosen', async () => {
    const card = plainCard('Access for Jo Bell')
    const view = await as(world, 'dan').window('card', card)
    expect(names(view, 'level')).toEqual(['Production Deploy', 'Production Admin'])
    expect(names(view, 'engineer')[0]).toBe('Jo Bell')
    await as(world, 'dan').submit('card', card, { engineer: await idOf('Nia Frost'), level: 'deploy' })
    expect(await badge(card)).toEqual(['Engineer: ask for access'])
    expect((await as(world, 'nia').section(card)).title).toBe('Production Deploy access')
    // For the engineer it leads to asking.
    expect((await as(world, 'nia').window('card', card)).act).toBe('ask')
    await as(world, 'nia').submit('card', card, answersOf('Nia Frost'))
    expect(await badge(card)).toEqual(['Sponsor: approve'])
  })

  test('says why not to somebody whom nobody has linked, and on a board that is not connected who can connect it', async () => {
    const card = plainCard('Something else')
    expect((await as(world, 'uma').window('card', card)).refusal).toBe(
      'This card is not a copy of a template. You cannot attach it because your Trello account is not linked to a person yet. Tell us who you are on a copy of a template, or ask a register keeper.',
    )
    const elsewhere = world.trello.model.board('PUBLISH1')?.id ?? ''
    await world.product.db.kysely.deleteFrom('board').where('id', '=', elsewhere).execute()
    const there = await as(world, 'priya', elsewhere).window('card', card)
    expect([there.refusal, there.buttons]).toEqual([
      'This board is not connected yet. A register keeper or Senior Tech can connect it in the Power-Up’s settings.',
      [],
    ])
    const keeper = await as(world, 'rae', elsewhere).window('card', card)
    expect(keeper.buttons.map((one) => one.text)).toEqual(['Connect this board'])
    expect(await as(world, 'rae', elsewhere).press(keeper.buttons[0])).toContain('is connected')
  })

  test('takes in no card for somebody who may not attach it', async () => {
    const card = plainCard('Something of ours')
    const error = await as(world, 'omar')
      .act('attach', card, { engineer: await idOf('Rae Lund'), level: 'deploy' })
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Refused)
    expect(await badge(card)).toEqual([])
  })

  test('leads to the section’s own next step on a card with an open request', async () => {
    const card = await copyTemplate(world, 'deploy', 'Production Deploy for Mia Cole')
    await as(world, 'mia').submit('ask', card, { ...answersOf('Mia Cole'), reason: '' })
    expect((await as(world, 'mia').window('card', card)).act).toBe('give-details')
    await as(world, 'mia').submit('card', card, { reason: 'Joining Search' })
    expect((await as(world, 'sam').window('card', card)).act).toBe('approve')
    const colleague = await as(world, 'omar').window('card', card)
    expect([colleague.act, colleague.refusal, colleague.lines.length > 0]).toEqual(['', null, true])
  })
})
