import { describe, expect, test } from 'vitest'
import type { ReadEvent } from '../../../server/audit/read.ts'
import type { SectionView } from '../../../server/http/api.ts'
import { historyLines } from '../../../server/http/views/history.ts'
import { type SectionExtra, sectionView } from '../../../server/http/views/section.ts'
import { type StateName, stateNames, states } from './states.ts'
import { actorIn, approved, daysAgo, makeWorld, stepsOf, tick, type ViewerName } from './world.ts'

const nothing: SectionExtra = { history: [], claims: [], old: null, unreached: [] }

function section(name: StateName, viewer: ViewerName, extra: Partial<SectionExtra> = {}): SectionView {
  const world = states[name]()
  return sectionView(world, actorIn(world, viewer), { ...nothing, ...extra })
}

const rows = (view: SectionView) => [...view.next, ...view.detail].map((row) => `${row.word} ${row.title}`.trim())

describe('the headline and the one primary action', () => {
  const table: [StateName, ViewerName, string, string | null][] = [
    ['template', 'lee', 'This is the template. Copy it to your team’s board', null],
    ['not asked yet', 'priya', 'Is this for you?', 'Ask for access'],
    ['attached, not asked', 'priya', 'Is this for you?', 'Ask for access'],
    ['attached, not asked', 'sam', 'Waiting for Priya Shah to ask', null],
    ['two details missing', 'priya', 'Your turn: 2 things left', 'Finish your details'],
    ['two details missing', 'sam', 'Priya Shah: 2 things left', null],
    ['changes asked', 'priya', 'Your turn: changes asked', 'Make the changes'],
    ['a fact unknown', 'priya', 'Waiting for Rae Lund (register keeper)', null],
    ['a fact unknown', 'lee', 'Waiting for a register keeper', null],
    ['probation not passed', 'rae', 'Your turn: update the record', 'Update record'],
    ['probation not passed', 'lina', 'Waiting for a register keeper', null],
    ['a fact unknown', 'rae', 'Your turn: update the record', 'Update record'],
    ['the line manager’s word missing', 'lina', 'Your turn: a confirmation', 'Answer'],
    ['the line manager’s word missing', 'dan', 'Waiting for Lina Berg (line manager)', null],
    ['the line manager’s word missing', 'lee', 'Waiting for a confirmation', null],
    ['ready', 'sam', 'Your turn: Priya Shah is ready for your decision', 'Check and approve'],
    ['ready', 'dan', 'Your turn: Priya Shah is ready for your decision', 'Check and approve'],
    ['ready', 'priya', 'Waiting for a sponsor to approve', null],
    ['ready', 'alex', 'Waiting for a sponsor to approve', null],
    ['ready for review', 'dan', 'Your turn: Priya Shah is ready for your decision', 'Review and approve'],
    ['ready for review', 'sam', 'Waiting for Senior Tech to review', null],
    ['reviewed, ready for approval', 'dan', 'Your turn: Priya Shah is ready for your decision', 'Check and approve'],
    ['granting', 'sam', '6 of 8 verified or seen. Nobody needs to do anything', null],
    ['engineer has two', 'priya', 'Your turn: 2 things to do', 'Do your steps'],
    ['engineer has two', 'sam', 'Priya: 2 things to do', null],
    ['2nd line to do Signon', 'alex', 'Your turn (2nd line): Signon', 'Do the Signon step'],
    ['2nd line to do Signon', 'sam', '2nd line’s turn: Signon', null],
    ['stuck', 'priya', 'Stuck: AWS staging and AWS production', null],
    ['stuck', 'sam', 'Stuck: AWS staging and AWS production', 'Try again'],
    ['stopped', 'priya', 'Stopped at 7 of 8. Nothing more begins', null],
    ['stopped', 'sam', 'Stopped at 7 of 8. Nothing more begins', 'Let it go on'],
    ['done, to be seen', 'dan', 'A second person looks: Logit', 'Check the Logit step'],
    ['done, to be seen', 'alex', 'A second person looks: Logit', null],
    ['a fact unknown while granting', 'rae', '6 of 8 verified or seen. Nobody needs to do anything', 'Update record'],
    ['a fact unknown while granting', 'sam', '6 of 8 verified or seen. Nobody needs to do anything', null],
    ['granted', 'priya', 'Granted on 24 November by Sam Okoro', null],
    ['revoking', 'lee', 'Revoking, 7 of 8 gone', null],
    ['revoking, 2nd line', 'alex', 'Revoking, 7 of 8 gone', 'Do the Signon step'],
    ['revoked', 'priya', 'Revoked on 24 November. Nothing is left', 'Ask to return'],
    ['declined', 'priya', 'Declined by Sam Okoro on 24 November', 'Ask again'],
    ['withdrawn', 'priya', 'Withdrawn by Priya Shah on 24 November', 'Ask again'],
    ['expired', 'sam', 'Expired on 24 November', null],
  ]
  test.each(table)('%s, seen by %s', (name, viewer, headline, primary) => {
    const view = section(name, viewer)
    expect(view.status.headline).toBe(headline)
    expect(view.primary?.text ?? null).toBe(primary)
  })
})

