import type { Browser, Page } from 'playwright-core'
import type { LocalTrelloOptions } from './local-trello.ts'
import { type SmallPowerUp, type SmallPowerUpParts, startSmallPowerUp } from './small-power-up.ts'
import { powerUp, type SmallTrello, startSmallTrello } from './small-trello.ts'

/** A board page in a browser with a small Power-Up on it. */
export interface Stage extends SmallTrello {
  page: Page
  app: SmallPowerUp
  problems: string[]
  /** Waits until this stands among the problems: what Trello would have hidden. */
  complained(words: string): Promise<void>
  /** Waits until the Power-Up's pages have told this. */
  told(what: string): Promise<void>
  close(): Promise<void>
}

export interface StageParts extends Pick<SmallPowerUpParts, 'handlers' | 'frame' | 'headers'> {
  /** Ticked capabilities; those that are handled, unless a test says otherwise. */
  ticked?: string[]
  viewer?: string
  options?: Partial<LocalTrelloOptions>
  /** Before the page is opened. */
  prepare?(page: Page): Promise<void>
}

export async function openStage(browser: Browser, parts: StageParts): Promise<Stage> {
  const names = [...parts.handlers.matchAll(/'([a-z]+-[a-z-]+)':/g)].map(([, name]) => name ?? '')
  const capabilities = parts.ticked ?? names
  const world = await startSmallTrello({ powerUp: { ...powerUp, capabilities }, ...parts.options })
  const { libraryUrl, pageOrigin, problems } = world.trello
  const app = await startSmallPowerUp({ libraryUrl, pageOrigin, ...parts })
  world.trello.setConnectorUrl(app.connectorUrl)
  const page = await browser.newPage()
  await parts.prepare?.(page)
  await page.goto(`${pageOrigin}/b/BOARD001?as=${parts.viewer ?? 'ann'}`)
  return {
    ...world,
    page,
    app,
    problems,
    complained: (words) => soon(() => problems.some((one) => one.includes(words)), words, problems),
    told: (what) => soon(() => app.told.includes(what), what, app.told),
    async close() {
      await page.close()
      await world.trello.close()
      await app.close()
    },
  }
}

const LONGEST_MS = 15_000

async function soon(holds: () => boolean, what: string, seen: string[]): Promise<void> {
  const end = Date.now() + LONGEST_MS
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited for “${what}”, and saw only: ${JSON.stringify(seen)}`)
    await new Promise((done) => setTimeout(done, 50))
  }
}
