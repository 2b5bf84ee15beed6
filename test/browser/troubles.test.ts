import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { queueView } from '../../server/http/views/queue.ts'
import { sectionView } from '../../server/http/views/section.ts'
import { windowView } from '../../server/http/views/windows.ts'
import { type StateName, states } from '../http/views/states.ts'
import { actorIn, now } from '../http/views/world.ts'
import { launchBrowser } from './chromium.ts'
import { type Answer, type Gallery, problem, startGallery } from './gallery.ts'

/** What people see when something is down, when they are signed out, and when what they look at changes under them. */

const card = 'c'.repeat(24)
let gallery: Gallery
let browser: Browser
let page: Page
const errors: string[] = []
beforeAll(async () => {
  gallery = await startGallery()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await gallery?.close()
})
beforeEach(async () => {
  gallery.answers.clear()
  gallery.asked.length = 0
  errors.length = 0
  page = await browser.newPage({ viewport: { width: 760, height: 800 } })
  page.on('pageerror', (error) => errors.push(error.message))
})
afterEach(async () => {
  await page.close()
  expect(errors).toEqual([])
})

const section = (state: StateName, viewer: string) => {
  const world = states[state]()
  const extra = { history: [], claims: [], old: null, unreached: [] }
  return { json: sectionView(world, actorIn(world, viewer), extra) }
}
const approve = (name: StateName = 'ready') => {
  const world = states[name]()
  const extra = { seen: 's', draft: {}, unlinked: [], candidates: [], attempts: [], levels: [] }
  return windowView('approve', world, actorIn(world, 'sam'), null, extra)
}
const prepared = { json: { challenge: 'v1.approve.request-1.d.n', expiresAt: '' } }
const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '')

async function openSection(state: StateName, viewer: string): Promise<void> {
  gallery.answers.set(`GET /api/cards/${card}`, section(state, viewer))
  await page.goto(`${gallery.origin}/section.html?card=${card}`)
  await page.locator('h1').waitFor()
}

async function openApprove(): Promise<void> {
  gallery.answers.set('GET /api/windows/approve', { json: approve() })
  await page.goto(`${gallery.origin}/window.html?card=${card}&name=approve&subject=request-1`)
  await page.locator('h1').waitFor()
}
const give = () => page.getByRole('button', { name: 'Give Priya Production Deploy access' })

const database = problem(500, 'Nothing is lost. Try again in a minute.')
const troubles: [string, Answer, string][] = [
  ['the server is down', 'dropped', 'We cannot reach our server.'],
  ['a proxy answers in its place', { text: '<h1>502</h1>', status: 502 }, 'Our server does not answer as it should.'],
  ['the database is down', database, 'Something does not work on our side.'],
  ['the token is refused', problem(401, 'Reload the board.'), 'Trello does not say who you are.'],
]

describe('the section', () => {
  test.each(troubles)(
    '%s: the last known state stays, with its time, and heals by itself',
    async (_name, answer, why) => {
      await openSection('ready', 'sam')
      gallery.answers.set(`GET /api/cards/${card}`, answer)
      gallery.tell('2')
      await page.getByText(why).waitFor()
      expect(await page.locator('.old').innerText()).toMatch(
        /This is how it stood at \d+:\d\d[ap]m\. Nothing is lost\./,
      )
      expect(await page.locator('h1').innerText()).toBe('Your turn: Priya Shah is ready for your decision')
      gallery.answers.set(`GET /api/cards/${card}`, section('granted', 'sam'))
      await page.getByRole('button', { name: 'Check now' }).click()
      await page.getByRole('heading', { name: /^Granted on/ }).waitFor()
      expect(await page.locator('.old').count()).toBe(0)
    },
  )

  test('opened again while the server is down, it shows what this tab saw last', async () => {
    await openSection('ready', 'sam')
    gallery.answers.set(`GET /api/cards/${card}`, 'dropped')
    await page.reload()
    await page.getByText('We cannot reach our server. This is how it stood').waitFor()
    expect(await page.locator('h1').innerText()).toContain('Priya Shah is ready')
  })

  test('somebody else in the same tab is not shown what the first one saw', async () => {
    await openSection('ready', 'sam')
    gallery.answers.set(`GET /api/cards/${card}`, 'dropped')
    await page.goto(`${gallery.origin}/section.html?card=${card}&member=other`)
    await page.getByText('We do not know yet how this stands.').waitFor()
    expect(await page.locator('body').innerText()).not.toContain('Priya')
  })

  test('an update moves neither the focus nor an open fold', async () => {
    await openSection('engineer has two', 'priya')
    await page.getByText('What you will get').click()
    const button = page.getByRole('button', { name: /^I have done this/ })
    await button.focus()
    gallery.answers.set(`GET /api/cards/${card}`, section('engineer to accept', 'priya'))
    gallery.tell('2')
    await page.getByText('This is no longer waiting here.').first().waitFor()
    // The button is gone; its row is not, and has the focus.
    expect(await focused()).toContain('Sign in to Logit once')
    expect(await page.locator('details[open] summary').innerText()).toContain('What you will get')
    await page.getByText('What you will get').focus()
    await page.getByText('This is no longer waiting here.').waitFor({ state: 'detached' })
  })
})