test('an absence is recorded by keepers and the tech lead while there is access to give or take, and by nobody else', () => {
  const offers = (name: StateName, viewer: ViewerName) =>
    section(name, viewer).folds.some((fold) => fold.rows.some((row) => row.buttons[0]?.text === 'Record an absence'))
  for (const name of ['ready', 'granting', 'granted'] as const) {
    expect((['sam', 'rae'] as const).map((viewer) => offers(name, viewer))).toEqual([true, true])
    expect((['priya', 'dan', 'alex', 'lee', 'stranger'] as const).some((viewer) => offers(name, viewer))).toBe(false)
  }
  expect(offers('declined', 'sam')).toBe(false)
})

test('since when is said as people say it', () => {
  expect(section('two details missing', 'priya').status.sinceWord).toBe('for 4 days')
  expect(section('ready', 'sam').status.sinceWord).toBe('since yesterday')
  expect(section('stuck', 'priya').status.sinceWord).toBe('for 2 days')
  expect(section('2nd line to do Signon', 'alex').status.since).toBe(daysAgo(3).toISOString())
})

test('collecting: what is left with its action, what comes later, who can approve then', () => {
  const view = section('two details missing', 'priya')
  expect(view.status.lines).toEqual(['Then Sam Okoro (your tech lead) or any Senior Tech member can approve.'])
  expect(rows(view)).toEqual([
    'Tell us your GitHub username',
    'Say why you need access',
    'Yes BPSS clearance',
    'Later The sponsor confirms 4 things when approving',
  ])
  expect(view.next.map((row) => row.buttons[0]?.label)).toEqual([
    'Add: Tell us your GitHub username',
    'Add: Say why you need access',
  ])
  expect(view.detail[0]?.who).toBe('register, 12 March')
  expect(section('two details missing', 'sam').status.lines[0]).toContain('Sam Okoro (Priya’s tech lead)')
})

test('ready: the sponsor reads why they can, the reason, what is checked, what to confirm and what changes', () => {
  const view = section('ready', 'sam')
  expect(view.status.lines).toEqual(['You can approve because you are Priya’s tech lead.'])
  expect(rows(view)).toEqual([
    'Why “Joining Search, deploying from 1 December”',
    'Yes BPSS clearance',
    'To confirm 4 things, about a minute',
    'Changes 8 steps in 5 systems, 3 of them by people',
  ])
  expect(view.buttons.map((button) => button.text)).toEqual(['Ask for changes', 'Decline', 'Withdraw'])
})

test('stuck: first what happened, then what to do and by whom, then what works now and what does not yet', () => {
  const view = section('stuck', 'priya')
  expect(view.status.lines.slice(0, 2)).toEqual([
    'Kofi Osei closed the pull request without merging it on 21 November.',
    'Sam Okoro must ask why, then try again or stop. Sam was told.',
  ])
  const [works, not] = view.detail
  expect([works?.word, not?.word]).toEqual(['Works now', 'Not yet'])
  expect(not?.title.toLowerCase()).toContain('aws')
  expect(works?.title.toLowerCase()).not.toContain('aws')
})

test('stopped: go on later, or revoke what is done, for the sponsor and nobody else', () => {
  expect(section('stopped', 'sam').buttons.map((button) => button.text)).toEqual(['Revoke what is done'])
  expect(section('stopped', 'priya').buttons.map((button) => button.text)).toEqual([
    'Change your names',
    'Give back what is done',
  ])
  expect(section('granting', 'priya').buttons.map((button) => button.text)).toContain('Give back what is done')
  expect(section('stopped', 'priya').primary).toBeNull()
})

