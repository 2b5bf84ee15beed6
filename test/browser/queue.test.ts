import { describe, expect, test } from 'vitest'
import { prepared, queueIn, useStand, windowIn } from './stand.ts'

/** The access queue as people work in it: it stays, remembers, keeps the focus, and copies truthfully. */

const on = useStand()

describe('the queue', () => {
  test('stays when the server is down, and says since when', async () => {
    on.gallery.answers.set('GET /api/queue', queueIn('2nd line to do Signon'))
    await on.page.goto(`${on.gallery.origin}/queue.html`)
    await on.page.locator('table').waitFor()
    on.gallery.answers.set('GET /api/queue', 'dropped')
    await on.page.getByRole('link', { name: /^Everything/ }).click()
    await on.page.getByText('We cannot reach our server. This is how it stood at').waitFor()
    expect(await on.page.locator('tbody tr').count()).toBe(1)
  })

  test('remembers the filters for this viewer', async () => {
    on.gallery.answers.set('GET /api/queue', queueIn('2nd line to do Signon'))
    await on.page.goto(`${on.gallery.origin}/queue.html`)
    await on.page.getByRole('link', { name: /^Stuck/ }).click()
    await on.page.getByLabel('Board').selectOption('all')
    expect(await on.page.evaluate(() => window.stage.kept['queueFilters'])).toEqual({
      board: 'all',
      tab: 'stuck',
      system: '',
      state: '',
    })
    await expect.poll(() => on.gallery.asked.at(-1)?.query).toBe('?board=all&tab=stuck&system=&state=')
  })

  test('is narrowed by person, system and state, without keeping a name, and draws where things wait', async () => {
    on.gallery.answers.set('GET /api/queue', queueIn('2nd line to do Signon'))
    on.gallery.answers.set('POST /api/queue', queueIn('2nd line to do Signon'))
    await on.page.goto(`${on.gallery.origin}/queue.html`)
    await on.page.getByLabel('System').selectOption('Signon')
    await on.page.getByLabel('Person').fill('priya')
    await on.page.getByLabel('Person').press('Tab')
    // The name goes in the body, because addresses stand in the logs of proxies.
    await expect
      .poll(() => on.gallery.asked.at(-1))
      .toMatchObject({ what: 'POST /api/queue', query: '?board=&tab=&system=Signon&state=', body: { person: 'priya' } })
    expect(await on.page.evaluate(() => JSON.stringify(window.stage.kept['queueFilters']))).not.toContain('priya')
    await on.page.getByRole('button', { name: 'Where things wait' }).click()
    await on.page.getByRole('row', { name: /^Signon 1 / }).waitFor()
    await on.page.getByRole('button', { name: 'Show all' }).click()
    await expect.poll(() => on.gallery.asked.at(-1)?.query).toBe('?board=&tab=&system=&state=')
  })

  test('a row that was done by somebody else stays under the focus and says so; closing gives the focus back', async () => {
    on.gallery.answers.set('GET /api/queue', queueIn('2nd line to do Signon'))
    await on.page.goto(`${on.gallery.origin}/queue.html`)
    const opener = on.page.locator('button[aria-expanded]', { hasText: 'Signon' })
    await opener.click()
    await on.page
      .getByRole('button', { name: /^I cannot do this/ })
      .first()
      .waitFor()
    await on.page.keyboard.press('Escape')
    await expect.poll(() => opener.getAttribute('aria-expanded')).toBe('false')
    await on.page.getByRole('button', { name: /^Take this step/ }).focus()
    on.gallery.answers.set('GET /api/queue', queueIn('granted'))
    await on.page.getByText('No longer waiting here: Signon').waitFor({ timeout: 15_000 })
    expect(await on.focused()).toContain('No longer waiting here')
  })

  test('a window opens in its row, and the queue is still there', async () => {
    on.gallery.answers.set('GET /api/queue', queueIn('2nd line to do Signon'))
    const key = 'signon-production/production'
    const view = windowIn('cannot-step', '2nd line to do Signon', 'alex', key)
    on.gallery.answers.set('GET /api/windows/cannot-step', { json: view })
    await on.page.goto(`${on.gallery.origin}/queue.html`)
    await on.page.locator('button[aria-expanded]', { hasText: 'Signon' }).click()
    await on.page.getByRole('button', { name: /^I cannot do this/ }).click()
    await on.page.getByRole('radio', { name: 'System down' }).check()
    on.gallery.answers.set('POST /api/acts/prepare', prepared)
    on.gallery.answers.set('POST /api/acts', { json: { said: 'The sponsor is told.', section: null } })
    await on.page.getByRole('button', { name: 'Send' }).click()
    await on.page.locator('.note', { hasText: 'The sponsor is told.' }).waitFor()
    expect(await on.page.locator('table').count()).toBe(1)
    expect(await on.page.evaluate(() => window.stage.opened)).toEqual([])
  })
})

test('copying says Copied only when it was; where the frame is refused the clipboard, the value is selected', async () => {
  on.gallery.answers.set('GET /api/queue', queueIn('2nd line to do Signon'))
  await on.page.goto(`${on.gallery.origin}/queue.html`)
  await on.page.locator('button[aria-expanded]', { hasText: 'Signon' }).click()
  await on.page.evaluate(() => {
    Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject(new Error('refused')) } })
    document.execCommand = () => false
  })
  const copy = on.page.getByRole('button', { name: /priya\.shah@example\.gov\.uk for Priya Shah/ })
  await copy.click()
  expect(await copy.innerText()).toBe('Selected: press Ctrl or ⌘ and C')
  expect(await on.page.evaluate(() => getSelection()?.toString())).toBe('priya.shah@example.gov.uk')
  await on.page.evaluate(() => {
    document.execCommand = () => true
  })
  await copy.click()
  expect(await copy.innerText()).toBe('Copied')
})
