import { describe, expect, test } from 'vitest'
import type { QueueView } from '../../../server/http/api.ts'
import { exportItem } from '../../../server/http/views/exports.ts'
import { queueView } from '../../../server/http/views/queue.ts'
import type { Tab } from '../../../server/http/views/queue-items.ts'
import type { World } from '../../../server/requests/act.ts'
import type { PlanStep } from '../../../server/rules/types.ts'
import { type StateName, states } from './states.ts'
import { actorIn, approved, daysAgo, makeWorld, now, stepsOf } from './world.ts'

function queue(names: StateName[], viewer: string, tab: Tab | null = null): QueueView {
  const worlds = names.map((name) => states[name]())
  const actor = actorIn(worlds[0] ?? makeWorld(), viewer)
  return queueView(worlds, actor, { boards: [], board: 'all', tab, now, grantedThisWeek: 4 })
}
const selected = (view: QueueView) => view.tabs.find((tab) => tab.selected)?.id
const counts = (view: QueueView) => Object.fromEntries(view.tabs.map((tab) => [tab.id, tab.count]))
const nothing = { 'second-line': 0, yours: 0, sponsors: 0, engineers: 0, others: 0, stuck: 0, everything: 0 }
const mixed: StateName[] = [
  'ready',
  'engineer to accept',
  '2nd line to do Signon',
  'stuck',
  'help asked',
  'revoking, 2nd line',
  'reviewer to merge',
  'granted',
  'declined',
]

test('it opens at my turns; 2nd line opens at 2nd line', () => {
  expect(selected(queue(mixed, 'alex'))).toBe('second-line')
  expect(selected(queue(mixed, 'sam'))).toBe('yours')
})

test('each turn stands under whose it is; what is nobody’s turn does not stand here', () => {
  expect(counts(queue(mixed, 'sam'))).toEqual({
    'second-line': 3,
    yours: 3,
    sponsors: 3,
    engineers: 1,
    others: 2,
    stuck: 2,
    everything: 10,
  })
})

test('revocations first, however long a grant is overdue; then what is overdue, then the oldest', () => {
  const rows = queue(['help asked', 'revoking, 2nd line', '2nd line to do Signon', 'done, to be seen'], 'alex').rows
  expect(rows.map((row) => [row.overdue, row.level, row.what.split(':')[0]])).toEqual([
    [false, 'Revoke', 'Signon'],
    [true, 'Deploy', 'Signon'],
    [false, 'Deploy', 'Help with Google Cloud'],
    [false, 'Deploy', 'Logit'],
  ])
})

test('what the server itself works on stands under Everything, is nobody’s, and is not counted as waiting', () => {
  const revoking = queue(['revoking'], 'alex', 'everything')
  expect(revoking.rows).toMatchObject([
    { level: 'Revoke', what: expect.stringMatching(/^Revoking \d of \d+: we work on /), overdue: false, buttons: [] },
  ])
  expect(counts(revoking)).toEqual({ ...nothing, everything: 1 })
  expect(revoking.summary).toContain('Nothing is waiting.')
  expect(revoking.handover.join()).not.toContain('we work on')
  expect(queue(['revoking, 2nd line'], 'alex', 'everything').rows.map(({ what }) => what)).toEqual([
    expect.stringContaining('Signon'),
  ])
})

test('a request that is about to expire says when in its row, and is kept open there by whoever may', () => {
  const soon = makeWorld({ expires: '2026-11-29' })
  const row = (viewer: string) =>
    queueView([soon], actorIn(soon, viewer), { boards: [], board: 'all', tab: 'everything', now, grantedThisWeek: 0 })
      .rows[0]
  expect(row('sam')?.notes).toEqual(['This request expires on 29 November.'])
  expect(row('sam')?.buttons).toContainEqual(
    expect.objectContaining({ text: 'Keep it open', label: 'Keep it open: Priya Shah' }),
  )
  expect(row('lee')?.buttons).toEqual([])
})

test('a row carries its whole step panel for those who do steps, and none for others', () => {
  const panel = (viewer: string) => queue(['2nd line to do Signon'], viewer, 'everything').rows[0]?.panel
  expect(panel('alex')).toMatchObject({
    title: 'Priya Shah · Signon',
    before: 'Before you start: nothing.',
    approved: 'Approved by Sam Okoro today, 9:58am.',
  })
  expect(panel('alex')?.clicks).toHaveLength(5)
  expect(panel('lee')).toBeNull()
})

