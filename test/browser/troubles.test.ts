import { describe, expect, test } from 'vitest'
import { type Answer, problem } from './gallery.ts'
import { card, prepared, sectionIn, useStand, windowIn } from './stand.ts'

/** What people see when something is down, when they are signed out, and when what they look at changes under them. */

const on = useStand()

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
      await on.openSection('ready', 'sam')
      on.gallery.answers.set(`GET /api/cards/${card}`, answer)
      on.gallery.tell('2')
      await on.page.getByText(why).waitFor()
      expect(await on.page.locator('.old').innerText()).toMatch(
        /This is how it stood at \d+:\d\d[ap]m\. Nothing is lost\./,
      )
      expect(await on.page.locator('h1').innerText()).toBe('Your turn: Priya Shah is ready for your decision')
      on.gallery.answers.set(`GET /api/cards/${card}`, sectionIn('granted', 'sam'))
      await on.page.getByRole('button', { name: 'Check now' }).click()
      await on.page.getByRole('heading', { name: /^Granted on/ }).waitFor()
      expect(await on.page.locator('.old').count()).toBe(0)
    },
  )

  test('opened again while the server is down, it shows what this tab saw last', async () => {
    await on.openSection('ready', 'sam')
    on.gallery.answers.set(`GET /api/cards/${card}`, 'dropped')
    await on.page.reload()
    await on.page.getByText('We cannot reach our server. This is how it stood').waitFor()
    expect(await on.page.locator('h1').innerText()).toContain('Priya Shah is ready')
  })

  test('somebody else in the same tab is not shown what the first one saw', async () => {
    await on.openSection('ready', 'sam')
    on.gallery.answers.set(`GET /api/cards/${card}`, 'dropped')
    await on.page.goto(`${on.gallery.origin}/section.html?card=${card}&member=other`)
    await on.page.getByText('We do not know yet how this stands.').waitFor()
    expect(await on.page.locator('body').innerText()).not.toContain('Priya')
  })

  test('an update moves neither the focus nor an open fold', async () => {
    await on.openSection('engineer has two', 'priya')
    await on.page.getByText('What you will get').click()
    const button = on.page.getByRole('button', { name: /^I have done this/ })
    await button.focus()
    on.gallery.answers.set(`GET /api/cards/${card}`, sectionIn('engineer to accept', 'priya'))
    on.gallery.tell('2')
    await on.page.getByText('This is no longer waiting here.').first().waitFor()
    // The button is gone; its row is not, and has the focus.
    expect(await on.focused()).toContain('Sign in to Logit once')
    expect(await on.page.locator('details[open] summary').innerText()).toContain('What you will get')
    await on.page.getByText('What you will get').focus()
    await on.page.getByText('This is no longer waiting here.').waitFor({ state: 'detached' })
  })
})

describe('the approve window', () => {
  test('says that nothing has been approved and why, and keeps the ticks', async () => {
    await on.openApprove()
    await on.page.getByRole('checkbox').first().check()
    on.gallery.answers.set('POST /api/acts/prepare', 'dropped')
    await on.give().click()
    await on.page
      .getByText(
        'Nothing has been approved because we could not reach our server. Your answers are still here. Try again in a minute.',
      )
      .waitFor()
    expect(await on.focused()).toContain('Nothing has been approved')
    expect(await on.page.getByRole('checkbox').first().isChecked()).toBe(true)
  })

  test('does not claim that nothing was approved when the last answer was lost', async () => {
    await on.openApprove()
    on.gallery.answers.set('POST /api/acts/prepare', prepared)
    on.gallery.answers.set('POST /api/acts', 'dropped')
    await on.give().click()
    await on.page.getByText('We do not know yet whether this has been approved').waitFor()
  })

  test('keeps the ticks through closing and signing out; another plan starts them anew', async () => {
    await on.openApprove()
    await on.page.getByRole('checkbox').first().check()
    await on.page.evaluate(() => {
      window.stage.signedOut = true
    })
    await on.page.getByRole('checkbox').nth(1).check()
    await on.page.keyboard.press('Escape')
    expect(await on.page.evaluate(() => window.stage.closed)).toBe(1)
    await on.page.reload()
    await on.page.locator('h1').waitFor()
    const ticks = () => on.page.getByRole('checkbox').evaluateAll((all) => all.map((one) => one.matches(':checked')))
    expect(await ticks()).toEqual([true, true, false, false])
    on.gallery.answers.set('GET /api/windows/approve', {
      json: { ...windowIn('approve', 'ready', 'sam', null, 's'), basis: 'another plan' },
    })
    await on.page.reload()
    await on.page.locator('h1').waitFor()
    expect(await ticks()).toEqual([false, false, false, false])
  })

  test('a changed statement says what changed on top, keeps the ticks that still hold, and asks again', async () => {
    await on.openApprove()
    for (const box of await on.page.getByRole('checkbox').all()) await box.check()
    const detail = 'Nothing has been approved. Priya’s GitHub username changed while you were reading.'
    const changed = ['Priya’s GitHub username changed.']
    const window = { ...windowIn('approve', 'ready', 'sam', null, 's'), basis: 'another plan', seen: 's2' }
    on.gallery.answers.set('POST /api/acts/prepare', problem(409, detail, { changed, window }))
    await on.give().click()
    await on.page.locator('.changed').getByRole('heading', { name: detail }).waitFor()
    expect(await on.focused()).toContain('Priya’s GitHub username changed.')
    expect(await on.page.getByRole('checkbox', { checked: true }).count()).toBe(4)
    on.gallery.answers.set('POST /api/acts/prepare', prepared)
    on.gallery.answers.set('POST /api/acts', { json: { said: 'Approved. The work goes on.', section: null } })
    on.gallery.answers.set(`GET /api/cards/${card}`, sectionIn('granting', 'sam'))
    await on.give().click()
    await on.page.getByRole('heading', { name: /verified or seen/ }).waitFor()
    expect(on.gallery.asked.findLast(({ what }) => what === 'POST /api/acts/prepare')?.body).toMatchObject({
      seen: 's2',
    })
    expect(await on.focused()).toBe('Give Priya Shah Production Deploy access')
  })
})
