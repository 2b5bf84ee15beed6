import { describe, expect, test } from 'vitest'
import type { Field, WindowView } from '../../../server/http/api.ts'
import { type WindowExtra, type WindowName, windowNames, windowView } from '../../../server/http/views/windows.ts'
import type { World } from '../../../server/requests/act.ts'
import { states } from './states.ts'
import { actorIn, approved, daysAgo, known, makeWorld, stepsOf } from './world.ts'

function open(
  name: WindowName,
  world: World,
  viewer: string,
  more: Partial<WindowExtra> = {},
  key?: string,
): WindowView {
  const step = world.steps.find((one) => one.key === key) ?? null
  const extra = { seen: 'seen', draft: {}, unlinked: [], candidates: [], attempts: [], levels: [], ...more }
  return windowView(name, world, actorIn(world, viewer), step, extra)
}
const fieldsOf = (view: WindowView) => view.parts.flatMap((part) => part.fields)
const names = (view: WindowView) => fieldsOf(view).map((field) => field.name)
const named = (view: WindowView, name: string): Field | undefined => fieldsOf(view).find((field) => field.name === name)

describe('the approve window', () => {
  const view = open('approve', makeWorld(), 'sam')
  test('names the person and the level, and says as what the sponsor approves', () => {
    expect(view.title).toBe('Give Priya Shah Production Deploy access')
    expect(view.lines).toEqual([
      'You are approving as Priya’s tech lead.',
      'Why: “Joining Search, deploying from 1 December”',
    ])
    expect(view.submit.text).toBe('Give Priya Production Deploy access')
  })
  test('reads downwards: what will change, what you confirm, approve', () => {
    expect(view.parts.map((part) => part.title)).toEqual(['What will change', 'What you confirm', 'Approve'])
    expect(view.parts[0]?.aside).toBe('8 steps')
    expect(view.parts[0]?.folds.map((fold) => fold.title)).toEqual([
      'What will not change',
      'Worth knowing',
      'How each step is checked',
    ])
  })
  test('says once what changes alike in several environments, and leaves out what changes nothing', () => {
    const rows = (level: string) =>
      open('approve', makeWorld({ level }), level === 'admin' ? 'dan' : 'sam')
        .parts.find((part) => part.title === 'What will change')
        ?.rows.map((row) => `${row.word}: ${row.title}`)
    expect(rows('deploy')).toEqual([
      'GitHub: Add priya-s to GOV.UK Production Deploy',
      'AWS: Add priya.shah to read-only roles in staging and production',
      'Argo CD: Access in staging and production',
      'Signon: Normal role in production, applications: Release',
      'Logit: Add priya.shah@example.gov.uk to production-deploy',
    ])
    expect(rows('admin')).toContain('AWS: Add priya.shah to privileged roles in production, staging and tools')
  })
  test('keeps every step and its check in a fold', () => {
    const fold = view.parts[0]?.folds.find((one) => one.id === 'checked')
    expect(fold?.rows).toHaveLength(8)
    expect(fold?.rows.map((row) => row.title)).toContain('See that the IAM user priya.shah exists and has MFA')
    expect(fold?.rows[0]?.detail).toContain('How it is checked: read back from GitHub.')
  })
  test('says how each change is made, and what follows what', () => {
    const how = Object.fromEntries((view.parts[0]?.rows ?? []).map((row) => [row.key, row.who]))
    expect(how).toMatchObject({
      'github-production-deploy': 'by us',
      'aws-user/staging': 'pull request',
      'argo-cd/staging': 'with GitHub',
      'signon-production/production': '2nd line',
    })
  })
  test('shows known facts and does not ask for them; asks four confirmations, none ticked', () => {
    expect(view.parts[1]?.rows.map((row) => [row.title, row.detail])).toEqual([
      ['Priya has BPSS clearance', 'register, 12 March. Not asked.'],
    ])
    expect(fieldsOf(view).map((field) => [field.name, field.kind === 'check' && field.checked])).toEqual([
      ['confirm-CD2', false],
      ['confirm-CD3', false],
      ['confirm-CD4', false],
      ['confirm-CD5', false],
    ])
    expect(view.parts[1]?.legend).toBe('I confirm that Priya')
    for (const field of fieldsOf(view)) expect('link' in field && field.link?.label).toContain('opens in a new tab')
  })
  test('shows which names are new, on whose word and since when, and nothing of the kind where imports confirm all', () => {
    const newLinks = [
      { kind: 'aws' as const, name: 'priya.shah@example.gov.uk', since: daysAgo(4), by: 'priya' },
      { kind: 'github' as const, name: 'priya-s', since: daysAgo(4), by: 'priya' },
      { kind: 'trello' as const, name: '', since: daysAgo(1), by: 'lee' },
    ]
    const rows = (links: typeof newLinks) =>
      open('approve', makeWorld(), 'sam', { newLinks: links }).parts[1]?.rows.filter((row) => row.word === 'New')
    expect(rows(newLinks)?.map((row) => [row.title, row.detail])).toEqual([
      [
        'Priya’s AWS user name priya.shah@example.gov.uk and GitHub username priya-s',
        'typed by Priya on 20 November, not checked by a keeper',
      ],
      ['Priya’s Trello account', 'linked on Lee Hart’s word yesterday, not checked by a keeper'],
    ])
    expect(rows([])).toEqual([])
  })
  test('asks where and when clearance was seen, where the register is silent', () => {
    const silent = open('approve', makeWorld({ engineer: { clearance: null } }), 'sam')
    expect(names(silent)).toContain('clearanceWhere')
    expect(names(silent)).toContain('clearanceDate')
    expect(silent.parts[1]?.rows).toEqual([])
  })
  test('is a sentence and no form where the register says no', () => {
    const no = open('approve', makeWorld({ engineer: { clearance: known(false) } }), 'sam')
    expect(no.refusal).toContain('BPSS clearance has not been given')
    expect(no.parts).toEqual([])
  })
  test('asks for a written reason where probation does not apply to a contractor', () => {
    const world = makeWorld({ level: 'admin', engineer: { employment: known('contractor'), probation: null } })
    expect(names(open('approve', world, 'dan'))).toContain('notApplicable-CA2')
  })
  test('holds the review too where it is still to be done, each objective by name', () => {
    const review = open('approve', states['ready for review'](), 'dan')
    expect(names(review)).toEqual(
      expect.arrayContaining(['reference', 'formVersion', 'date', 'objective-LO1', 'objective-LO4', 'confirm-CD2']),
    )
    expect(review.buttons.map((button) => button.text)).toEqual(['Ask for changes', 'Save review only'])
    expect(names(open('approve', states['reviewed, ready for approval'](), 'dan'))).not.toContain('objective-LO1')
  })
  test('keeps what was ticked before', () => {
    const kept = open('approve', makeWorld(), 'sam', { draft: { 'confirm-CD3': true, 'confirm-CD9': true } })
    expect(named(kept, 'confirm-CD3')).toMatchObject({ checked: true })
    expect(named(kept, 'confirm-CD2')).toMatchObject({ checked: false })
  })
  test('tells the second approver who was first', () => {
    expect(open('approve', states.granting(), 'dan').refusal).toBe('This has been approved already by Sam Okoro.')
  })
})

