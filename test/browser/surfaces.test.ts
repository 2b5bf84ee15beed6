import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { goesWhole } from '../../server/grants/revoke.ts'
import type { LedgerLine } from '../../server/grants/who-holds-what.ts'
import { peopleView, personView } from '../../server/http/views/people.ts'
import { queueView } from '../../server/http/views/queue.ts'
import { sectionView } from '../../server/http/views/section.ts'
import { settingsView } from '../../server/http/views/settings.ts'
import { type WindowName, windowNames, windowView } from '../../server/http/views/windows.ts'
import type { Relation } from '../../server/requests/relations.ts'
import { permissionsOf } from '../../server/rules/permissions.ts'
import { type StateName, stateNames, states } from '../http/views/states.ts'
import { actorIn, daysAgo, now, tick, type ViewerName } from '../http/views/world.ts'
import { accessible, ownMusts } from './accessible.ts'
import { launchBrowser } from './chromium.ts'
import { type Gallery, problem, startGallery } from './gallery.ts'

/** Every surface in every state, in both themes, at card width and at 400% zoom: axe, and our own musts. */

const card = 'c'.repeat(24)
/** A card's back is about this wide in Trello. */
const CARD = { width: 600, height: 700 }
/** 1280 pixels at 400% zoom. */
const ZOOMED = { width: 320, height: 640 }

let gallery: Gallery
let browser: Browser
let page: Page
const errors: string[] = []
beforeAll(async () => {
  gallery = await startGallery()
  browser = await launchBrowser()
  page = await browser.newPage({ viewport: CARD, reducedMotion: 'reduce' })
  page.on('pageerror', (error) => errors.push(error.message))
})
afterAll(async () => {
  await browser?.close()
  await gallery?.close()
})

function sectionOf(state: StateName, viewer: ViewerName) {
  const world = states[state]()
  world.ticks.push(tick('a'), tick('b', { complete: false }), tick('c', { member_id: 'member-sam' }))
  return sectionView(world, actorIn(world, viewer), {
    history: [{ at: daysAgo(1), text: 'Priya Shah asked for access.' }],
    claims: [],
    old: null,
    // Comments are written from the moment when somebody is to decide.
    unreached: (world.request?.state === 'ready' || world.request?.approved_at ? ['Sam Okoro', 'Jo Bell'] : []).map(
      (fullName) => ({
        personId: fullName,
        fullName,
        firstName: fullName.split(' ')[0] ?? '',
        text: 'Priya Shah is ready for Production Deploy. Open this card on a computer to approve.',
      }),
    ),
  })
}

/** Wrong in the dark theme, in the light one (colours only: all else is the same), and zoomed to 400%. */
async function wrong(height?: number): Promise<string[]> {
  await page.evaluate(() => document.documentElement.setAttribute('data-color-mode', 'light'))
  const light = await accessible(page, ['color-contrast'])
  await page.evaluate(() => document.documentElement.setAttribute('data-color-mode', 'dark'))
  const dark = await accessible(page)
  const wide = await ownMusts(page, height ? { height } : {})
  const before = page.viewportSize() ?? CARD
  await page.setViewportSize(ZOOMED)
  const zoomed = (await ownMusts(page)).map((text) => `at 400%: ${text}`)
  await page.setViewportSize(before)
  return [...light.map((text) => `light: ${text}`), ...dark, ...wide, ...zoomed]
}

/** The engineer, the tech lead, Senior Tech, 2nd line, a colleague, a keeper, the line manager, and somebody unlinked. */
const looking: ViewerName[] = ['priya', 'sam', 'dan', 'alex', 'lee', 'rae', 'lina', 'stranger']
/** What several viewers see alike is looked at once. */
const seen = new Set<string>()

test.each(looking)('the section in every state, seen by %s', { timeout: 120_000 }, async (viewer) => {
  const found: Record<string, string[]> = {}
  gallery.answers.set(`GET /api/cards/${card}`, { json: sectionOf('template', viewer) })
  await page.goto(`${gallery.origin}/section.html?card=${card}`)
  for (const state of stateNames) {
    const { version } = sectionOf(state, viewer)
    if (seen.has(version)) continue
    seen.add(version)
    // The open page hears of each next state, as it would of a change; the title tells when it is drawn.
    gallery.answers.set(`GET /api/cards/${card}`, { json: { ...sectionOf(state, viewer), frameTitle: state } })
    gallery.tell(state)
    await page.waitForFunction((title) => document.title === title, state)
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0))))
    const problems = await wrong(480)
    if (problems.length > 0) found[state] = problems
  }
  expect(found).toEqual({})
  expect(errors).toEqual([])
})