test('whom no comment reached stands in a fold that names them, so that what is to be done comes first', () => {
  const one = { personId: 'dan', fullName: 'Dan Reyes', firstName: 'Dan', text: 'Priya Shah is ready.' }
  const fold = (unreached: SectionExtra['unreached']) =>
    section('ready', 'sam', { unreached }).folds.find(({ id }) => id === 'unreached')
  expect(fold([one])?.title).toBe('Dan Reyes is not on this board: tell them')
  expect(fold([one])?.rows[0]?.copy?.value).toMatch(/^Dan, Priya Shah is ready\. https:/)
  expect(fold([one, { ...one, personId: 'jo' }])?.title).toBe('2 people are not on this board: tell them')
  expect(fold([])).toBeUndefined()
})

test('a fact that is not known any more holds up what has not begun, without a word about which', () => {
  const view = section('a fact unknown while granting', 'lee')
  expect(view.status.lines[0]).toContain('is not known any more')
  expect(view.badges.map(({ text }) => text)).toContain('Keeper: update record')
  expect(JSON.stringify(view)).not.toMatch(/absen|away/i)
})

test('granted: by which day the weekday copy brings it to staging, and nothing more of it after that', () => {
  const granted = states.granted()
  const lines = (now: Date) => sectionView({ ...granted, now }, actorIn(granted, 'sam'), nothing).status.lines
  // Tuesday 24 November, 10:30am: backed up that night, there on Wednesday morning.
  expect(lines(granted.now)).toEqual(['Signon in staging: expected by Wednesday.'])
  expect(lines(new Date('2026-11-25T09:00:00Z'))).toEqual([])
})

test('stopped: the engineer is asked for nothing any more, also before the invitation is taken back', () => {
  const world = states['engineer to accept']()
  const stopped = { ...world, request: world.request && { ...world.request, state: 'stopped' as const } }
  const view = sectionView(stopped, actorIn(stopped, 'priya'), nothing)
  expect(JSON.stringify(view.next)).not.toMatch(/Accept the GitHub invitation/)
  expect(view.next.map(({ detail }) => detail)).toContain(
    'Stopped. There is nothing to accept or to do for it any more.',
  )
})

test('one’s own turn leads the headline, and what is stuck with others stands in the second line', () => {
  const world = states['stuck, and the engineer to accept']()
  const seen = sectionView(world, actorIn(world, 'priya'), nothing)
  expect(seen.status.headline).toBe('Your turn: 1 thing to do')
  expect(seen.status.lines[0]).toBe('Stuck: AWS staging and AWS production.')
  expect(seen.primary?.text).toBe('Do your steps')
  const sponsor = sectionView(world, actorIn(world, 'sam'), nothing)
  expect(sponsor.status.headline).toBe('Stuck: AWS staging and AWS production')
})

test('stuck on a name of theirs: the engineer changes it, in the header and on the step', () => {
  const world = states['stuck with the engineer’s name']()
  const seen = sectionView(world, actorIn(world, 'priya'), nothing)
  const opens = { opens: 'names', args: { subject: 'request-1' } }
  expect(seen.primary).toMatchObject({ text: 'Change your names', does: opens })
  const row = seen.next.find((one) => one.key === 'grant-github-production-deploy')
  expect(row).toMatchObject({ buttons: [{ text: 'Change your names', does: opens }] })
})

test('held: whoever may approve opens the window, and nothing goes on in one click', () => {
  const view = section('held by a changed account', 'sam')
  expect(view.primary).toMatchObject({ text: 'Check and approve again', does: { opens: 'approve' } })
  expect(view.buttons.map((button) => button.text)).toEqual(['Revoke what is done'])
  expect(section('held by a changed account', 'alex').primary).toBeNull()
})

test('revoked: what a return brings back, for those who may know all, and not why it was revoked', () => {
  const kept = (viewer: ViewerName) =>
    section('revoked', viewer).folds.find((fold) => fold.title.startsWith('Coming back'))
  for (const viewer of ['priya', 'sam'] as const) {
    expect(kept(viewer)?.text.join(' ')).toContain('Signon keeps the role')
    expect(JSON.stringify(section('revoked', viewer))).not.toContain('days away')
  }
  expect(kept('lee')).toBeUndefined()
})

test('partly revoked: what was revoked is no longer said to work', () => {
  const view = section('partly revoked', 'priya')
  const revoked = view.next.find((row) => row.word === 'Revoked')
  expect(revoked?.title.toLowerCase()).toContain('deploy')
})