describe('the register by hand', () => {
  const asked = (engineer: object, level = 'deploy', viewer = 'rae') =>
    open('update-record', makeWorld({ level, engineer, request: { state: 'open' } }), viewer)
  test.each([
    ['clearance', { clearance: known(false) }, 'deploy', ['yes', 'no']],
    ['probation', { probation: null }, 'admin', ['passed', 'not-passed']],
    ['left', { left: null }, 'deploy', ['yes', 'no']],
    ['apprentice', { apprentice: null }, 'admin', ['yes', 'no']],
  ] as const)('asks a keeper for the fact that holds up the request: %s', (fact, engineer, level, options) => {
    const view = asked(engineer, level)
    expect(view).toMatchObject({
      act: 'set-fact',
      subject: 'priya',
      refusal: null,
      title: 'Update Priya Shah’s record',
    })
    expect(named(view, 'fact')).toMatchObject({ kind: 'hidden', value: fact })
    const value = named(view, 'value')
    expect(value?.kind === 'choice' && value.options.map((option) => option.value)).toEqual(options)
    expect(value).toMatchObject({ value: '' })
    expect(names(view)).toEqual(['fact', 'value', 'source'])
  })
  test('offers as line manager nobody who left, neither the engineer nor the keeper who asks', () => {
    const said = { by: 'priya', date: '2026-11-20', reference: null, recordedBy: null }
    const world = makeWorld({
      level: 'admin',
      engineer: { apprentice: known(true), lineManager: null },
      people: { lee: { left: known(true) } },
      request: { state: 'open', apprentice: { confident: said, wantsSecondary: said, lineManagerAgrees: null } },
    })
    const value = named(open('update-record', world, 'rae'), 'value')
    const offered = value?.kind === 'choice' ? value.options.map((option) => option.value) : []
    expect(offered).toContain('lina')
    for (const never of ['priya', 'rae', 'lee']) expect(offered).not.toContain(never)
  })
  test.each([
    ['a keeper, where that is unknown', 'rae', { absences: null }],
    ['a keeper, where the request waits for nothing', 'rae', {}],
    ['the tech lead, whatever the request waits for', 'sam', { left: null }],
  ])('asks for an absence of %s', (_who, viewer, engineer) => {
    const view = asked(engineer, 'deploy', viewer)
    expect(view).toMatchObject({ act: 'record-absence', subject: 'priya', refusal: null })
    expect(names(view)).toEqual(['away', 'start', 'end', 'source'])
  })
  test('says nothing of an absence that is recorded: not everybody who may add may read it', () => {
    expect(
      JSON.stringify(asked({ absences: known([{ start: '2026-11-02', end: null }]) }, 'deploy', 'sam')),
    ).not.toContain('2026-11-02')
  })
  test.each(['priya', 'alex', 'dan', 'lee'])('denies %s', (viewer) => {
    const view = open('update-record', states['a fact unknown'](), viewer)
    expect([view.refusal, view.parts]).toEqual([
      'You cannot change this. A register keeper can, but never their own facts.',
      [],
    ])
  })
})