const windowsOf: [WindowName, StateName, ViewerName, string?][] = [
  ['ask', 'not asked yet', 'priya'],
  ['ask', 'an apprentice to be confirmed', 'priya'],
  ['names', 'granting', 'priya'],
  ['claim', 'not asked yet', 'stranger'],
  ['attach', 'not asked yet', 'sam'],
  ['approve', 'ready', 'sam'],
  ['approve', 'ready', 'priya'],
  ['approve', 'ready for review', 'dan'],
  ['review', 'ready for review', 'dan'],
  ['changes', 'ready', 'sam'],
  ['decline', 'ready', 'sam'],
  ['withdraw', 'ready', 'priya'],
  ['stop', 'granting', 'sam'],
  ['undo', 'granted', 'sam'],
  ['revoke', 'granted', 'sam', 'github-production-deploy'],
  ['help', 'stuck', 'priya'],
  ['answer-help', 'help asked', 'alex'],
  ['step', '2nd line to do Signon', 'alex', 'signon-production/production'],
  ['step', 'stuck', 'sam', 'aws-user/staging'],
  ['your-steps', 'engineer has two', 'priya'],
  ['cannot-step', '2nd line to do Signon', 'alex', 'signon-production/production'],
  ['hand-over-step', '2nd line to do Signon', 'alex', 'signon-production/production'],
  ['line-manager', 'the line manager’s word missing', 'lina'],
  ['update-record', 'a fact unknown', 'rae'],
  ['record-line-manager', 'the line manager’s word missing', 'dan'],
  ['review-access', 'review due', 'sam'],
  ['keep-access', 'review due', 'sam'],
  ['revoke-for-cause', 'admin granted', 'dan'],
  ['lower-level', 'admin granted', 'dan'],
]

test('every window', { timeout: 120_000 }, async () => {
  expect(new Set(windowsOf.map(([name]) => name))).toEqual(new Set(windowNames))
  const found: Record<string, string[]> = {}
  for (const [name, state, viewer, key] of windowsOf) {
    const world = states[state]()
    const step = world.steps.find((one) => one.key === key) ?? null
    const view = windowView(name, world, actorIn(world, viewer), step, {
      seen: '',
      draft: {},
      unlinked: [{ id: 'kit', fullName: 'Kit Doyle' }],
      candidates: [{ id: 'priya', fullName: 'Priya Shah', hint: 'member of the card' }],
      attempts: [{ at: now.toISOString(), text: 'Changed: refused. Ask for permission.' }],
      levels: [],
      whole: {
        worlds: [world],
        found: [],
        byHand: [],
        goes: goesWhole(world).map((plan) => ({ world, plan })),
        unread: ['Fastly'],
      },
    })
    gallery.answers.set(`GET /api/windows/${name}`, { json: view })
    await page.goto(`${gallery.origin}/window.html?card=${card}&name=${name}&subject=x`)
    await page.locator('h1').waitFor()
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
    expect(await page.title()).toBe(view.title)
    const problems = await wrong()
    if (problems.length > 0) found[`${name}, ${state}`] = problems
  }
  expect(found).toEqual({})
  expect(errors).toEqual([])
})

test('the queue with everything in it, a step open and the handover shown', { timeout: 60_000 }, async () => {
  const worlds = stateNames.map((state, i) => {
    const world = states[state]()
    world.card.id = String(i).padStart(24, '0')
    world.steps = world.steps.map((step) => ({ ...step, id: `${step.id}-${i}` }))
    return world
  })
  const [first] = worlds
  if (!first) throw new Error('there are no states')
  const view = queueView(worlds, actorIn(first, 'alex'), {
    boards: [{ id: 'b', name: 'Search team' }],
    board: 'b',
    tab: 'everything',
    now,
    grantedThisWeek: 4,
  })
  gallery.answers.set('GET /api/queue', { json: view })
  await page.goto(`${gallery.origin}/queue.html`)
  await page.locator('button[aria-expanded]', { hasText: 'Signon' }).first().click()
  await page.getByRole('button', { name: 'Handover' }).click()
  await page.getByText('Right looks like').waitFor()
  expect(await wrong()).toEqual([])
})

/** Opens the settings of one viewer, with everything failing. */
async function openSettings(viewer: ViewerName): Promise<void> {
  const view = settingsView(actorIn(states.ready(), viewer), {
    connections: [{ id: 'trello', name: 'Trello', ok: false, sentence: 'The token was refused.', checkedAt: now }],
    boards: [{ id: 'b'.repeat(24), name: 'Search team', problem: 'Not readable.', checkedAt: now, webhook: false }],
    ruleSet: { id: '2024-11', digest: 'd'.repeat(64), page: 'https://docs.example.gov.uk/' },
    permissions: permissionsOf(states.ready().ruleSet),
    unmapped: ['Reading: a page'],
    people: { all: 12, linked: 10, withoutClearance: 1, withoutAbsence: 2 },
    exports: [],
    rolesGiven: [{ personId: 'p-2', fullName: 'Sam Okoro', role: 'seniorTech', source: 'HR list', at: now }],
    register: [
      { id: 'p-1', fullName: 'Priya Shah', email: 'priya.shah@example.gov.uk', missing: ['clearance', 'absences'] },
      { id: 'p-2', fullName: 'Sam Okoro', email: null, missing: [] },
    ],
    rota: [{ starts: '2026-11-23', ends: '2026-11-30', names: ['Alex Green', 'Jo Bell'] }],
    now,
  })
  gallery.answers.set('GET /api/settings', { json: view })
  await page.goto(`${gallery.origin}/settings.html`)
  await page.getByRole('heading', { name: view.title }).waitFor()
}

