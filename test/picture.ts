import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { launchBrowser } from './browser/chromium.ts'
import { as, confirmations, copyTemplate, details, requestOn, until } from './http/as.ts'
import { memberId, type PracticeWorld, startPracticeWorld } from './practice-world.ts'

/** `npm run picture`: the pictures of README, taken from the practice board in a real browser. */

const folder = join(import.meta.dirname, 'picture')

interface Shot {
  name: string
  as: string
  card: string
  /** A sentence in the section that says it is whole. */
  says: string
  /** Pixels from the top of the card. */
  height: number
}

async function take(world: PracticeWorld, browser: Browser, shot: Shot): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 960, height: 1100 } })
  await page.goto(`${world.trello.pageOrigin}/b/PRACTICE?as=${shot.as}&theme=light`)
  await page.locator('.front', { hasText: shot.card }).click()
  const frame = await until(
    async () => page.frames().findLast((one) => one.url().includes('section.html')),
    'the section',
  )
  await frame.getByText(shot.says).first().waitFor()
  // The frame takes its height after its first drawing.
  await page.waitForTimeout(1_500)
  const box = await page.locator('dialog#card').boundingBox()
  if (!box) throw new Error('The card is not open.')
  const picture = await page.screenshot({
    animations: 'disabled',
    clip: { ...box, height: Math.min(box.height, shot.height) },
  })
  writeFileSync(join(folder, `${shot.name}.png`), picture)
  console.log(`${shot.name}.png: ${Math.round(picture.length / 1024)} KB`)
  await page.close()
}

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const world = await startPracticeWorld({ folder: null })
  const browser = await launchBrowser()
  try {
    const title = 'Production Deploy for Priya Shah'
    const card = await copyTemplate(world, 'deploy', title)
    await as(world, 'priya').act('ask', card, details)
    const known = world.trello.model.card(card)
    const [claims] = known?.checklists ?? []
    for (const item of claims?.checkItems ?? [])
      if (known) world.trello.model.tick(memberId('priya'), known, item.id, true)
    await until(
      async () =>
        (await as(world, 'sam').section(card)).detail.some((row) => /4 of 4/.test(`${row.title} ${row.detail}`)),
      'the ticks',
    )
    await take(world, browser, { name: 'ready', as: 'sam', card: title, says: 'ready for your decision', height: 645 })
    await as(world, 'sam').act('approve', await requestOn(world, card), confirmations)
    await take(world, browser, {
      name: 'granting',
      as: 'priya',
      card: title,
      says: 'Accept the GitHub invitation',
      height: 875,
    })
  } finally {
    await browser.close()
    await world.close()
  }
}

await main()