describe('the form of the engineer', () => {
  test('asks what is not known and fills in what is', () => {
    const view = open('ask', states['not asked yet'](), 'priya')
    expect(view).toMatchObject({ act: 'ask', title: 'Ask for Production Deploy' })
    expect(names(view)).toEqual(['email', 'github', 'aws', 'reason', 'signonApps'])
    expect(named(view, 'github')).toMatchObject({ value: 'priya-s' })
    expect(named(view, 'signonApps')).toMatchObject({ value: 'Release' })
  })
  test('is the same form later, for what is missing', () => {
    expect(open('ask', states['two details missing'](), 'priya')).toMatchObject({
      act: 'give-details',
      subject: 'request-1',
    })
  })
  test('asks an apprentice for their own two statements, for Admin only', () => {
    expect(names(open('ask', states['an apprentice to be confirmed'](), 'priya'))).toEqual(
      expect.arrayContaining(['confident', 'wantsSecondary']),
    )
    const deploy = makeWorld({ engineer: { apprentice: known(true) }, request: { state: 'open' } })
    expect(names(open('ask', deploy, 'priya'))).not.toContain('confident')
  })
  test('lets somebody unlinked say who they are and ask in one go, and shows them nobody’s answers', () => {
    const view = open('ask', makeWorld({ request: null, nobody: true }), 'stranger', {
      unlinked: [{ id: 'kit', fullName: 'Kit Doyle' }],
    })
    expect(view).toMatchObject({ act: 'claim-identity', refusal: null })
    expect(names(view)).toEqual(['person', 'email', 'github', 'aws', 'reason', 'signonApps'])
    expect(named(view, 'person')).toMatchObject({
      value: '',
      options: [{ value: 'kit', text: 'Kit Doyle', hint: null }],
    })
    expect(JSON.stringify(open('ask', states.ready(), 'stranger'))).not.toContain('Joining')
  })
})

