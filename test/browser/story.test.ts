import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyLog } from '../../server/audit/verify.ts'
import { templateChecklists } from '../../server/trello/checklist-map.ts'
import { until } from '../http/as.ts'
import { listsRepository } from '../practice-world.ts'
import { accessible } from './accessible.ts'
import {
  dismiss,
  frameOf,
  hasBadge,
  openCard,
  openStage,
  openWindow,
  type Stage,
  seeIt,
  takeAndDo,
  unexpected,
} from './stage.ts'

/** The whole story in a real browser: from a copied template to verified access, told by the card itself. */

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage?.close())

const title = 'Production Deploy for Priya Shah'

test('a card copied from the template becomes verified access, step by step, in the browser', {
  timeout: 240_000,
}, async () => {
  const { world, browser, look, errors } = stage
  // The tech lead copies the template and names the engineer, who alone opens the request.
  const sam = await look('sam', 'dark')
  await sam.locator('.front', { hasText: 'GOV.UK Production Deploy' }).click()
  await sam.getByRole('button', { name: 'Copy card' }).click()
  await sam.getByLabel('Title of the copy').fill(title)
  await sam.getByRole('button', { name: 'Make the copy' }).click()
  await sam.locator('#card-title', { hasText: title }).waitFor()
  const samSection = await frameOf(sam, 'section.html')
  await samSection.getByRole('button', { name: 'Name the engineer' }).click()
  const attach = await frameOf(sam, 'window.html')
  await attach.getByRole('heading', { name: 'Who is this card for?' }).waitFor()
  expect(await accessible(attach)).toEqual([])
  // Offered first because of the title, and chosen by nobody but Sam.
  expect(await attach.getByLabel('The engineer').inputValue()).toBe('')
  await attach.getByLabel('The engineer').selectOption('Priya Shah (named in the title)')
  await attach.getByRole('button', { name: 'Name the engineer' }).click()
  await samSection.getByRole('heading', { name: 'Waiting for Priya Shah to ask' }).waitFor()
  await dismiss(sam)

  // The engineer opens the card and asks.
  const priya = await look('priya')
  const section = await openCard(priya, title)
  await section.getByRole('heading', { name: 'Is this for you?' }).waitFor()
  expect(await accessible(section)).toEqual([])
  const ask = await openWindow(priya, 'Ask for access')
  await ask.getByRole('button', { name: 'Ask for access' }).waitFor()
  expect(await accessible(ask)).toEqual([])
  await ask.getByLabel('Work email').fill('priya.shah@example.gov.uk')
  await ask.getByLabel('GitHub username').fill('no-such-person')
  await ask.getByLabel('AWS user name').fill('priya.shah@example.gov.uk')
  await ask.getByLabel('Why you need it').fill('Joining Search, deploying from 1 December')
  await ask.getByRole('button', { name: 'Ask for access' }).click()
  await ask.locator('.summary').getByText('GitHub has nobody called no-such-person').waitFor()
  await ask.getByLabel('GitHub username').fill('priya-s')
  await ask.getByRole('button', { name: 'Ask for access' }).click()
  await ask.locator('p', { hasText: 'You have asked for access' }).waitFor()
  await ask.getByRole('button', { name: 'Close' }).click()

  // Ticks show in the section by themselves, one by one; a tick by somebody else is not the engineer's.
  const claims = templateChecklists['deploy']?.[0]?.items ?? []
  expect(claims).toHaveLength(4)
  for (const [i, claim] of claims.entries()) {
    await priya.getByLabel(claim).check()
    await section.getByText(`${i + 1} of 4 ticked by you`).waitFor({ timeout: 5_000 })
  }
  await priya.getByLabel(claims[0] ?? '').uncheck()
  await section.getByText('3 of 4 ticked by you').waitFor({ timeout: 5_000 })
  await priya.getByLabel(claims[0] ?? '').check()

  // The badge and the section of somebody else changed by themselves; the tech lead approves.
  await hasBadge(sam, title, 'Sponsor: approve')
  await samSection.getByRole('heading', { name: /Priya Shah is ready for your decision/ }).waitFor()
  expect(await accessible(samSection)).toEqual([])
  await sam.getByRole('button', { name: 'Check and approve' }).click()
  const approve = await frameOf(sam, 'window.html')
  await approve.getByRole('heading', { name: 'Give Priya Shah Production Deploy access' }).waitFor()
  expect(await accessible(approve)).toEqual([])
  await approve.getByRole('button', { name: 'Give Priya Production Deploy access' }).click()
  await approve.locator('.summary').getByText('There are 4 things left to confirm.').waitFor()
  for (const label of ['code review', 'releasing code', 'roll back', 'get help'])
    await approve.getByRole('checkbox', { name: new RegExp(label) }).check()
  await approve.getByRole('button', { name: 'Give Priya Production Deploy access' }).click()
  await approve.locator('p', { hasText: 'The work goes on.' }).waitFor()
  await approve.getByRole('button', { name: 'Close' }).last().click()

  // GitHub invites; the engineer sees it without asking, accepts on GitHub's page, and does their own part.
  await section.getByText('Accept the GitHub invitation').first().waitFor({ timeout: 20_000 })
  const invitation = await section.getByRole('link', { name: /Accept the GitHub invitation/ }).getAttribute('href')
  const github = await browser.newPage()
  await github.goto(invitation ?? '')
  await github.getByRole('button', { name: 'Join as priya-s' }).click()
  await section.getByRole('button', { name: /I have done this: Sign in to Logit once/ }).click()

  // 2nd line is on another team's board: no comment can mention them, and their queue holds the steps all the same.
  await section.getByText('people are not on this board: tell them').click()
  await section.getByText('Alex Green is not on this board, so no comment could mention them').waitFor()
  const alex = await look('alex')
  const jo = await look('jo')
  for (const page of [alex, jo]) await page.getByRole('button', { name: 'Access queue' }).click()
  const queue = await frameOf(alex, 'queue.html')
  const second = await frameOf(jo, 'queue.html')
  for (const what of ['Signon', 'Logit']) {
    await takeAndDo(queue, what)
    await seeIt(second, what)
  }
  expect(await accessible(queue)).toEqual([])

  // The pull request is merged by a person, and applied by another. Nobody says so: it is read in AWS.
  await until(async () => world.github.pulls(listsRepository)[0], 'the pull request')
  const repository = await browser.newPage()
  await repository.goto(`${world.github.origin}/${listsRepository}/pull/1`)
  await repository.getByRole('button', { name: 'Merge' }).click()
  for (const environment of ['staging', 'production']) {
    await queue.locator('tr', { hasText: `AWS ${environment}:` }).waitFor({ timeout: 30_000 })
    const console = await browser.newPage()
    await console.goto(`${world.aws.origin}/${environment}`)
    await console.getByRole('button', { name: `Apply the lists in ${environment}` }).click()
    await console.getByText('priya.shah-user').waitFor()
  }

  // Every step ends verified or seen; the card is commented and ticked; the log tells it all and holds.
  await section.getByRole('heading', { name: /^Granted on/ }).waitFor({ timeout: 30_000 })
  await hasBadge(sam, title, 'Deploy granted')
  await until(
    async () => (await priya.getByLabel('GitHub: Production Deploy team').isChecked()) || null,
    'the earned tick',
  )
  await priya.getByText('you have Production Deploy now').waitFor()
  const steps = await world.product.db.kysely.selectFrom('step').select('state').execute()
  expect(steps).toHaveLength(8)
  expect(new Set(steps.map((step) => step.state))).toEqual(new Set(['verified', 'seen']))
  await section.getByText('What has happened').click()
  await section.getByText('Sam Okoro approved.').waitFor()
  expect(await verifyLog(world.product.db.kysely, [])).toMatchObject({ ok: true })
  expect(world.trello.problems).toEqual([])
  expect(unexpected(errors)).toEqual([])
})

test('a stranger sees a way forward and nothing about a person; signed out sees nothing', {
  timeout: 60_000,
}, async () => {
  const { world, look } = stage
  const uma = await look('uma')
  const section = await openCard(uma, title)
  await section.getByText('Tell us who you are to see more').waitFor()
  expect(await section.locator('body').innerText()).not.toContain('Priya')
  const nobody = await look('nobody')
  await nobody.locator('.front', { hasText: title }).click()
  await nobody.locator('#checklists h3').first().waitFor()
  expect(await nobody.locator('.badge').count()).toBe(0)
  expect(nobody.frames().some((frame) => frame.url().includes('section.html'))).toBe(false)
  expect(world.trello.problems).toEqual([])
})
