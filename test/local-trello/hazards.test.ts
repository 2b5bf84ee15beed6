import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../browser/chromium.ts'
import { openStage, type Stage, type StageParts } from './board-in-browser.ts'

/** Where Trello's page says nothing, the practice board fails the run. Each hazard is driven with page and library. */

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

const withBadge = (body: string) => `{ 'card-badges': async (t) => { ${body} } }`
const withButton = (body: string) =>
  `{ 'board-buttons': () => [{ text: 'Press', icon: null, callback: async (t) => { ${body} } }] }`
const withSection = (section: string) => `{ 'card-back-section': (t) => (${section}) }`

test.each<[string, string, string]>([
  [
    'a dynamic badge that answers null is dead from then on',
    withBadge('return [{ dynamic: () => null }]'),
    'a dynamic badge is dead now: a badge is an object',
  ],
  [
    'a dynamic badge that fails is dead from then on',
    withBadge('return [{ dynamic: () => Promise.reject(new Error("no answer")) }]'),
    'a dynamic badge failed and is dead now: no answer',
  ],
  ['a colour that Trello does not have', withBadge('return [{ text: "x", color: "#fff" }]'), '#fff is no colour'],
  ['a handler that throws', withBadge('throw new Error("broken")'), 'card-badges: broken'],
  [
    'a field that Trello does not give',
    withBadge('await t.card("isTemplate"); return []'),
    'the field isTemplate of a card is not given to Power-Ups',
  ],
  [
    'one bad address, and the whole answer is thrown away',
    withBadge('return [{ text: "good" }, { text: "x", deep: { url: "javascript:alert(1)" } }]'),
    'the address javascript:alert(1) is not allowed, and the whole answer was thrown away',
  ],
  [
    'more stored than Trello keeps',
    withBadge('await t.set("card", "shared", "k", "x".repeat(4096)); return []'),
    'card data is longer than 4096 characters',
  ],
  [
    'shared data that looks like a secret',
    withBadge('await t.set("card", "shared", "token", "x"); return []'),
    'looks like a token or a secret',
  ],
])('tells of %s', async (_hazard, handlers, words) => {
  const { complained, page } = await open({ handlers })
  await complained(words)
  expect(await page.locator('.front .badge').count()).toBe(0)
  await page.locator('#problems', { hasText: words }).waitFor()
})

test.each<[string, string, string]>([
  [
    'an alert of more than 140 characters',
    withButton('await t.alert({ message: "x".repeat(141) })'),
    'an alert has 1 to 140 characters',
  ],
  ['what was pressed and failed', withButton('throw new Error("broken")'), 'what was pressed failed: broken'],
  [
    'an accent colour by name',
    withButton('await t.modal({ url: "./frame.html", accentColor: "red" })'),
    'an accent colour is # and six digits of hex',
  ],
])('tells of %s after a click', async (_hazard, handlers, words) => {
  const { complained, page } = await open({ handlers })
  await page.getByRole('button', { name: 'Press' }).click()
  await complained(words)
})

test('tells of a popup with the t of a click that was answered long ago', async () => {
  const { complained, page } = await open({
    handlers: withButton(`
      const old = window.kept
      window.kept = t
      if (old) await old.popup({ title: 'Sure?', type: 'confirm', message: 'Really', confirmText: 'Yes', onConfirm: () => 1 })`),
  })
  const press = page.getByRole('button', { name: 'Press' })
  await press.click()
  await press.click()
  await complained('a popup needs the element of a click that is still being answered')
  expect(await page.locator('#popup[open]').count()).toBe(0)
})

test('never calls a capability that is not ticked, and tells of both kinds of mismatch', async () => {
  const { complained, told, app } = await open({
    handlers: `{ 'card-badges': () => tell('asked').then(() => []), 'board-buttons': () => tell('called').then(() => []) }`,
    ticked: ['card-badges', 'card-buttons'],
  })
  await complained('the capability board-buttons is handled but not ticked')
  await complained('the capability card-buttons is ticked but not handled')
  await told('asked')
  expect(app.told).not.toContain('called')
})

test('tells of a late answer, and shows nothing for it', async () => {
  const { complained, told, page } = await open({
    handlers: withBadge('await tell("asked"); return new Promise(() => {})'),
    prepare: (page) => page.clock.install(),
  })
  await told('asked')
  await page.clock.fastForward(10_500)
  await complained('card-badges: no answer within 10 s')
})

test('tells of a connector that may not be framed', async () => {
  const { complained, page } = await open({
    handlers: withBadge('return []'),
    headers: { 'content-security-policy': "frame-ancestors 'none'" },
    prepare: (page) => page.clock.install(),
  })
  await page.locator('#iframe-io-host iframe').waitFor({ state: 'attached' })
  await page.clock.fastForward(31_000)
  await complained('the connector was not ready within 30 s')
})

test('tells of texts that cannot be loaded: the Power-Up never says that it is ready', async () => {
  const { complained, told, page } = await open({
    handlers: `{ 'card-badges': () => [] }, { targetOrigin: location.ancestorOrigins[0],
      loadLocalizer: () => tell('loading').then(() => Promise.reject(new Error('404'))) }, {}`,
    prepare: (page) => page.clock.install(),
  })
  await told('loading')
  await page.clock.fastForward(31_000)
  await complained('the connector was not ready within 30 s')
})

test('denies shared data to somebody who only reads, and a token to somebody signed out', async () => {
  const reader = await open({
    handlers: withBadge('await t.set("card", "shared", "k", 1); return []'),
    viewer: 'olu',
  })
  await reader.complained('shared data is for those who may edit')
  await reader.close()
  const nobody = await open({ handlers: withBadge('await t.jwt({}); return []'), viewer: 'nobody' })
  await nobody.complained('jwt: nobody is signed in')
})

test.each<[string, string, string]>([
  ['without an icon', `{ title: 'S', content: { type: 'iframe', url: t.signUrl('./frame.html') } }`, 'needs an icon'],
  ['in a list', `[{ title: 'S' }]`, 'a card-back section is one object'],
  [
    'with a title that is no string',
    `{ title: () => 'S', icon: './i.svg', content: { type: 'iframe', url: t.signUrl('./frame.html') } }`,
    'needs a title that is a string',
  ],
])('tells of a section %s', async (_hazard, section, words) => {
  const { complained, page } = await open({ handlers: withSection(section) })
  await page.locator('.front').click()
  await complained(words)
  expect(await page.locator('#card iframe').count()).toBe(0)
})
