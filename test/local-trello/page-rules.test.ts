import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../browser/chromium.ts'
import { openStage, type Stage, type StageParts } from './board-in-browser.ts'
import { ann } from './small-trello.ts'

/** What Trello's page does by itself and a Power-Up has to live with. */

let browser: Browser
let stage: Stage | null = null
beforeAll(async () => {
  browser = await launchBrowser()
})
afterEach(async () => {
  await stage?.close()
  stage = null
})
afterAll(() => browser.close())

async function open(parts: StageParts): Promise<Stage> {
  stage = await openStage(browser, parts)
  return stage
}

test('fronts come without checklist items until the card was open; the counts are always right', async () => {
  const { page, problems, trello, card } = await open({
    handlers: `{ 'card-badges': async (t) => {
      const { checklists, badges } = await t.card('checklists', 'badges')
      return [{ text: checklists.flatMap((one) => one.checkItems).length + ' of ' + badges.checkItems }]
    } }`,
  })
  await page.locator('.front .badge', { hasText: '0 of 2' }).waitFor()
  await page.locator('.front').click()
  await page.locator('#checklists h3').waitFor()
  trello.model.comment(ann, card, 'so that badges are asked for again')
  await page.locator('.front .badge', { hasText: '2 of 2' }).waitFor({ state: 'attached' })
  expect(problems).toEqual([])
})

test('asks nothing while the tab is hidden', async () => {
  const { page, told, app } = await open({
    handlers: `{ 'card-badges': () => tell('asked').then(() => []) }`,
    async prepare(page) {
      await page.addInitScript(() => {
        let hidden = true
        Object.defineProperty(document, 'hidden', { get: () => hidden })
        addEventListener('show-the-tab', () => {
          hidden = false
          document.dispatchEvent(new Event('visibilitychange'))
        })
      })
    },
  })
  await page.locator('.front').waitFor()
  expect(await page.locator('#iframe-io-host iframe').count()).toBe(0)
  expect(app.told).toEqual([])
  await page.evaluate(() => dispatchEvent(new Event('show-the-tab')))
  await told('asked')
})

const frame = `tell('loaded ' + t.arg('n')); t.render(() => tell('render ' + t.arg('n'))); t.board('id')`
const section = (n: string) => `{ 'card-back-section': async (t) => {
  await tell('asked')
  return { title: 'S', icon: './i.svg', content: { type: 'iframe', url: t.signUrl('./frame.html', { n: ${n} }), height: 100 } }
} }`

test('a section that is asked for again with the same address keeps its frame, which hears render', async () => {
  const { page, told, app, trello, card, problems } = await open({ handlers: section('1'), frame })
  await page.locator('.front').click()
  await told('render 1')
  app.told.length = 0
  trello.model.comment(ann, card, 'a change')
  await told('render 1')
  expect(app.told).toEqual(['asked', 'render 1'])
  expect(problems).toEqual([])
})

test('a section with another address, by one letter of its fragment, gets a new frame', async () => {
  const { page, told, trello, card } = await open({
    handlers: section('(window.n = (window.n ?? 0) + 1)'),
    frame,
  })
  await page.locator('.front').click()
  await told('loaded 1')
  trello.model.comment(ann, card, 'a change')
  await told('loaded 2')
  expect(await page.locator('#card iframe').count()).toBe(1)
})

test('a card that goes away while it is asked about is nobody’s fault', async () => {
  const { told, app, trello, card, problems } = await open({
    handlers: `{ 'card-badges': async (t) => {
      await tell('asked')
      await new Promise((done) => { window.goOn = done })
      await t.card('name').catch((error) => tell(error.message))
      return []
    } }`,
  })
  await told('asked')
  const { page } = stage ?? expect.fail('the page is open')
  trello.model.remove(ann, card)
  await page.locator('.front').waitFor({ state: 'detached' })
  const connector = page.frames().find((one) => one.url() === app.connectorUrl)
  await connector?.evaluate(() => Reflect.get(window, 'goOn')())
  await told('missing card (Command: card)')
  expect(problems).toEqual([])
})

test('two windows in a row: the second stays, and only the first is told that it closed', async () => {
  const { page, told, app, problems } = await open({
    handlers: `{ 'board-buttons': () => [{ text: 'Press', callback: async (t) => {
      await t.modal({ url: './frame.html', title: 'One', args: { n: 1 }, callback: () => tell('closed 1') })
      await t.modal({ url: './frame.html', title: 'Two', args: { n: 2 }, callback: () => tell('closed 2') })
    } }] }`,
    frame,
  })
  await page.getByRole('button', { name: 'Press' }).click()
  await told('loaded 2')
  await told('closed 1')
  await page.getByRole('heading', { name: 'Two' }).waitFor()
  expect(app.told).not.toContain('closed 2')
  await page.keyboard.press('Escape')
  await told('closed 2')
  expect(problems).toEqual([])
})

test('what is stored is given back before it is saved, and is gone without a word when the save fails', async () => {
  let lose: () => void = () => undefined
  const lost = new Promise<void>((done) => {
    lose = done
  })
  const { page, told, problems } = await open({
    handlers: `{ 'board-buttons': () => [
      { text: 'Store', callback: async (t) => {
        await t.set('board', 'shared', 'k', 'v')
        tell('taken ' + await t.get('board', 'shared', 'k'))
      } },
      { text: 'Look', callback: async (t) => tell('kept ' + await t.get('board', 'shared', 'k', 'nothing')) },
    ] }`,
    async prepare(page) {
      await page.route('**/act', async (route) => {
        await lost
        await route.abort()
      })
    },
  })
  await page.getByRole('button', { name: 'Store' }).click()
  await told('taken v')
  const failed = page.waitForEvent('requestfailed')
  lose()
  await failed
  await page.getByRole('button', { name: 'Look' }).click()
  await told('kept nothing')
  expect(problems).toEqual([])
})