test('the settings of a register keeper, with everything failing', { timeout: 60_000 }, async () => {
  await openSettings('rae')
  await page.getByRole('heading', { name: 'Register', exact: true }).waitFor()
  expect(await wrong()).toEqual([])
  gallery.answers.set('GET /api/register', { text: 'name,email', status: 200 })
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download the register' }).click(),
  ])
  expect(saved.suggestedFilename()).toBe('register.csv')
  await page.getByText('The register is saved.').first().waitFor()
  gallery.answers.set('GET /api/log', problem(403, 'Senior Tech and register keepers can read the whole log.'))
  await page.getByRole('button', { name: 'Download the log', exact: true }).click()
  await page.getByText('Senior Tech and register keepers can read the whole log.').first().waitFor()
})

test.each<ViewerName>(['alex', 'dan', 'lee', 'stranger'])('the settings of %s, who is no keeper', async (viewer) => {
  await openSettings(viewer)
  expect(await wrong()).toEqual([])
})

test('who holds what: the list, one page with something missing, and the way back', { timeout: 60_000 }, async () => {
  const world = states.granted()
  const { engineer, people, ruleSet } = world
  if (!engineer) throw new Error('nobody is the engineer')
  const lines = world.steps.map(
    (step, i): LedgerLine => ({
      id: `h${i}`,
      personId: engineer.id,
      personName: engineer.fullName,
      level: 'deploy',
      words: step.plan.words,
      key: step.key,
      system: step.plan.system,
      systemName: step.plan.systemName,
      environment: step.plan.environment,
      account: step.plan.account.name,
      value: step.plan.wanted.value,
      ruleSet: '2024-11',
      since: daysAgo(i),
      requestId: 'r',
      cardUrl: 'https://trello.com/c/OTHER001',
      adopted: false,
      stepId: step.id,
      approvedBy: 'Sam Okoro',
      approvedAt: daysAgo(i),
      loweredBy: null,
      loweredAt: null,
      proof: i % 2 === 0 ? 'verified' : 'attested',
      lastVerifiedAt: daysAgo(1),
      lastSeenAt: daysAgo(1),
      missingSince: i === 0 ? daysAgo(2) : null,
      endedAt: i === 1 ? daysAgo(1) : null,
      effectiveBy: null,
      nothingToUndo: false,
      untilLeaving: false,
      whole: false,
    }),
  )
  const levelName = () => 'Production Deploy'
  const list = peopleView(actorIn(world, 'dan'), {
    find: '',
    people: [{ person: engineer, holds: lines }],
    left: 12,
    levelName,
    mayExport: true,
    now,
  })
  const relations = new Set<Relation>(['linked', 'keeper', 'tech-lead', 'sponsor'])
  const view = personView(engineer, {
    reviews: [],
    upcoming: null,
    relations,
    holdings: lines,
    notMet: world.findings,
    standing: [],
    hasFound: false,
    requests: [],
    templates: new Map(),
    people,
    keeper: 'rae',
    levelName,
    ruleSet,
    readsLog: true,
    now,
  })
  gallery.answers.set('POST /api/people', { json: list })
  gallery.answers.set(`GET /api/people/${engineer.id}`, { json: view })
  await page.goto(`${gallery.origin}/people.html`)
  await page.getByRole('button', { name: engineer.fullName }).waitFor()
  expect(await wrong()).toEqual([])
  await page.getByRole('button', { name: engineer.fullName }).click()
  await page.getByRole('heading', { name: /^Part of Production Deploy since/ }).waitFor()
  expect(await wrong()).toEqual([])
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Look up' }).waitFor()
})

test('long names wrap and are never cut, in the section and in the approve window', async () => {
  const long = `Priya-Anneliese ${'Featherstonehaugh-'.repeat(5)}Shah`
  const world = states.ready()
  const actor = actorIn(world, 'sam')
  if (!world.engineer) throw new Error('nobody is the engineer')
  world.engineer = { ...world.engineer, fullName: long, firstName: long.replace(' ', '') }
  const extra = { history: [], claims: [], old: null, unreached: [] }
  gallery.answers.set(`GET /api/cards/${card}`, { json: sectionView(world, actor, extra) })
  const window = { seen: '', draft: {}, unlinked: [], candidates: [], attempts: [], levels: [] }
  gallery.answers.set('GET /api/windows/approve', { json: windowView('approve', world, actor, null, window) })
  await page.setViewportSize(ZOOMED)
  for (const path of [`section.html?card=${card}`, `window.html?card=${card}&name=approve&subject=x`]) {
    await page.goto(`${gallery.origin}/${path}`)
    await page.locator('h1').waitFor()
    expect(await ownMusts(page)).toEqual([])
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('main *')]
        .filter((one) => !one.closest('.hidden') && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0)
        .map((one) => one.outerHTML.slice(0, 90)),
    )
    expect(cut).toEqual([])
  }
  await page.setViewportSize(CARD)
})
