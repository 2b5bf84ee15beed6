import { as, confirmations, copyTemplate, details, requestOn, until } from '../http/as.ts'
import { countingHands, type Tally } from './hands.ts'
import { frameOf, openCardWith, type Stage } from './stage.ts'

/** The three journeys with a budget, each walked by somebody who counts. What goes before them is made over HTTP. */

/** A sponsor approves Deploy: from the board to "the work goes on". */
export async function sponsorApproves({ world, look }: Stage): Promise<Tally> {
  const title = 'Production Deploy for Lee Hart'
  const card = await copyTemplate(world, 'deploy', title)
  const own = { email: 'lee.hart@example.gov.uk', aws: 'lee.hart@example.gov.uk', github: 'lee-h' }
  await as(world, 'lee').act('ask', card, { ...details, ...own })
  const page = await look('dan')
  const hands = countingHands()
  const section = await openCardWith(hands.click, page, title)
  await section.getByText('ready for your decision').waitFor()
  // Whose turn it is and why; the window says the rest, to those too who come to it from the queue.
  await hands.read(section.locator('header'))
  await hands.click(page.getByRole('button', { name: 'Check and approve', exact: true }))
  const approve = await frameOf(page, 'window.html')
  await approve.getByRole('checkbox').first().waitFor()
  await hands.read(approve.locator('main'))
  for (const box of await approve.getByRole('checkbox').all()) await hands.tick(box)
  await hands.click(approve.getByRole('button', { name: 'Give Lee Production Deploy access' }))
  await approve.locator('p', { hasText: 'The work goes on.' }).waitFor()
  await page.close()
  return hands.tally
}

/** An engineer asks for Deploy: from the board to "you have asked", with every name in other systems still unknown. */
export async function engineerAsks({ world, look }: Stage): Promise<Tally> {
  const title = 'Production Deploy for Priya Shah'
  await copyTemplate(world, 'deploy', title)
  const page = await look('priya')
  const hands = countingHands()
  const section = await openCardWith(hands.click, page, title)
  await section.getByRole('heading', { name: 'Is this for you?' }).waitFor()
  await hands.read(section.locator('main'))
  await hands.click(page.getByRole('button', { name: 'Ask for access', exact: true }))
  const ask = await frameOf(page, 'window.html')
  await hands.read(ask.locator('main'))
  const values = [
    ['Work email', details.email],
    ['GitHub username', details.github],
    ['AWS user name', details.aws],
    ['Why you need it', details.reason],
  ] as const
  // What is known stands there already.
  for (const [label, value] of values)
    if ((await ask.getByLabel(label).inputValue()) === '') await hands.type(ask, label, value)
  await hands.click(ask.getByRole('button', { name: 'Ask for access' }))
  await ask.locator('p', { hasText: 'You have asked for access' }).waitFor()
  await page.close()
  return hands.tally
}

/** A technician who has never seen it completes a step: from their own board, through the queue, to "done, not checked". */
export async function technicianSteps({ world, look }: Stage): Promise<Tally> {
  const card = await copyTemplate(world, 'deploy', 'Production Deploy for Tom Vance')
  await as(world, 'tom').act('ask', card, { reason: 'Joining Search', signonApps: 'Release' })
  const request = await requestOn(world, card)
  await as(world, 'sam').act('approve', request, confirmations)
  const waits = async () =>
    world.product.db.kysely
      .selectFrom('step')
      .select('id')
      .where('request_id', '=', request)
      .where('key', '=', 'signon-production/production')
      .where('turn', '=', 'second-line')
      .executeTakeFirst()
  await until(waits, 'Signon to be 2nd line’s turn')
  const page = await look('alex')
  const hands = countingHands()
  await hands.click(page.getByRole('button', { name: 'Access queue' }))
  const queue = await frameOf(page, 'queue.html')
  const row = queue.locator('tr', { hasText: 'Tom Vance' }).filter({ hasText: 'Signon:' })
  await row.waitFor()
  await hands.read(queue.locator('main'))
  await hands.click(row.getByRole('button', { name: /^Take this step/ }))
  await row.getByText('You have it').waitFor()
  // Whoever takes a step does it next: its panel opens by itself.
  const panel = queue.locator('.panel')
  await hands.read(panel)
  for (const copy of await panel.getByRole('button', { name: /^Copy / }).all()) await hands.click(copy)
  await hands.click(panel.getByRole('button', { name: /^I have done this: Signon/ }))
  await row.getByText('not checked').waitFor()
  await page.close()
  return hands.tally
}
