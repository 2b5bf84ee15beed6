import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import type { QueueView, SectionView, WindowView } from '../../server/http/api.ts'
import { queueView } from '../../server/http/views/queue.ts'
import { sectionView } from '../../server/http/views/section.ts'
import { type WindowName, windowView } from '../../server/http/views/windows.ts'
import { type StateName, states } from '../http/views/states.ts'
import { actorIn, now, type ViewerName } from '../http/views/world.ts'
import { launchBrowser } from './chromium.ts'
import { type Gallery, startGallery } from './gallery.ts'

/** Our pages in a browser before a stand-in server: a page for each test, which must end without an error in it. */
export interface Stand {
  readonly gallery: Gallery
  readonly page: Page
  /** What the focus is on reads. */
  focused(): Promise<string>
  openSection(state: StateName, viewer: ViewerName): Promise<void>
  openApprove(): Promise<void>
  /** The approve window's button. */
  give(): Locator
}

export const card = 'c'.repeat(24)
export const prepared = { json: { challenge: 'v1.approve.request-1.d.n', expiresAt: '' } }

/** Sets up before, and clears away after, the tests of a file. */
export function useStand(): Stand {
  let opened: { gallery: Gallery; browser: Browser } | null = null
  let page: Page | null = null
  const errors: string[] = []
  beforeAll(async () => {
    opened = { gallery: await startGallery(), browser: await launchBrowser() }
  })
  afterAll(async () => {
    await opened?.browser.close()
    await opened?.gallery.close()
  })
  beforeEach(async () => {
    const { gallery, browser } = there(opened)
    gallery.answers.clear()
    gallery.asked.length = 0
    errors.length = 0
    page = await browser.newPage({ viewport: { width: 760, height: 800 } })
    page.on('pageerror', (error) => errors.push(error.message))
  })
  afterEach(async () => {
    await page?.close()
    expect(errors).toEqual([])
  })
  const on: Stand = {
    get gallery() {
      return there(opened).gallery
    },
    get page() {
      return there(page)
    },
    focused: () => on.page.evaluate(() => document.activeElement?.textContent ?? ''),
    async openSection(state, viewer) {
      on.gallery.answers.set(`GET /api/cards/${card}`, sectionIn(state, viewer))
      await on.page.goto(`${on.gallery.origin}/section.html?card=${card}`)
      await on.page.locator('h1').waitFor()
    },
    async openApprove() {
      on.gallery.answers.set('GET /api/windows/approve', { json: windowIn('approve', 'ready', 'sam', null, 's') })
      await on.page.goto(`${on.gallery.origin}/window.html?card=${card}&name=approve&subject=request-1`)
      await on.page.locator('h1').waitFor()
    },
    give: () => on.page.getByRole('button', { name: 'Give Priya Production Deploy access' }),
  }
  return on
}

function there<T>(one: T | null): T {
  if (one === null) throw new Error('The browser is open while tests run, and only then.')
  return one
}

export function sectionIn(state: StateName, viewer: ViewerName): { json: SectionView } {
  const world = states[state]()
  const extra = { history: [], claims: [], old: null, unreached: [] }
  return { json: sectionView(world, actorIn(world, viewer), extra) }
}

/** @param key of the step that the window is about */
export function windowIn(
  name: WindowName,
  state: StateName,
  viewer: ViewerName,
  key: string | null = null,
  seen = '',
): WindowView {
  const world = states[state]()
  const step = world.steps.find((one) => one.key === key) ?? null
  const extra = { seen, draft: {}, unlinked: [], candidates: [], attempts: [], levels: [] }
  return windowView(name, world, actorIn(world, viewer), step, extra)
}

/** The queue of 2nd line with these cards in it. */
export function queueIn(...names: StateName[]): { json: QueueView } {
  const options = { boards: [], board: 'this', tab: 'second-line' as const, now, grantedThisWeek: 4 }
  const worlds = names.map((name) => states[name]())
  return { json: queueView(worlds, actorIn(states.ready(), 'alex'), options) }
}