describe('somebody whose access was revoked', () => {
  const returning: World['returning'] = {
    request: 'request-0',
    level: 'admin',
    on: daysAgo(9),
    adopted: false,
    givenBack: false,
    why: 'absence',
    reason: 'On the rota',
    signonApps: { production: ['Release', 'Whitehall'] },
    review: {
      reviewer: 'dan',
      reviewerName: 'Dan Reyes',
      date: '2026-06-02',
      reference: 'form/17',
      formVersion: '3',
      objectives: ['LO1', 'LO2', 'LO3', 'LO4'],
    },
    accounts: { github: 'priya-s', aws: 'priya.shah' },
    onReturn: [...new Set(makeWorld({ level: 'admin' }).plan?.steps.flatMap(({ onReturn }) => onReturn ?? []))],
  }
  const textOf = (view: WindowView) => view.parts.find((part) => part.title === 'Coming back')?.text.join(' ')
  const says = [
    'Production Admin was revoked on 15 November after more than 42 days away.',
    'Super Admin again the moment it is unsuspended',
    'deleted and made again meanwhile, AWS gave it a new id',
  ]
  test('asks with what was known filled in, and reads what comes back', () => {
    const world = { ...makeWorld({ request: null }), returning }
    const view = open('ask', world, 'priya')
    for (const text of says) expect(textOf(view)).toContain(text)
    expect(named(view, 'reason')).toMatchObject({ value: 'On the rota' })
    expect(named(view, 'signonApps')).toMatchObject({ value: 'Release, Whitehall' })
    // Nobody else reads it in theirs.
    expect(JSON.stringify(open('ask', world, 'lee'))).not.toMatch(/revoked on|On the rota/)
  })
  test('who gave it back early reads that, and not that it was revoked', () => {
    const world = { ...makeWorld({ request: null }), returning: { ...returning, givenBack: true, why: null } }
    expect(textOf(open('ask', world, 'priya'))).toContain('Production Admin was given back on 15 November. Everything')
  })
  test('what was only adopted is said to be that', () => {
    const adopted = { ...returning, adopted: true, why: null, reason: null }
    const world = { ...makeWorld({ request: null }), returning: adopted }
    expect(textOf(open('ask', world, 'priya'))).toContain(
      'What was adopted of Production Admin was revoked on 15 November. Everything is judged',
    )
  })
  test('is approved by somebody who reads the same and confirms everything anew; a review of then is shown, not taken', () => {
    const view = open('approve', { ...makeWorld({ level: 'admin' }), returning }, 'dan')
    for (const text of says) expect(textOf(view)).toContain(text)
    expect(named(view, 'reference')).toMatchObject({
      value: 'form/17',
      hint: expect.stringContaining('Dan Reyes reviewed this one on 2 June, before access was revoked.'),
    })
    const ticked = fieldsOf(view).filter((field) => field.kind === 'check' && field.checked)
    expect(ticked).toEqual([])
    // Whoever may not approve reads nothing of it.
    expect(textOf(open('approve', { ...makeWorld({ level: 'admin' }), returning }, 'alex'))).toBeUndefined()
  })
})

test('attaching offers people and chooses nobody', () => {
  const view = open('attach', states['not asked yet'](), 'priya', {
    candidates: [{ id: 'priya', fullName: 'Priya Shah', hint: 'member of the card' }],
  })
  expect(named(view, 'engineer')).toMatchObject({ value: '', required: true })
})

test('stopping asks what then', () => {
  expect(open('stop', states.granting(), 'sam').lines[0]).toContain('go on later, or revoke what is done?')
})

test('revoking shows what goes, what stays until when, and only then the button', () => {
  const one = open('revoke', states.granted(), 'dan', {}, 'github-production-deploy')
  expect(one.parts.map((part) => part.title)).toEqual(['What goes', 'What stays', 'Revoke'])
  // Argo CD comes with the GitHub team, so it goes with it.
  expect(one.parts[0]?.text).toHaveLength(3)
  expect(one.parts[1]?.text.join(' ')).not.toContain('Argo CD')
  expect(named(one, 'key')).toMatchObject({ value: 'github-production-deploy' })
  const all = open('undo', states.granted(), 'sam')
  // All but the AWS user, which was only looked at.
  expect(all.parts[0]?.rows).toHaveLength(7)
  expect(all.submit).toEqual({ text: 'Revoke Production Deploy', tone: 'danger' })
})

test('a step shows who approved, before you start, each click with its value, and what right looks like', () => {
  const world = states['2nd line to do Signon']()
  const view = open('step', world, 'alex', {}, 'signon-production/production')
  expect(view.title).toBe('Priya Shah · Signon')
  expect(view.lines.join(' ')).toContain('Approved by Sam Okoro today, 9:58am.')
  expect(view.lines.join(' ')).toContain('Before you start: nothing.')
  expect(view.parts[0]?.rows[1]?.copy).toEqual({
    value: 'priya.shah@example.gov.uk',
    label: 'Copy priya.shah@example.gov.uk for Priya Shah',
  })
  expect(view.parts[0]?.text[0]).toMatch(/^Right looks like: /)
  expect(view.buttons.map((button) => button.text)).toEqual([
    'Take this step',
    'I have done this',
    'I cannot do this',
    'Hand over',
    'Get help',
  ])
})

test('what Alex has taken, Jo may not mark as done', () => {
  const texts = (viewer: string) =>
    open('step', states['taken by Alex'](), viewer, {}, 'signon-production/production').buttons.map(
      (button) => button.text,
    )
  expect(texts('alex')).toContain('I have done this')
  expect(texts('jo')).not.toContain('I have done this')
})

test('who has a step gives it back, and others who may do it set it free', () => {
  const texts = (viewer: string) =>
    open('step', states['taken by Alex'](), viewer, {}, 'signon-production/production').buttons.map(
      (button) => button.text,
    )
  expect(texts('alex')).toContain('Give it back')
  expect(texts('jo')).toContain('Set it free')
})