describe('an export that is due', () => {
  const view = (viewer: string, owner: 'second-line' | 'senior-tech' | 'keeper') => {
    const actor = actorIn(makeWorld(), viewer)
    const newest = { at: daysAgo(4), by: 'Jo Bell', rows: 90, kept: 8 }
    const policy = { owner, everyDays: 7 }
    const state = { system: 'signon', name: 'Signon', howTo: 'Users, Export CSV.', policy, newest, waiting: 2 }
    const who = 'Alex Green or Jo Bell (2nd line)'
    const page = 'https://signon.example.gov.uk/users'
    const due = { state: { ...state, dueSince: daysAgo(3) }, dueSince: daysAgo(3), own: viewer === 'alex', who, page }
    return queueView([], actor, {
      boards: [],
      board: 'all',
      tab: 'everything',
      now,
      grantedThisWeek: 0,
      exports: [exportItem(due, now)],
    })
  }

  test('says whose turn it is, since when, what exactly, and where it is brought', () => {
    const shown = view('alex', 'second-line')
    expect(counts(shown)).toMatchObject({ 'second-line': 1, yours: 1, sponsors: 0, others: 0, everything: 1 })
    const [row] = shown.rows
    expect(row).toMatchObject({
      overdue: true,
      person: 'Signon',
      level: 'Export',
      what: '2 steps wait for a newer one.',
      sinceWord: '3 days',
    })
    expect(row?.buttons[0]?.does).toEqual({ opens: 'import-export', args: { subject: 'signon' } })
    expect(row?.panel).toMatchObject({
      approved: 'Whose turn: Alex Green or Jo Bell (2nd line), since 21 November.',
      clicks: [{ text: 'Users, Export CSV.', link: { url: 'https://signon.example.gov.uk/users' } }, {}, {}],
    })
    expect(row?.panel?.clicks[2]?.copy?.value).toBe(
      'Can you bring a new export of Signon? It has been due since 21 November. Users, Export CSV. Then import it from the access queue.',
    )
    expect(shown.summary).toContain('Longest: Signon, a new export, 3 days.')
  })
  test('goes into the handover', () => {
    expect(view('alex', 'second-line').handover).toContain(
      '- **Overdue** Signon, Export: bring a new export. 2 steps wait for a newer one. (3 days)',
    )
  })
  test('stands under whoever the installation made its owner', () => {
    expect(counts(view('rae', 'keeper'))).toMatchObject({ 'second-line': 0, others: 1 })
    expect(counts(view('dan', 'senior-tech'))).toMatchObject({ 'second-line': 0, sponsors: 1 })
  })
})

describe('who has it', () => {
  test('stands in the row', () => {
    expect(queue(['taken by Alex'], 'jo').rows[0]?.taken).toBe('Alex Green has it')
    expect(queue(['taken by Alex'], 'alex').rows[0]?.taken).toBe('You have it')
    expect(queue(['taken by Alex'], 'jo').rows[0]?.panel?.taken).toBe('Alex Green is doing this, since 10:10am')
  })
  test('is nobody once they said that it is done: then another looks', () => {
    const world = states['done, to be seen']()
    const steps = world.steps.map((step) => (step.state === 'done' ? { ...step, taken_by: step.done_by } : step))
    const actor = actorIn(world, 'dan')
    const view = queueView([{ ...world, steps }], actor, {
      boards: [],
      board: 'all',
      tab: 'everything',
      now,
      grantedThisWeek: 0,
    })
    expect(view.rows.map(({ taken, panel }) => [taken, panel?.taken])).toContainEqual([null, null])
    expect(view.handover).toContain('- Nothing is taken.')
  })
})

test('a keeper reads which fact is missing; others do not', () => {
  expect(queue(['a fact unknown'], 'rae').rows[0]?.what).toBe('Keeper: update record: Not away')
  expect(queue(['a fact unknown'], 'alex', 'everything').rows[0]?.what).toBe('Keeper: update record')
  expect(queue(['a fact unknown'], 'rae').rows[0]?.buttons).toEqual([
    expect.objectContaining({
      text: 'Update record',
      label: 'Update the record of Priya Shah',
      does: { opens: 'update-record', args: { subject: 'request-1' } },
    }),
  ])
  expect(queue(['a fact unknown'], 'alex', 'everything').rows[0]?.buttons).toEqual([])
})

