import { describe, expect, test } from 'vitest'
import type { StateName } from '../http/views/states.ts'
import type { ViewerName } from '../http/views/world.ts'
import { problem } from './gallery.ts'
import { card, prepared, useStand, windowIn } from './stand.ts'

/** Whole flows without a mouse. */

const on = useStand()

describe('by keyboard alone', () => {
  async function open(
    name: 'ask' | 'help' | 'step',
    state: StateName,
    viewer: ViewerName,
    key?: string,
  ): Promise<void> {
    const view = windowIn(name, state, viewer, key)
    on.gallery.answers.set(`GET /api/windows/${name}`, { json: view })
    on.gallery.answers.set('POST /api/acts/prepare', prepared)
    on.gallery.answers.set('POST /api/acts', { json: { said: 'It is done.', section: null } })
    await on.page.goto(`${on.gallery.origin}/window.html?card=${card}&name=${name}&subject=x`)
    await on.page.locator('h1').waitFor()
  }
  /** Presses Tab until the control has the focus; the name is its label or what it reads. */
  async function tabTo(control: string): Promise<void> {
    for (let keys = 0; keys < 40; keys += 1) {
      await on.page.keyboard.press('Tab')
      const name = await on.page.evaluate(() => {
        const one = document.activeElement
        const label = one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement ? one.labels?.[0] : null
        return one?.getAttribute('aria-label') ?? label?.textContent ?? one?.textContent ?? ''
      })
      if (name.startsWith(control)) return
    }
    throw new Error(`${control} is not reached by the Tab key`)
  }
  const sent = () => on.gallery.asked.find(({ what }) => what === 'POST /api/acts/prepare')?.body

  test('somebody asks for access', async () => {
    await open('ask', 'not asked yet', 'priya')
    await tabTo('Why you need it')
    await on.page.keyboard.type('Joining Search')
    await tabTo('Ask for access')
    await on.page.keyboard.press('Enter')
    await on.page.locator('p', { hasText: 'It is done.' }).waitFor()
    expect(sent()).toMatchObject({ act: 'ask', input: { github: 'priya-s', reason: 'Joining Search' } })
    // The form is gone; the heading has the focus, so that reading goes on there.
    expect(await on.focused()).toBe('Ask for Production Deploy')
  })
  test('somebody asks for help', async () => {
    await open('help', 'stuck', 'priya')
    await tabTo('GitHub')
    await on.page.keyboard.press('ArrowDown')
    await tabTo('What you see')
    await on.page.keyboard.type('It shows nothing')
    await tabTo('Ask 2nd line')
    await on.page.keyboard.press('Enter')
    await on.page.locator('p', { hasText: 'It is done.' }).waitFor()
    expect(sent()).toMatchObject({ act: 'ask-help', input: { system: 'AWS', what: 'It shows nothing' } })
  })
  test('a technician does a step', async () => {
    await open('step', '2nd line to do Signon', 'alex', 'signon-production/production')
    await tabTo('Copy priya.shah@example.gov.uk')
    await tabTo('I have done this')
    await on.page.keyboard.press('Enter')
    await on.page.locator('p.note', { hasText: 'It is done.' }).waitFor()
    expect(sent()).toMatchObject({ act: 'done-step' })
  })

  test('from the first key to the approval by keyboard alone; the summary leads to each field', async () => {
    await on.openApprove()
    const left = { 'confirm-CD3': 'Confirm: releasing code', 'confirm-CD4': 'Confirm: rolling back' }
    on.gallery.answers.set(
      'POST /api/acts/prepare',
      problem(422, 'There are 2 things left to confirm.', { fields: left }),
    )
    expect(await on.focused()).toBe('Give Priya Shah Production Deploy access')
    const reach = async (found: () => Promise<boolean>) => {
      for (let keys = 0; keys < 40; keys += 1) {
        await on.page.keyboard.press('Tab')
        if (await found()) return
      }
      throw new Error('not reached by the Tab key')
    }
    const reads = (text: string) => () =>
      on.page.evaluate((wanted) => (document.activeElement?.textContent ?? '').includes(wanted), text)
    await reach(reads('Give Priya Production Deploy access'))
    await on.page.keyboard.press('Enter')
    await on.page.locator('.summary').waitFor()
    expect(await on.focused()).toContain('There are 2 things left to confirm.')
    await on.page.keyboard.press('Tab')
    await on.page.keyboard.press('Enter')
    expect(await on.page.evaluate(() => document.activeElement?.id)).toBe('field-confirm-CD3')
    await on.page.keyboard.press('Space')
    expect(await on.page.locator('#field-confirm-CD3').isChecked()).toBe(true)
    const error = on.page.locator('#field-confirm-CD4-error')
    expect(await error.innerText()).toContain('Error:')
    expect(await on.page.locator('#field-confirm-CD4').getAttribute('aria-describedby')).toContain(
      'field-confirm-CD4-error',
    )
    const ring = await on.page
      .locator('#field-confirm-CD3')
      .evaluate((one) => [getComputedStyle(one).outlineWidth, getComputedStyle(one).outlineStyle])
    expect(ring).toEqual(['2px', 'solid'])
  })
})