test('revoking: “already gone” can be said where somebody is not in the list', () => {
  const granting = open('cannot-step', states['2nd line to do Signon'](), 'alex', {}, 'signon-production/production')
  expect(named(granting, 'why')).toMatchObject({ options: [{ text: 'Not in the list' }, {}, {}, {}, {}] })
  const world = states['revoking, 2nd line']()
  const revokes = { ...world, steps: world.steps.filter((one) => one.direction === 'revoke') }
  const view = open('cannot-step', revokes, 'alex', {}, 'signon-production/production')
  expect(named(view, 'why')).toMatchObject({ options: [{ text: 'Already gone' }, {}, {}, {}, {}] })
})

test('the attempts of a step can be read', () => {
  const view = open(
    'step',
    states.stuck(),
    'alex',
    { attempts: [{ at: daysAgo(1).toISOString(), text: 'Read: refused.' }] },
    'aws-user/staging',
  )
  expect(view.parts.at(-1)?.folds[0]).toMatchObject({ title: '1 attempt', text: ['Read: refused.'] })
})

test('a colleague may look as the second person, and gets no other step panel', () => {
  expect(open('step', states['done, to be seen'](), 'lee', {}, 'logit').buttons.map((button) => button.text)).toEqual([
    'I have seen it in the system',
  ])
  expect(open('step', states['2nd line to do Signon'](), 'lee', {}, 'signon-production/production')).toMatchObject({
    parts: [],
    buttons: [],
  })
})

test('no window breaks on a card that nobody has asked on', () => {
  const world = states['not asked yet']()
  for (const name of windowNames)
    if (name !== 'ask' && name !== 'attach' && name !== 'claim')
      expect(open(name, world, 'sam').refusal).toBe('Nobody has asked for access on this card yet.')
})

describe('ten ways to say no, word for word', () => {
  const twoSteps = () =>
    makeWorld({ request: approved, steps: (plan) => stepsOf(plan, { logit: { state: 'ready', turn: 'second-line' } }) })
  test('1 your own request', () => {
    expect(open('approve', makeWorld(), 'priya').refusal).toBe(
      'You cannot approve your own request. Sam Okoro, your tech lead, or any Senior Tech member can.',
    )
  })
  test('2 not the recorded tech lead', () => {
    expect(open('approve', makeWorld(), 'lee').refusal).toBe(
      'You cannot approve this because you are not recorded as Priya’s tech lead. Sam Okoro is. If that has changed, ask a register keeper to update it.',
    )
  })
  test('3 a tech lead who is no civil servant', () => {
    const world = makeWorld({ engineer: { techLead: known('nia') } })
    expect(open('approve', world, 'nia').refusal).toBe(
      'You cannot approve this because a tech lead who sponsors must be a civil servant. Any Senior Tech member can approve it.',
    )
  })
  test('4 Admin, and whom we told', () => {
    const told = { firstName: 'Dan', at: daysAgo(1) }
    expect(open('approve', states['ready for review'](), 'sam', { told }).refusal).toBe(
      'Only Senior Tech can approve Production Admin. Dan Reyes and 1 other can. We told Dan on 23 November.',
    )
  })
  test('5 probation not known', () => {
    const world = makeWorld({ level: 'admin', engineer: { probation: null }, request: { state: 'open' } })
    expect(world.findings.find((finding) => finding.id === 'CA2')?.sentence).toBe(
      'We do not know yet whether you have passed probation. This is not a no. Ask your line manager to tell a register keeper.',
    )
  })
  test('6 an apprentice who asks for Admin', () => {
    const world = states['an apprentice to be confirmed']()
    expect(world.findings.find((finding) => finding.id === 'AP-confident')?.sentence).toBe(
      'Technologist apprentices can have Production Deploy. You can ask for Production Admin if you are confident, want a 2nd line shift as Secondary and your line manager agrees.',
    )
  })
  test('9 your own step', () => {
    const view = open('step', twoSteps(), 'priya', {}, 'logit')
    expect(view.lines.at(-1)).toBe(
      'You cannot mark this step because the access is yours. 2nd line or your tech lead can.',
    )
    expect(view.buttons.map((button) => button.text)).toEqual(['Get help'])
  })
  test('10 a second request for the same level', () => {
    expect(open('ask', states['asked on another card'](), 'priya').refusal).toBe(
      'Priya already has an open request for Production Deploy. Go to that card, or withdraw it there and ask again here.',
    )
  })
})