describe('the approve window', () => {
  test('says that nothing has been approved and why, and keeps the ticks', async () => {
    await openApprove()
    await page.getByRole('checkbox').first().check()
    gallery.answers.set('POST /api/acts/prepare', 'dropped')
    await give().click()
    await page
      .getByText(
        'Nothing has been approved because we could not reach our server. Your answers are still here. Try again in a minute.',
      )
      .waitFor()
    expect(await focused()).toContain('Nothing has been approved')
    expect(await page.getByRole('checkbox').first().isChecked()).toBe(true)
  })

  test('does not claim that nothing was approved when the last answer was lost', async () => {
    await openApprove()
    gallery.answers.set('POST /api/acts/prepare', prepared)
    gallery.answers.set('POST /api/acts', 'dropped')
    await give().click()
    await page.getByText('We do not know yet whether this has been approved').waitFor()
  })

  test('keeps the ticks through closing and signing out; another plan starts them anew', async () => {
    await openApprove()
    await page.getByRole('checkbox').first().check()
    await page.evaluate(() => {
      window.stage.signedOut = true
    })
    await page.getByRole('checkbox').nth(1).check()
    await page.keyboard.press('Escape')
    expect(await page.evaluate(() => window.stage.closed)).toBe(1)
    await page.reload()
    await page.locator('h1').waitFor()
    const ticks = () => page.getByRole('checkbox').evaluateAll((all) => all.map((one) => one.matches(':checked')))
    expect(await ticks()).toEqual([true, true, false, false])
    gallery.answers.set('GET /api/windows/approve', { json: { ...approve(), basis: 'another plan' } })
    await page.reload()
    await page.locator('h1').waitFor()
    expect(await ticks()).toEqual([false, false, false, false])
  })

  test('a changed statement says what changed on top, keeps the ticks that still hold, and asks again', async () => {
    await openApprove()
    for (const box of await page.getByRole('checkbox').all()) await box.check()
    const detail = 'Nothing has been approved. Priya’s GitHub username changed while you were reading.'
    const changed = ['Priya’s GitHub username changed.']
    const window = { ...approve(), basis: 'another plan', seen: 's2' }
    gallery.answers.set('POST /api/acts/prepare', problem(409, detail, { changed, window }))
    await give().click()
    await page.locator('.changed').getByRole('heading', { name: detail }).waitFor()
    expect(await focused()).toContain('Priya’s GitHub username changed.')
    expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(4)
    gallery.answers.set('POST /api/acts/prepare', prepared)
    gallery.answers.set('POST /api/acts', { json: { said: 'Approved. The work goes on.', section: null } })
    gallery.answers.set(`GET /api/cards/${card}`, section('granting', 'sam'))
    await give().click()
    await page.getByRole('heading', { name: /verified or seen/ }).waitFor()
    expect(gallery.asked.findLast(({ what }) => what === 'POST /api/acts/prepare')?.body).toMatchObject({ seen: 's2' })
    expect(await focused()).toBe('Give Priya Shah Production Deploy access')
  })

  test('from the first key to the approval by keyboard alone; the summary leads to each field', async () => {
    await openApprove()
    const left = { 'confirm-CD3': 'Confirm: releasing code', 'confirm-CD4': 'Confirm: rolling back' }
    gallery.answers.set('POST /api/acts/prepare', problem(422, 'There are 2 things left to confirm.', { fields: left }))
    expect(await focused()).toBe('Give Priya Shah Production Deploy access')
    const reach = async (found: () => Promise<boolean>) => {
      for (let keys = 0; keys < 40; keys += 1) {
        await page.keyboard.press('Tab')
        if (await found()) return
      }
      throw new Error('not reached by the Tab key')
    }
    const on = (text: string) => () =>
      page.evaluate((wanted) => (document.activeElement?.textContent ?? '').includes(wanted), text)
    await reach(on('Give Priya Production Deploy access'))
    await page.keyboard.press('Enter')
    await page.locator('.summary').waitFor()
    expect(await focused()).toContain('There are 2 things left to confirm.')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('field-confirm-CD3')
    await page.keyboard.press('Space')
    expect(await page.locator('#field-confirm-CD3').isChecked()).toBe(true)
    const error = page.locator('#field-confirm-CD4-error')
    expect(await error.innerText()).toContain('Error:')
    expect(await page.locator('#field-confirm-CD4').getAttribute('aria-describedby')).toContain(
      'field-confirm-CD4-error',
    )
    const ring = await page
      .locator('#field-confirm-CD3')
      .evaluate((one) => [getComputedStyle(one).outlineWidth, getComputedStyle(one).outlineStyle])
    expect(ring).toEqual(['2px', 'solid'])
  })
})

