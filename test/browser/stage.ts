import type { Browser, Frame, Locator, Page } from 'playwright-core'
import { until } from '../http/as.ts'
import { type PracticeWorld, startPracticeWorld } from '../practice-world.ts'
import { launchBrowser } from './chromium.ts'

/** A practice world with a browser beside it, and people who look at its board. */
export interface Stage {
  world: PracticeWorld
  browser: Browser
  /** What a console or a page complained of, whoever was looking. */
  errors: string[]
  look(username: string, theme?: 'light' | 'dark'): Promise<Page>
  close(): Promise<void>
}

/** Starts everything on loopback, with nothing kept. */
export async function openStage(): Promise<Stage> {
  const world = await startPracticeWorld({ folder: null })
  const browser = await launchBrowser()
  const errors: string[] = []
  return {
    world,
    browser,
    errors,
    async look(username, theme = 'light') {
      const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } })
      page.on('pageerror', (error) => errors.push(error.message))
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text())
      })
      await page.goto(`${world.trello.pageOrigin}/b/${world.homeOf(username).shortLink}?as=${username}&theme=${theme}`)
      return page
    },
    async close() {
      await browser.close()
      await world.close()
    },
  }
}

/** Errors that are no answer of ours: a refusal is 404, 409 or 422, and the console names it. */
export function unexpected(errors: string[]): string[] {
  return errors.filter((text) => !/\b(?:403|404|409|422)\b/.test(text))
}

/** Opens a card and answers our section in it. */
export async function openCard(page: Page, title: string): Promise<Frame> {
  return openCardWith((what) => what.click(), page, title)
}

/** @param click how it is clicked */
export async function openCardWith(click: (what: Locator) => Promise<void>, page: Page, title: string): Promise<Frame> {
  await click(page.locator('.front', { hasText: title }))
  return frameOf(page, 'section.html')
}

/** The newest frame of ours by its page, once it has drawn its heading. */
export async function frameOf(page: Page, name: string): Promise<Frame> {
  return until(async () => {
    const frame = page.frames().findLast((one) => one.url().includes(name))
    const drawn = frame
      ? await frame
          .locator('h1')
          .count()
          .catch(() => 0)
      : 0
    return frame && drawn > 0 ? frame : null
  }, `the frame ${name}`)
}

/** Presses a button of the section's header and answers the window that it opens. */
export async function openWindow(page: Page, button: string): Promise<Frame> {
  await page.getByRole('button', { name: button, exact: true }).click()
  return frameOf(page, 'window.html')
}

/** Presses something that carries out an act, and waits for its answer: a window closed before it takes the act with it. */
export async function carriedOut(page: Page, press: () => Promise<void>): Promise<void> {
  const answer = page.waitForResponse((one) => one.url().endsWith('/api/acts') && one.ok())
  await press()
  await answer
}

/** Closes the window that is open, where it has not closed by itself. */
export async function dismiss(page: Page): Promise<void> {
  const close = page.getByRole('button', { name: 'Close window' })
  if (await close.isVisible()) await close.click()
}

export async function hasBadge(page: Page, title: string, text: string): Promise<void> {
  const front = page.locator('.front', { hasText: title })
  await front.locator('.badge', { hasText: text }).first().waitFor({ timeout: 25_000 })
}

/** Takes a row of the queue, which opens its panel, and says that it is done. */
export async function takeAndDo(queue: Frame, what: string): Promise<void> {
  const row = queue.locator('tr', { hasText: `${what}:` })
  await row.getByRole('button', { name: /^Take this step/ }).click({ timeout: 30_000 })
  await row.getByText('You have it').waitFor({ timeout: 15_000 })
  await queue.getByRole('button', { name: new RegExp(`^I have done this: ${what}`) }).click()
  await row.getByText('not checked').waitFor({ timeout: 15_000 })
}

/** The second person: opens the row and says that they have seen it. */
export async function seeIt(queue: Frame, what: string): Promise<void> {
  const row = queue.locator('tr', { hasText: `${what}:` })
  await row.locator('button[aria-expanded]').click({ timeout: 30_000 })
  await queue.getByRole('button', { name: new RegExp(`^I have seen it in the system: ${what}`) }).click()
  // The row that one stands on is not taken away; it says that it is done with.
  await row.getByText('No longer waiting here').waitFor({ timeout: 20_000 })
}
