import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyTemplate, details } from '../http/as.ts'
import { personSeconds } from './hands.ts'
import { engineerAsks, sponsorApproves, technicianSteps } from './journeys.ts'
import { openCard, openStage, openWindow, type Stage, unexpected } from './stage.ts'

/** The journeys' budgets that can be counted: clicks, keys, and what is typed. Seconds are for `npm run bench`. */

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage?.close())

test('a sponsor approves Deploy with at most 7 clicks and no key', async () => {
  const tally = await sponsorApproves(stage)
  expect(tally.clicks).toBeLessThanOrEqual(7)
  expect(tally.keys).toBe(0)
  expect(personSeconds(tally)).toBeGreaterThan(0)
})

test('an engineer types each value once, and never again on the next card', async () => {
  const tally = await engineerAsks(stage)
  // The register knows the work email, so that it is not asked.
  expect(Object.values(tally.typed)).toEqual([details.github, details.aws, details.reason])
  expect(tally.clicks).toBeLessThanOrEqual(7)
  const title = 'Production Admin for Priya Shah'
  await copyTemplate(stage.world, 'admin', title)
  const page = await stage.look('priya')
  await openCard(page, title)
  const ask = await openWindow(page, 'Ask for access')
  for (const [label, value] of Object.entries({ ...tally.typed, 'Work email': details.email, 'Why you need it': '' }))
    expect(await ask.getByLabel(label).inputValue()).toBe(value)
  await page.close()
})

test('a technician completes a step from the queue of their own team’s board, cold, with nothing to type', async () => {
  const tally = await technicianSteps(stage)
  expect(tally.keys).toBe(0)
  // The queue, the step, its values to copy, and done: copying is offered wherever somebody would type.
  expect(tally.clicks).toBeLessThanOrEqual(7)
  // The frame is refused the clipboard, as in Trello, and copies the old way.
  expect(unexpected(stage.errors).filter((text) => !text.includes('Clipboard API'))).toEqual([])
  expect(stage.world.trello.problems).toEqual([])
})
