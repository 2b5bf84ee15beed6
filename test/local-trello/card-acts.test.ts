import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { launchBrowser } from '../browser/chromium.ts'
import { openStage, type Stage } from './board-in-browser.ts'
import { ann, robot } from './small-trello.ts'

/** What people do with cards on the practice board, and that every open page sees it. */

let browser: Browser
let stage: Stage
beforeAll(async () => {
  browser = await launchBrowser()
})
beforeEach(async () => {
  stage = await openStage(browser, { handlers: `{ 'card-badges': () => [] }` })
})
afterEach(async () => {
  expect(stage.problems).toEqual([])
  await stage.close()
})
afterAll(() => browser.close())

const press = (name: string) => stage.page.getByRole('button', { name, exact: true }).click()

test('an item is ticked, a member added and taken off, and a comment written', async () => {
  const { page, card } = stage
  await page.locator('.front').click()
  await page.getByRole('checkbox', { name: 'one' }).check()
  await page.locator('.front', { hasText: '1/2' }).waitFor()
  await page.getByLabel('Add a member').selectOption({ label: 'Robot Account' })
  await press('Take Robot Account off this card')
  await page.getByLabel('Add a member').selectOption({ label: 'Ann Example' })
  await page.getByRole('button', { name: 'Take Ann Example off this card' }).waitFor()
  await page.getByLabel('Write a comment').fill('Hello @robot')
  await press('Comment')
  await page.locator('.comment .mention', { hasText: '@robot' }).waitFor()
  expect(card.idMembers).toEqual([ann])
  expect(card.checklists[0]?.checkItems.map((item) => item.state)).toEqual(['complete', 'incomplete'])
})

test('a template is copied under a title of one’s own, and the copy opens', async () => {
  const { page, card, trello } = stage
  card.isTemplate = true
  await page.locator('.front').click()
  await press('Copy card')
  await page.getByLabel('Title of the copy').fill('A copy')
  await page.locator('#popup select').selectOption({ label: 'Done' })
  await press('Make the copy')
  await page.locator('#card-title', { hasText: 'A copy' }).waitFor()
  await page.getByRole('region', { name: 'Done' }).locator('.front', { hasText: 'A copy' }).waitFor()
  expect(trello.model.cards.find((one) => one.name === 'A copy')?.isTemplate).toBe(false)
})

test('a card is archived, found in the archive, and sent back', async () => {
  const { page } = stage
  await page.locator('.front').click()
  await press('Archive')
  await page.getByText('This card is archived.').waitFor()
  await press('Close card')
  await page.locator('.front').waitFor({ state: 'detached' })
  await press('Archived cards')
  await press('First card')
  await press('Send back to the board')
  await page.locator('.front', { hasText: 'First card' }).waitFor()
})

test('a card that is moved to another board closes here, and stands there', async () => {
  const { page, trello } = stage
  trello.model.addBoard('Third board', 'BOARD003', [ann, robot], ['In'])
  await page.reload()
  await page.locator('.front').click()
  await press('Move')
  await page.locator('#popup select').selectOption({ label: 'In' })
  await press('Move the card')
  await page.locator('#card[open]').waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Third board' }).click()
  await page.locator('.front', { hasText: 'First card' }).waitFor()
})

test('somebody who only reads gets no way to change anything', async () => {
  const { page, trello } = stage
  await page.goto(`${trello.pageOrigin}/b/BOARD001?as=olu`)
  await page.locator('.front').click()
  expect(await page.getByRole('checkbox', { name: 'one' }).isDisabled()).toBe(true)
  for (const name of ['Copy card', 'Move', 'Archive', 'Comment'])
    expect(await page.getByRole('button', { name, exact: true }).count()).toBe(0)
})

test('who is looking is chosen with a word about each, and stays chosen', async () => {
  await stage.close()
  stage = await openStage(browser, {
    handlers: `{ 'card-badges': () => [] }`,
    options: { roles: { [ann]: 'an engineer' } },
    viewer: 'olu',
  })
  const who = stage.page.getByLabel('Who is looking')
  await who.selectOption({ label: 'Ann Example – an engineer' })
  await stage.page.getByRole('button', { name: 'Add a card' }).first().waitFor()
  await stage.page.reload()
  expect(await who.inputValue()).toBe('ann')
  await who.selectOption({ label: 'Nobody – signed out' })
  await stage.page.getByRole('button', { name: 'Add a card' }).first().waitFor({ state: 'detached' })
})