test('sponsors approve from the queue, without being on the team’s board', () => {
  expect(queue(['ready'], 'dan').rows[0]?.buttons[0]).toMatchObject({
    text: 'Check and approve',
    does: { opens: 'approve', args: { subject: 'request-1' } },
  })
})

test('a question for 2nd line can be answered from its row', () => {
  expect(queue(['help asked'], 'alex').rows[0]).toMatchObject({
    what: 'Help with Google Cloud: It shows no stacks',
    buttons: [{ text: 'Answer' }],
  })
})

test('what was done, a second person sees as a turn, and the doer does not', () => {
  expect(counts(queue(['done, to be seen'], 'jo'))['yours']).toBe(1)
  expect(counts(queue(['done, to be seen'], 'alex'))['yours']).toBe(0)
})

test('empty says so, and what was achieved', () => {
  const view = queue(['granted'], 'alex')
  expect(view.empty).toBe('Nothing is waiting for 2nd line. 4 requests were granted this week.')
  expect(view.summary).toBe('Nothing is waiting. 4 requests were granted this week.')
  expect(queue(['granted'], 'sam').empty).toContain('Nothing is waiting for you.')
})

test('an empty next week of 2nd line is said to those who can enter it', () => {
  const summary = (viewer: string) => {
    const world = states.ready()
    const options = { boards: [], board: 'all', tab: null, now, grantedThisWeek: 4, emptyWeekFrom: '2026-11-30' }
    return queueView([world], actorIn(world, viewer), options).summary
  }
  const says = 'Nobody is on 2nd line from 30 November. Enter the next pair in the settings. '
  for (const viewer of ['alex', 'dan', 'rae']) expect(summary(viewer).startsWith(says)).toBe(true)
  expect(summary('sam')).not.toContain('2nd line')
})

test('the summary says how many wait and what waits longest', () => {
  expect(queue(mixed, 'alex').summary).toBe('9 waiting. Longest: Priya Shah, Signon, 3 days. 4 granted this week.')
})