describe('by keyboard alone', () => {
  async function open(name: 'ask' | 'help' | 'step', state: StateName, viewer: string, key?: string): Promise<void> {
    const world = states[state]()
    const step = world.steps.find((one) => one.key === key) ?? null
    const extra = { seen: '', draft: {}, unlinked: [], candidates: [], attempts: [], levels: [] }
    const view = windowView(name, world, actorIn(world, viewer), step, extra)
    gallery.answers.set(`GET /api/windows/${name}`, { json: view })
    gallery.answers.set('POST /api/acts/prepare', prepared)
    gallery.answers.set('POST /api/acts', { json: { said: 'It is done.', section: null } })
    await page.goto(`${gallery.origin}/window.html?card=${card}&name=${name}&subject=x`)
    await page.locator('h1').waitFor()
  }
  /** Presses Tab until the control has the focus; the name is its label or what it reads. */
  async function tabTo(control: string): Promise<void> {
    for (let keys = 0; keys < 40; keys += 1) {
      await page.keyboard.press('Tab')
      const name = await page.evaluate(() => {
        const one = document.activeElement
        const label = one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement ? one.labels?.[0] : null
        return one?.getAttribute('aria-label') ?? label?.textContent ?? one?.textContent ?? ''
      })
      if (name.startsWith(control)) return
    }
    throw new Error(`${control} is not reached by the Tab key`)
  }
  const sent = () => gallery.asked.find(({ what }) => what === 'POST /api/acts/prepare')?.body

  test('somebody asks for access', async () => {
    await open('ask', 'not asked yet', 'priya')
    await tabTo('Why you need it')
    await page.keyboard.type('Joining Search')
    await tabTo('Ask for access')
    await page.keyboard.press('Enter')
    await page.locator('p', { hasText: 'It is done.' }).waitFor()
    expect(sent()).toMatchObject({ act: 'ask', input: { github: 'priya-s', reason: 'Joining Search' } })
    // The form is gone; the heading has the focus, so that reading goes on there.
    expect(await focused()).toBe('Ask for Production Deploy')
  })
  test('somebody asks for help', async () => {
    await open('help', 'stuck', 'priya')
    await tabTo('GitHub')
    await page.keyboard.press('ArrowDown')
    await tabTo('What you see')
    await page.keyboard.type('It shows nothing')
    await tabTo('Ask 2nd line')
    await page.keyboard.press('Enter')
    await page.locator('p', { hasText: 'It is done.' }).waitFor()
    expect(sent()).toMatchObject({ act: 'ask-help', input: { system: 'AWS', what: 'It shows nothing' } })
  })
  test('a technician does a step', async () => {
    await open('step', '2nd line to do Signon', 'alex', 'signon-production/production')
    await tabTo('Copy priya.shah@example.gov.uk')
    await tabTo('I have done this')
    await page.keyboard.press('Enter')
    await page.locator('p.note', { hasText: 'It is done.' }).waitFor()
    expect(sent()).toMatchObject({ act: 'done-step' })
  })
})

