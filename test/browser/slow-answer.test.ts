import { afterAll, beforeAll, expect, test } from 'vitest'
import { as, copyTemplate, details } from '../http/as.ts'
import { openStage, type Stage, unexpected } from './stage.ts'

/** Late: what Trello drops without a word, because our server took longer than it waits. */

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage?.close())

test('the header’s button comes by itself when the server answered too late for it', async () => {
  const title = 'Production Deploy for Priya Shah'
  const card = await copyTemplate(stage.world, 'deploy', title)
  await as(stage.world, 'priya').act('ask', card, details)
  const page = await stage.look('sam')
  const slow = { left: 2 }
  await page.route(`**/api/cards/${card}`, async (route) => {
    // The connector's call and the section's own: both longer than the section may be waited for.
    if (slow.left > 0) {
      slow.left -= 1
      await new Promise((done) => setTimeout(done, 3_500))
    }
    await route.continue()
  })
  await page.locator('.front', { hasText: title }).click()
  await page.getByRole('button', { name: 'Check and approve', exact: true }).waitFor({ timeout: 30_000 })
  expect(slow.left).toBe(0)
  expect(unexpected(stage.errors)).toEqual([])
})