test('the handover can be pasted: what changed, what is promised, what waits, what is stuck', () => {
  const names: StateName[] = ['2nd line to do Signon', 'taken by Alex', 'stuck', 'ready']
  const worlds = names.map((name) => states[name]())
  const changed = {
    since: daysAgo(1),
    granted: ['Mia Cole (Deploy)', 'Omar Aziz (Admin)'],
    revoked: ['Lee Hart (Deploy)'],
    lowered: ['Ada Quinn (Deploy)'],
    partlyRevoked: [],
    closed: [],
    steps: 9,
  }
  const view = queueView(worlds, actorIn(makeWorld(), 'alex'), {
    boards: [],
    board: '',
    tab: null,
    now,
    grantedThisWeek: 2,
    changed,
  })
  const lines = view.handover.map((line) => line.replace(/(: [^:(]*):.*\(/, '$1 ('))
  expect(lines).toEqual([
    '## Access queue on 24 November',
    '### Since 23 November',
    '- Granted: Mia Cole (Deploy) and Omar Aziz (Admin)',
    '- Revoked: Lee Hart (Deploy)',
    '- Lowered: Ada Quinn (Deploy)',
    '- 9 steps verified or seen',
    '### Promised',
    '- Priya Shah, Deploy: Signon (37 min; I have it)',
    '### Waiting for 2nd line',
    '- **Overdue** Priya Shah, Deploy: Signon (3 days)',
    '### Stuck',
    '- Priya Shah, Deploy: AWS staging is stuck (2 days)',
    '- Priya Shah, Deploy: AWS production is stuck (2 days)',
    '### Waiting for others',
    expect.stringMatching(/^- Priya Shah, Deploy: Sponsor/),
  ])
})

test('an empty handover says so under each heading', () => {
  expect(queue([], 'alex').handover.filter((line) => line.startsWith('-'))).toEqual([
    '- 0 steps verified or seen',
    '- Nothing is taken.',
    '- Nothing is waiting for 2nd line.',
    '- Nothing is stuck.',
    '- Nothing is waiting for others.',
  ])
})

describe('what else can be done from the queue', () => {
  const texts = (name: StateName, viewer: string) => {
    const [row] = queue([name], viewer, 'everything').rows
    return [...(row?.buttons ?? []), ...(row?.panel?.buttons ?? [])].map((button) => button.text)
  }
  test('get help stands with each step for whoever is on the request', () => {
    expect(texts('2nd line to do Signon', 'alex')).toContain('Get help')
    expect(texts('engineer to accept', 'priya')).toContain('Get help')
    expect(texts('2nd line to do Signon', 'lee')).not.toContain('Get help')
  })
  test('stop, while something has not begun, for those who may', () => {
    expect(texts('2nd line to do Signon', 'dan')).toContain('Stop')
    expect(texts('2nd line to do Signon', 'alex')).not.toContain('Stop')
  })
  test('a step is given back, or set free', () => {
    expect(texts('taken by Alex', 'alex')).toContain('Give it back')
    expect(texts('taken by Alex', 'jo')).toContain('Set it free')
  })
})

describe('the card is archived or gone: continue or not', () => {
  const texts = (world: World, viewer: string) =>
    queueView([world], actorIn(world, viewer), {
      boards: [],
      board: '',
      tab: 'everything',
      now,
      grantedThisWeek: 0,
    }).rows.map((row) => row.buttons.map((button) => button.text))
  const lost = { paused_because: 'The card was deleted.' }
  const steps = (plan: PlanStep[]) =>
    stepsOf(plan, { logit: { state: 'ready', turn: 'second-line', verified_at: null } })
  test('withdraw before the approval, also before anybody asked', () => {
    const gone = { deleted_at: daysAgo(0) }
    const before = makeWorld({ card: gone, request: lost })
    expect(texts(before, 'sam')).toEqual([['Continue the request', 'Withdraw']])
    const candidate = makeWorld({ card: gone, request: { ...lost, state: 'candidate' } })
    expect(texts(candidate, 'priya')).toEqual([['Continue the request', 'Withdraw']])
  })
  test('stop and revoke after it', () => {
    const after = makeWorld({ request: { ...approved, ...lost }, steps })
    expect(texts(after, 'sam')).toEqual([['Continue the request', 'Stop', 'Revoke what is done']])
  })
  test('what is being revoked goes on: its steps stand in the queue', () => {
    const world = makeWorld({
      request: { ...approved, ...lost, state: 'revoking' },
      steps: (plan) => [
        ...stepsOf(plan),
        ...stepsOf(plan, { logit: { state: 'ready', turn: 'second-line', method: 'task' } }, 'revoke'),
      ],
    })
    expect(texts(world, 'alex')).toEqual([['Take this step']])
  })
})

test('an archived card is no link', () => {
  const world = makeWorld({ card: { closed: true } })
  const view = queueView([world], actorIn(world, 'sam'), {
    boards: [],
    board: 'all',
    tab: null,
    now,
    grantedThisWeek: 0,
  })
  expect(view.rows[0]?.cardUrl).toBeNull()
  expect(view.rows[0]?.since).toBe(daysAgo(0, '09:30').toISOString())
})

test('filters by person, system and state narrow rows and counts, never the handover; what is chosen stays choosable', () => {
  const worlds = [states['2nd line to do Signon'](), states.stuck()]
  const actor = actorIn(worlds[0] ?? states.ready(), 'alex')
  const view = (chosen: Partial<{ person: string; system: string; state: string }>) =>
    queueView(worlds, actor, {
      boards: [],
      board: 'all',
      tab: 'everything',
      now,
      grantedThisWeek: 0,
      chosen: { person: '', system: '', state: '', ...chosen },
    })
  const all = view({})
  expect(all.filters.systems).toEqual(['AWS', 'Signon'])
  expect(view({ system: 'Signon' }).rows.map(({ what }) => what)).toEqual([expect.stringContaining('Signon')])
  expect(view({ system: 'Signon' }).handover).toEqual(all.handover)
  expect(view({ person: 'PRIYA ' }).rows).toHaveLength(all.rows.length)
  expect(view({ person: 'nobody' }).rows).toEqual([])
  expect(view({ state: 'granting' }).rows).toHaveLength(all.rows.length)
  expect(view({ state: 'revoking' }).filters.states.map(({ value }) => value)).toContain('revoking')
  expect(all.picture).toEqual([
    { place: 'AWS', count: 2, longest: '2 days', share: 1 },
    { place: 'Signon', count: 1, longest: '3 days', share: 0.5 },
  ])
})