test('a request for the same level on another card: no second one, and a way to the first', () => {
  const view = section('asked on another card', 'priya')
  expect(view.primary).toBeNull()
  expect(view.status.lines).toEqual([
    'Priya already has an open request for Production Deploy. Go to that card, or withdraw it there and ask again here.',
  ])
  expect(view.next[0]?.links[0]?.url).toBe('https://trello.com/c/OTHER001')
})

test('why a request was declined is for the engineer and sponsors', () => {
  const lines = (viewer: ViewerName) => section('declined', viewer).status.lines.join(' ')
  for (const viewer of ['priya', 'sam', 'dan'] as const) expect(lines(viewer)).toContain('Not needed for this team')
  for (const viewer of ['alex', 'lee', 'lina', 'stranger'] as const)
    expect(lines(viewer)).not.toContain('Not needed for this team')
})

test('the checklist is progress: counted for the engineer, claimable by them, holding nothing up', () => {
  const world = makeWorld({
    ticks: [tick('one'), tick('two', { member_id: 'member-sam' }), tick('three', { complete: false, member_id: null })],
  })
  const view = sectionView(world, actorIn(world, 'priya'), nothing)
  const row = view.detail.find((one) => one.key === 'ticks')
  expect(row?.title).toBe('1 of 3 ticked by you. This does not hold up approval.')
  expect(row?.buttons[0]?.text).toBe('These are mine')
  expect(view.folds.find((fold) => fold.id === 'ticks')?.text).toEqual(['Access: three'])
  const seen = sectionView(world, actorIn(world, 'sam'), nothing)
  expect(seen.detail[0]?.title).toContain('ticked by Priya')
  expect(seen.detail[0]?.buttons).toEqual([])
})

test('the line manager is asked for their word; Senior Tech can record it', () => {
  const texts = (viewer: ViewerName) =>
    section('the line manager’s word missing', viewer).next.flatMap((row) => row.buttons.map((button) => button.text))
  expect(section('the line manager’s word missing', 'lina').primary?.text).toBe('Answer')
  expect(texts('lina')).toEqual([])
  expect(texts('dan')).toEqual(['Record it'])
  expect(texts('lee')).toEqual([])
})

const sam = { personId: 'sam', fullName: 'Sam Okoro', firstName: 'Sam', text: 'Priya Shah is ready.' }

test('who is not on the board was not mentioned: others read so and may copy the message, they themselves need not', () => {
  const rows = (viewer: ViewerName) =>
    section('ready', viewer, { unreached: [sam] })
      .folds.flatMap((fold) => fold.rows)
      .filter((row) => row.key === 'unreached-sam')
  expect(rows('priya')).toEqual([
    expect.objectContaining({
      title: 'Sam Okoro is not on this board, so no comment could mention them',
      detail: 'Their access queue shows it. To tell them now, send this:',
      copy: {
        value: expect.stringMatching(/^Sam, Priya Shah is ready\. http/),
        label: 'Copy the message for Sam Okoro',
      },
    }),
  ])
  expect(rows('sam')).toEqual([])
})

describe('somebody unlinked', () => {
  test.each(stateNames)('%s: reads level and state, and who they may tell', (name) => {
    const view = section(name, 'stranger', { unreached: [sam] })
    const text = JSON.stringify(view)
    expect(text).not.toMatch(/Priya|Sam|Dan|Alex|Joining Search/)
    expect(view.next.length + view.detail.length + view.folds.length).toBe(0)
    if (name === 'template') return
    expect(view.status.lines.join(' ')).toContain('Tell us who you are to see more.')
    expect(view.primary?.does).toMatchObject({ opens: 'claim' })
  })
  test('a linked colleague is asked whether it is them, and never about themselves', () => {
    const claims = [{ personId: 'kit', memberId: 'member-kit', fullName: 'Kit Doyle' }]
    const row = section('ready', 'lee', { claims }).next[0]
    expect(row?.title).toBe('Is this Kit Doyle?')
    expect(row?.buttons.map((button) => button.text)).toEqual(['Yes', 'No'])
    expect(section('ready', 'stranger', { claims }).next).toEqual([])
    expect(
      section('ready', 'lee', { claims: [{ personId: 'lee', memberId: 'member-lee', fullName: 'Lee Hart' }] }).next[0]
        ?.title,
    ).not.toBe('Is this Lee Hart?')
  })
})

test('what is old says so, and the state stays', () => {
  const old = 'We cannot reach Trello. This is how it stood at 10:42am.'
  expect(section('ready', 'sam', { old })).toMatchObject({
    old,
    status: { headline: expect.stringContaining('ready') },
  })
})

