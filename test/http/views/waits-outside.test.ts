import { expect, test } from 'vitest'
import type { Row } from '../../../server/http/api.ts'
import { sectionView } from '../../../server/http/views/section.ts'
import { stepPanel } from '../../../server/http/views/step-panel.ts'
import { viewerOn } from '../../../server/http/views/viewer.ts'
import type { StepRow } from '../../../server/requests/act.ts'
import { actorIn, approved, daysAgo, makeWorld, stepsOf, type ViewerName } from './world.ts'

/** What waits for somebody outside waits for somebody with a name, with a message to send them. */

const link = 'https://github.example.gov.uk/example-gov/example-aws-data/pull/7'
const waits = { state: 'waiting', link, since: daysAgo(3), verified_at: null } as const

function rows(but: Partial<StepRow>, viewer: ViewerName = 'sam'): Row[] {
  const world = makeWorld({
    request: approved,
    steps: (plan) =>
      stepsOf(plan, { 'aws-user/staging': { ...waits, ...but }, 'aws-user/production': { ...waits, ...but } }),
  })
  const extra = { history: [], claims: [], old: null, unreached: [] }
  return sectionView(world, actorIn(world, viewer), extra).next.filter(({ title }) => title.startsWith('AWS'))
}

test('a pull request says who can review it, since when, and what to send them, once', () => {
  const [first, second] = rows({ turn: 'reviewer' })
  expect(first).toMatchObject({ who: 'Alex Green or Jo Bell (2nd line), or Senior Tech', since: 'for 3 days' })
  expect(first?.copy?.value).toBe(
    `Can you review and merge ${link}? It is for Priya Shah (AWS staging, AWS production), approved by Sam Okoro, and has waited since 21 November.`,
  )
  expect(second?.copy).toBe(undefined)
})

test('what waits in turn says whose pull request comes before, who can review that one, and what to send them', () => {
  const sentence = 'Waits for the pull request of Kit Doyle to be merged or closed: it changes the same file.'
  const [first] = rows({ state: 'ready', turn: 'reviewer', method: 'pull-request', sentence })
  expect(first).toMatchObject({
    who: 'Alex Green or Jo Bell (2nd line), or Senior Tech',
    since: 'for 3 days',
    detail: expect.stringContaining(sentence),
  })
  expect(first?.copy?.value).toBe(
    `Can you review and merge ${link}? What is for Priya Shah (AWS staging, AWS production) has waited for that since 21 November.`,
  )
  // Whose request comes before is not for everybody on the board.
  expect(JSON.stringify(rows({ state: 'ready', turn: 'reviewer', sentence }, 'lee'))).not.toContain('Kit Doyle')
})

test('for cause: whoever merges it reads that it waits for no other on the same file', () => {
  const detailFor = (viewer: ViewerName, for_cause: boolean) => {
    const world = makeWorld({
      request: { ...approved, state: 'revoking', for_cause },
      steps: (plan) => stepsOf(plan, { 'aws-user/staging': { ...waits, turn: 'reviewer' } }, 'revoke'),
    })
    const extra = { history: [], claims: [], old: null, unreached: [] }
    return sectionView(world, actorIn(world, viewer), extra)
      .next.map(({ detail }) => detail)
      .join(' ')
  }
  expect(detailFor('alex', true)).toContain('It waits for no other pull request on the same file')
  expect(detailFor('alex', false)).not.toContain('waits for no other')
  expect(detailFor('lee', true)).not.toContain('waits for no other')
})

test('what is merged says who can apply it', () => {
  const [first] = rows({ turn: 'second-line', next_check_at: daysAgo(0) })
  expect(first?.who).toBe('Alex Green or Jo Bell (2nd line)')
  expect(first?.copy?.value).toMatch(/^Can you apply what was merged with .*pull\/7\? .* Then say so on https:/)
  expect(rows({ turn: 'second-line' }, 'alex')[0]?.buttons[0]?.text).toBe('Take this step')
})

test('closed without merging: whoever approved asks why', () => {
  expect(rows({ state: 'stuck', turn: 'sponsor' })[0]?.who).toBe('Sam Okoro (Sponsor)')
})

test('what waits for a newer export says who brings it, since when, and what to send them; with its doer left out', () => {
  const signon = (owner: 'second-line' | 'nobody', viewer: ViewerName = 'sam', takesExport = true, copyOf?: string) => {
    const done = { state: 'done', turn: 'second-person', taken_by: 'alex', done_by: 'alex', method: 'task' } as const
    const world = makeWorld({
      request: approved,
      steps: (plan) =>
        stepsOf(plan, {
          'signon-production/production': { ...done, doers: ['alex'], since: daysAgo(2), done_at: daysAgo(2) },
        }),
    })
    const reading = { reads: () => true, takesExport: () => takesExport, exports: { owner, everyDays: 7 } }
    const extra = { history: [], claims: [], old: null, unreached: [] }
    const steps = world.steps.map((step) => (copyOf ? { ...step, plan: { ...step.plan, copyOf } } : step))
    const shown = { ...world, steps, installation: { ...world.installation, ...reading } }
    return sectionView(shown, actorIn(world, viewer), extra).next.find(({ title }) => title === 'Signon')
  }
  expect(signon('second-line')).toMatchObject({
    who: 'a second person, or Jo Bell (2nd line) with a newer export',
    since: 'for 2 days',
  })
  expect(signon('second-line')?.copy?.value).toMatch(
    /^Can you bring a new export of Signon\? The step Signon for Priya Shah, done by Alex Green, has waited for it since 22 November\. Import it from the access queue, or from https:/,
  )
  const imports = (viewer: ViewerName) => signon('second-line', viewer)?.buttons.map(({ text }) => text) ?? []
  expect(imports('rae')).toContain('Import an export')
  expect(imports('alex')).not.toContain('Import an export')
  // Where nobody is asked for one, the system has none, or it is of a copy, a second person looks.
  const copied = signon('second-line', 'sam', true, 'signon-production/production')
  for (const shown of [signon('nobody'), signon('second-line', 'sam', false), copied])
    expect([shown?.who, shown?.copy]).toEqual(['a second person', undefined])
})

test('colleagues on the board get no message: it names what others may not read', () => {
  expect(rows({ turn: 'reviewer' }, 'lee')[0]?.copy).toBe(undefined)
})

test('a step’s panel says what nobody sees of it', () => {
  const world = makeWorld({
    request: approved,
    steps: (plan) => stepsOf(plan, { logit: { state: 'ready', method: 'task' } }),
  })
  const step = world.steps.find(({ key }) => key === 'logit')
  if (!step) throw new Error('no step')
  const actor = actorIn(world, 'alex')
  expect(stepPanel(step, world, viewerOn(world, actor), actor, []).cannotSee).toBe(
    'Logit does not tell who is in which team: only a person sees that.',
  )
})