describe('the queue', () => {
  const queue = (names: StateName[], tab: 'second-line' | 'everything' = 'second-line') => {
    const worlds = names.map((name) => states[name]())
    const [first] = worlds
    if (!first) throw new Error('no worlds')
    const options = { boards: [], board: 'all', tab, now, grantedThisWeek: 4 }
    return { json: queueView(worlds, actorIn(first, 'alex'), options) }
  }
  test('stays when the server is down, and says since when', async () => {
    gallery.answers.set('GET /api/queue', queue(['2nd line to do Signon']))
    await page.goto(`${gallery.origin}/queue.html`)
    await page.locator('table').waitFor()
    gallery.answers.set('GET /api/queue', 'dropped')
    await page.getByRole('link', { name: /^Everything/ }).click()
    await page.getByText('We cannot reach our server. This is how it stood at').waitFor()
    expect(await page.locator('tbody tr').count()).toBe(1)
  })

  test('remembers the filters for this viewer', async () => {
    gallery.answers.set('GET /api/queue', queue(['2nd line to do Signon']))
    await page.goto(`${gallery.origin}/queue.html`)
    await page.getByRole('link', { name: /^Stuck/ }).click()
    await page.getByLabel('Board').selectOption('all')
    expect(await page.evaluate(() => window.stage.kept['queueFilters'])).toEqual({ board: 'all', tab: 'stuck' })
    await expect.poll(() => gallery.asked.at(-1)?.query).toBe('?board=all&tab=stuck')
  })

  test('a row that was done by somebody else stays under the focus and says so; closing gives the focus back', async () => {
    gallery.answers.set('GET /api/queue', queue(['2nd line to do Signon']))
    await page.goto(`${gallery.origin}/queue.html`)
    const opener = page.locator('button[aria-expanded]', { hasText: 'Signon' })
    await opener.click()
    await page
      .getByRole('button', { name: /^I cannot do this/ })
      .first()
      .waitFor()
    await page.keyboard.press('Escape')
    expect(await opener.getAttribute('aria-expanded')).toBe('false')
    await page.getByRole('button', { name: /^Take this step/ }).focus()
    gallery.answers.set('GET /api/queue', queue(['granted']))
    await page.getByText('No longer waiting here: Signon').waitFor({ timeout: 15_000 })
    expect(await focused()).toContain('No longer waiting here')
  })

  test('a window opens in its row, and the queue is still there', async () => {
    gallery.answers.set('GET /api/queue', queue(['2nd line to do Signon']))
    const world = states['2nd line to do Signon']()
    const step = world.steps.find((one) => one.key === 'signon-production/production') ?? null
    const extra = { seen: '', draft: {}, unlinked: [], candidates: [], attempts: [], levels: [] }
    gallery.answers.set('GET /api/windows/cannot-step', {
      json: windowView('cannot-step', world, actorIn(world, 'alex'), step, extra),
    })
    await page.goto(`${gallery.origin}/queue.html`)
    await page.locator('button[aria-expanded]', { hasText: 'Signon' }).click()
    await page.getByRole('button', { name: /^I cannot do this/ }).click()
    await page.getByRole('radio', { name: 'System down' }).check()
    gallery.answers.set('POST /api/acts/prepare', prepared)
    gallery.answers.set('POST /api/acts', { json: { said: 'The sponsor is told.', section: null } })
    await page.getByRole('button', { name: 'Send' }).click()
    await page.locator('.note', { hasText: 'The sponsor is told.' }).waitFor()
    expect(await page.locator('table').count()).toBe(1)
    expect(await page.evaluate(() => window.stage.opened)).toEqual([])
  })
})

test('copying says Copied only when it was; where the frame is refused the clipboard, the value is selected', async () => {
  gallery.answers.set('GET /api/queue', {
    json: queueView([states['2nd line to do Signon']()], actorIn(states.ready(), 'alex'), {
      boards: [],
      board: 'all',
      tab: 'second-line',
      now,
      grantedThisWeek: 0,
    }),
  })
  await page.goto(`${gallery.origin}/queue.html`)
  await page.locator('button[aria-expanded]', { hasText: 'Signon' }).click()
  await page.evaluate(() => {
    Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject(new Error('refused')) } })
    document.execCommand = () => false
  })
  const copy = page.getByRole('button', { name: /priya\.shah@example\.gov\.uk for Priya Shah/ })
  await copy.click()
  expect(await copy.innerText()).toBe('Selected: press Ctrl or ⌘ and C')
  expect(await page.evaluate(() => getSelection()?.toString())).toBe('priya.shah@example.gov.uk')
  await page.evaluate(() => {
    document.execCommand = () => true
  })
  await copy.click()
  expect(await copy.innerText()).toBe('Copied')
})