test('the version changes when something a viewer can see changes, and not otherwise', () => {
  expect(section('ready', 'sam').version).toBe(section('ready', 'sam').version)
  expect(section('ready', 'sam').version).not.toBe(section('ready', 'priya').version)
  expect(section('ready', 'sam', { old: 'old' }).version).not.toBe(section('ready', 'sam').version)
})

test('every announcement is one whole sentence', () => {
  for (const name of stateNames) expect(section(name, 'sam').announcement).toMatch(/^\S.*[.?!]$/)
})

test('history is for those concerned, confidential lines for fewer', () => {
  const history = [
    { at: daysAgo(0, '09:58'), text: 'Sam Okoro approved.' },
    { at: daysAgo(1, '09:00'), text: 'Lina Berg, the line manager, agrees.', confidential: true },
  ]
  const text = (viewer: ViewerName) =>
    section('granting', viewer, { history }).folds.find((one) => one.id === 'history')?.text ?? []
  expect(text('sam')).toEqual([
    'Today, 9:58am: Sam Okoro approved.',
    'Yesterday, 9:00am: Lina Berg, the line manager, agrees.',
  ])
  expect(text('alex')).toHaveLength(1)
  expect(text('lee')).toEqual([])
})

test('the log of the request is saved by the engineer, Senior Tech and keepers, from what has happened', () => {
  const history = [{ at: daysAgo(1), text: 'Priya Shah asked for access.' }]
  const files = (viewer: ViewerName) =>
    section('ready', viewer, { history })
      .folds.flatMap((fold) => fold.buttons ?? [])
      .map(({ does }) => does)
      .filter((does) => 'downloads' in does)
  const request = states.ready().request?.id
  for (const viewer of ['priya', 'dan', 'rae'] as const)
    expect(files(viewer)).toEqual([expect.objectContaining({ downloads: `/api/log/requests/${request}` })])
  for (const viewer of ['sam', 'alex', 'lee', 'stranger'] as const) expect(files(viewer)).toEqual([])
})

describe('questions to 2nd line', () => {
  const help = { system: 'Logit', what: 'It shows no stacks', asked_at: daysAgo(1) }
  const answered = { ...help, answered_by: 'jo', answered_at: daysAgo(0), answer: 'Sign in once more' }
  const row = (viewer: string, helps: object) => {
    const world = makeWorld({ request: approved, steps: (plan) => stepsOf(plan), helps: [helps] })
    return sectionView(world, actorIn(world, viewer), nothing).next.find((one) => one.key === 'help-help-0')
  }

  test('the answer stands in the section for those on the request, and for nobody else', () => {
    for (const viewer of ['priya', 'sam', 'alex'])
      expect(row(viewer, answered)).toMatchObject({
        word: 'Answer',
        title: '“Sign in once more”',
        detail: 'Jo Bell about Logit, today, 9:00am. Asked: “It shows no stacks”',
      })
    expect(row('lee', answered)).toBeUndefined()
    expect(row('stranger', answered)).toBeUndefined()
  })

  test('the answer leaves the section after two weeks, and stays in the history', () => {
    expect(row('priya', { ...answered, answered_at: daysAgo(15) })).toBeUndefined()
  })

  test('an open question says that it waits, and 2nd line answers it there', () => {
    expect(row('priya', help)).toMatchObject({ title: 'Help with Logit: “It shows no stacks”', buttons: [] })
    expect(row('alex', help)?.buttons).toMatchObject([{ text: 'Answer', does: { opens: 'answer-help' } }])
  })

  test('question and answer are lines of the history', () => {
    const world = makeWorld({ helps: [answered] })
    const event = (seq: number, type: string, actor: string): ReadEvent => ({
      seq,
      type,
      typeId: 500,
      at: daysAgo(0).toISOString(),
      actor,
      requestId: 'request-1',
      personId: 'priya',
      stepId: null,
      boardId: null,
      data: { help: 'help-0' },
      prevHash: '',
      hash: '',
    })
    const events = [event(1, 'help-asked', 'priya'), event(2, 'help-answered', 'jo')]
    const lines = historyLines(events, world.people, (key) => key, world.helps)
    expect(lines.map((line) => line.text)).toEqual([
      'Priya Shah asked 2nd line for help with Logit: “It shows no stacks”',
      'Jo Bell answered about Logit: “Sign in once more”',
    ])
  })
})
