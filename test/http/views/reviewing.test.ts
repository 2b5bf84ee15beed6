import { describe, expect, test } from 'vitest'
import { notMetToday } from '../../../server/grants/drift/judge-holders.ts'
import { goesWhole } from '../../../server/grants/revoke.ts'
import { badgeModel } from '../../../server/http/views/badges.ts'
import { judgedPart } from '../../../server/http/views/person-facts.ts'
import { queueView } from '../../../server/http/views/queue.ts'
import { type ReviewsKnown, reviewParts } from '../../../server/http/views/reviewing-person.ts'
import { sectionView } from '../../../server/http/views/section.ts'
import { heldRunPart } from '../../../server/http/views/settings/held-runs.ts'
import { upcomingItem } from '../../../server/http/views/upcoming.ts'
import { windowView } from '../../../server/http/views/windows.ts'
import type { World } from '../../../server/requests/act.ts'
import type { Relation } from '../../../server/requests/relations.ts'
import { reviewDue, states } from './states.ts'
import { actorIn, daysAgo, holdingsOf, known, makeWorld, now, person, viewers } from './world.ts'

/** A decision is due about granted access: who decides, who reads why, and what they see before they sign. */

const world = states['review due']()
const section = (name: string, of = world) =>
  sectionView(of, actorIn(of, name), { history: [], claims: [], old: null, unreached: [] })
const extra = { seen: '', draft: {}, unlinked: [], candidates: [], attempts: [], levels: [] }
const whole = {
  worlds: [world],
  found: [],
  byHand: [],
  goes: goesWhole(world).map((plan) => ({ world, plan })),
  unread: [],
}

test.each([
  ['sam', 'Your turn: decide whether Priya Shah keeps Production Deploy', 'Check and revoke', true],
  ['dan', 'Your turn: decide whether Priya Shah keeps Production Deploy', 'Check and revoke', true],
  ['rae', 'Your turn: decide whether Priya Shah keeps Production Deploy', 'Check and revoke', true],
  ['priya', 'An access review is due', undefined, true],
  ['alex', 'An access review is due', undefined, false],
  ['lee', 'An access review is due', undefined, false],
  ['stranger', 'Sponsor: review, 12 days', 'Tell us who you are', false],
])('%s reads "%s"', (name, headline, primary, why) => {
  const view = section(name)
  expect(view.status.headline).toBe(headline)
  expect(view.primary?.text).toBe(primary)
  expect(view.buttons.some((button) => button.text === 'Keep access')).toBe(primary === 'Check and revoke')
  expect(view.status.lines.join(' ').includes('away since 1 October, more than 42 days')).toBe(why)
  // What Signon does by itself stands beside it, for the same people.
  expect(JSON.stringify(view).includes('45 days')).toBe(why)
})

test('who may not decide reads who does, and that nothing changes meanwhile', () => {
  expect(section('priya').status.lines.at(-1)).toBe(
    'Sam Okoro, Senior Tech or a register keeper decides. Until then nothing changes.',
  )
})

test('while the tech lead is away themselves, no other name tells so', () => {
  const sam = world.people.get('sam')
  if (!sam) throw new Error('Sam is missing.')
  const absences = { value: [{ start: '2026-11-01', end: null }], source: 'register', date: '2026-11-01' }
  const people = new Map(world.people).set('sam', { ...sam, absences })
  expect(section('priya', { ...world, people }).status.lines).toEqual(section('priya').status.lines)
})

test('a contractor who is the tech lead decides, though they cannot sponsor', () => {
  const led = makeWorld({
    engineer: { techLead: { value: 'nia', source: 'register', date: '2026-03-12' } },
    request: world.request ?? {},
    steps: () => world.steps,
    holdings: () => world.holdings,
    review: reviewDue,
  })
  expect(section('nia', led).primary?.text).toBe('Check and revoke')
  expect(section('nia', led).status.lines.join(' ')).toContain('away since')
})

test('the window shows every system and what outlives it, and says why above', () => {
  const view = windowView('review-access', world, actorIn(world, 'sam'), null, { ...extra, whole })
  expect(view).toMatchObject({ act: 'confirm-revocation', subject: 'priya', refusal: null })
  expect(view.parts[0]?.rows.map((row) => row.key)).toHaveLength(goesWhole(world).length)
  expect(view.parts[1]?.text.join(' ')).toContain('that are open now may last')
  expect(view.lines.join(' ')).toContain('away since 1 October')
})

describe('somebody who has left', () => {
  const left = makeWorld({
    engineer: { left: known(true) },
    request: world.request ?? {},
    steps: () => world.steps,
    holdings: () => world.holdings,
    review: { ...reviewDue, why: 'left' },
  })
  const keep = (name: string) => windowView('keep-access', left, actorIn(left, name), null, { ...extra, whole })

  test('is revoked by their former lead, and let stand by Senior Tech and keepers alone', () => {
    const buttons = (name: string) =>
      [section(name, left).primary, ...section(name, left).buttons].map((one) => one?.text)
    expect(buttons('sam')).toContain('Check and revoke')
    expect(buttons('sam')).not.toContain('Keep access')
    expect(buttons('rae')).toContain('Keep access')
    expect(keep('sam').refusal).toContain('You cannot let this stand because they have left.')
  })

  test('for a month at most, which the window says before', () => {
    expect(keep('dan').lines.join(' ')).toContain('for 30 days at most')
    const fields = keep('dan').parts.flatMap((one) => one.fields)
    expect(fields).toContainEqual(expect.objectContaining({ hint: expect.stringContaining('Within 30 days.') }))
  })
})

describe('a move', () => {
  const moved = makeWorld({
    engineer: {
      techLead: { value: 'dan', source: 'register', date: '2026-11-20' },
      moved: { value: true, source: 'register', date: '2026-11-24' },
    },
    request: world.request ?? {},
    steps: () => world.steps,
    holdings: () => world.holdings,
    review: { ...reviewDue, why: 'moved', first_day: '2026-11-24', due_day: '2026-11-24' },
  })
  const keep = windowView('keep-access', moved, actorIn(moved, 'dan'), null, { ...extra, whole })

  test('says who sponsors from now on, in the window and in the section, once', () => {
    for (const view of [keep, section('dan', moved), section('dan', { ...moved, review: null })])
      expect(JSON.stringify(view).split('Sponsor from now on: Dan Reyes.')).toHaveLength(2)
  })

  test('is kept without a day to look again, in words that are true of it', () => {
    const fields = keep.parts.flatMap((one) => one.fields)
    expect(fields).toContainEqual(expect.objectContaining({ name: 'lookAgain', required: false }))
    expect(keep.submit?.text).toBe('Decide')
    expect(fields).toContainEqual(expect.objectContaining({ kind: 'checks', name: 'goes', values: [] }))
    expect(keep.lines.join(' ')).toContain('all that is not ticked stays')
    expect(keep.lines.join(' ')).not.toContain('should end')
  })

  test('says what goes with a choice, what cannot go and why, and what nobody could look at', () => {
    const leads = whole.goes.find(({ plan }) => plan.key === 'github-production-deploy')
    expect(leads).toBeDefined()
    const [goes] = keep.parts.flatMap((one) => one.fields).filter((one) => one.kind === 'checks')
    const hints = goes?.options.flatMap(({ hint }) => hint ?? [])
    expect(hints).toEqual([expect.stringMatching(/^With it also goes: Argo CD .*\.$/)])
    const follows = world.steps.map((step) =>
      step.key === 'argo-cd/production' ? { ...step, state: 'planned' as const } : step,
    )
    const giving = world.request && { ...world.request, state: 'granting' as const }
    const halfway = { ...world, steps: follows, request: giving }
    const later = { ...whole, worlds: [halfway], unread: ['Fastly'] }
    const view = windowView('keep-access', moved, actorIn(moved, 'dan'), null, {
      ...extra,
      whole: { ...later, goes: whole.goes.map((one) => ({ ...one, world: halfway })) },
    })
    expect(view.parts.flatMap((one) => one.text)).toContain(
      'We could not look in Fastly for what is not in our records.',
    )
    const stays = view.parts.find(({ title }) => title === 'What cannot go with this decision, and stays')
    expect(stays?.rows.map(({ detail }) => detail)).toEqual([
      expect.stringContaining('is still being given and needs this.'),
    ])
  })

  test('together with an absence is decided in the absence’s window, which says both', () => {
    const [absence, move] = [reviewDue, moved.review]
    const both = { ...moved, review: absence, otherReviews: move ? [move] : [] }
    const view = windowView('keep-access', both, actorIn(both, 'dan'), null, { ...extra, whole })
    const fields = view.parts.flatMap((one) => one.fields)
    expect(fields).toContainEqual(expect.objectContaining({ name: 'lookAgain', required: true }))
    expect(fields.some(({ kind }) => kind === 'checks')).toBe(false)
    expect(view.lines.join(' ')).toMatch(/away since .* moved to another team/)
  })
})

test('what could not be looked at is named before anybody signs', () => {
  const text = JSON.stringify(
    windowView('review-access', world, actorIn(world, 'sam'), null, {
      ...extra,
      whole: { ...whole, unread: ['Fastly'] },
    }),
  )
  expect(text).toContain('We could not look in Fastly for what is not in our records.')
})

test('late: once it is decided, both windows say so', () => {
  for (const name of ['review-access', 'keep-access'] as const)
    expect(windowView(name, states.granted(), actorIn(world, 'sam'), null, { ...extra, whole }).refusal).toBe(
      'No access review is due here any more. Reload the card to see what was decided.',
    )
})

test('it is in the queue of whoever decides, and of nobody else', () => {
  const yours = (name: string) =>
    queueView([world], actorIn(world, name), { boards: [], board: 'all', tab: 'yours', now, grantedThisWeek: 0 }).rows
  expect(viewers.filter((name) => yours(name).length > 0)).toEqual(['sam', 'dan', 'rae'])
  expect(yours('rae')[0]?.buttons.map(({ text }) => text)).toEqual(['Check and revoke', 'Keep access'])
})

test('a revocation that a review decided says since when it was due', () => {
  const revoking = { ...states.revoking(), revokeDue: '2026-11-12' }
  expect(section('alex', revoking).status.sinceWord).toBe('since 12 November')
  expect(section('lee', revoking).status.sinceWord).toBe('since 10:30am')
  const doing = { ...states['revoking, 2nd line'](), revokeDue: '2026-11-12' }
  const options = { boards: [], board: 'all', tab: 'second-line' as const, now, grantedThisWeek: 0 }
  const [row] = queueView([doing], actorIn(doing, 'alex'), options).rows
  expect([row?.overdue, row?.sinceWord]).toEqual([true, '12 days'])
})

describe('a decision in the queue', () => {
  const review = { ...reviewDue, opened_at: daysAgo(1) }
  const onCard = { ...world, review }
  const queue = (name: string, worlds: World[]) =>
    queueView(worlds, actorIn(onCard, name), { boards: [], board: 'all', tab: 'sponsors', now, grantedThisWeek: 0 })

  test('waits since the day it was due for who decides, and since it was opened for whoever must not learn of it', () => {
    const since = (name: string) => queue(name, [onCard]).rows.map(({ overdue, sinceWord }) => [overdue, sinceWord])
    for (const name of ['sam', 'dan', 'rae', 'priya']) expect(since(name)).toEqual([[true, '12 days']])
    for (const name of ['alex', 'lee']) expect(since(name)).toEqual([[false, '1 day']])
    // Both may be pointed at by anybody.
    expect(badgeModel(onCard).badges[0]?.since).toEqual(review.opened_at)
    expect(queue('sam', [onCard]).handover.join()).toContain('Priya Shah, Deploy: Sponsor: review access (1 day)')
  })

  test('is one row and one line of the handover, however many cards and adopted things it is about', () => {
    const record = { ...onCard, card: { ...onCard.card, id: 'record-1', way: 'record' as const } }
    const admin = { ...states['admin granted'](), review }
    const other = { ...onCard, review: { ...review, id: 'review-2' } }
    const view = queue('dan', [record, onCard, { ...record, card: { ...record.card, id: 'record-2' } }, admin, other])
    expect(view.rows.map(({ key, level }) => [key, level])).toEqual([
      [`${onCard.card.id}-review-1`, 'Admin and Deploy'],
      [`${onCard.card.id}-review-2`, 'Deploy'],
    ])
    expect(view.tabs.find(({ selected }) => selected)?.count).toBe(2)
    expect(view.handover.filter((line) => line.includes('review access'))).toHaveLength(2)
    expect(queue('dan', [record]).rows).toHaveLength(1)
  })
})

test('on a card whose access was revoked, whoever may records that somebody is back: a return needs it', () => {
  const rows = (name: string, of: World) =>
    section(name, of).folds.flatMap(({ rows }) => rows.map(({ title }) => title).filter((title) => /away/.test(title)))
  for (const name of ['sam', 'rae']) expect(rows(name, states.revoked())).toEqual(['Is Priya away, or back?'])
  for (const name of ['priya', 'alex', 'lee']) expect(rows(name, states.revoked())).toEqual([])
  expect(rows('sam', states.declined())).toEqual([])
})

test('what another request takes too is shown as going, with where, and never as gone', () => {
  const base = states.revoking()
  const [shared] = base.steps.filter(({ direction, key }) => direction === 'grant' && key === 'logit')
  const held = base.holdings.find((one) => one.grant_key === 'logit') ?? holdingsOf(shared ? [shared] : [])[0]
  expect([shared, held]).not.toContain(undefined)
  const elsewhere = shared && { ...shared, id: 'there', request_id: 'admin', direction: 'revoke' as const }
  const going: World = {
    ...base,
    steps: base.steps.filter(({ direction }) => direction === 'grant'),
    holdings: held ? [{ ...held, request_id: 'admin' }] : [],
    othersRevokes: elsewhere ? [{ ...elsewhere, state: 'ready' }] : [],
  }
  const view = section('sam', going)
  expect(view.status.headline).toBe('Revoking, 0 of 1 gone')
  expect(view.status.lines).toContain('Still there: Logit.')
  expect(view.detail.map(({ title }) => title)).toContain(
    'Logit: with the other request that needed it, on its own card',
  )
  const ended: World = { ...going, othersRevokes: [], request: base.request && { ...base.request, state: 'ended' } }
  expect(section('sam', ended).status.headline).toMatch(/^Ended on .*\. Another request needs what stays: Logit$/)
  expect(JSON.stringify(badgeModel(ended))).toContain('"Ended"')
  // What this one had revoked already, and another gave since, is the other's alone.
  const gone = shared ? [{ ...shared, id: 'gone', direction: 'revoke' as const, state: 'seen' as const }] : []
  expect(section('sam', { ...ended, steps: [...ended.steps, ...gone] }).status.headline).toMatch(/^Revoked on /)
})

test('what another request gave, and this one found, works here too, and was never revoked', () => {
  const base = states.granted()
  const found: World = { ...base, holdings: base.holdings.map((one) => ({ ...one, request_id: 'elsewhere' })) }
  for (const name of ['priya', 'lee']) {
    const view = JSON.stringify(section(name, found))
    expect(view).toContain('Works now')
    expect(view).not.toMatch(/revoked/i)
  }
})

describe('a run that stopped because it is about very many', () => {
  const reviews = {
    run: 'reviews',
    of: '',
    people: 120,
    all: 300,
    items: 700,
    allItems: 2100,
    since: now,
    whom: 'digest',
  } as const
  const differences = { ...reviews, run: 'differences-github', of: 'GitHub' } as const

  test.each([
    [
      reviews,
      'for 120 of the 300 people who hold something, at once: 700 of the 2100 things that they hold',
      'let-reviews',
      'reviews',
    ],
    [differences, '120 people were found at once to have 700 things in GitHub', 'let-differences', 'github'],
  ])('says in settings and queue what it is, who looks and how it goes on: $run', (held, what, act, subject) => {
    const part = (name: string) => heldRunPart(held, actorIn(world, name))
    expect(part('lee').rows[0]?.title).toContain(what)
    expect(part('lee').rows[0]?.detail).toContain('A register keeper or Senior Tech checks whether')
    expect([part('rae').form, part('dan').form, part('lee').form].map((form) => form?.act)).toEqual([
      act,
      act,
      undefined,
    ])
    const rows = (name: string) => {
      const options = { boards: [], board: 'this', now, grantedThisWeek: 0, held: [held] }
      return queueView([], actorIn(world, name), { ...options, tab: 'everything' }).rows
    }
    expect(rows('dan')[0]?.buttons.map(({ does }) => does)).toEqual([
      { act, subject, input: { people: '120', items: '700', whom: 'digest' } },
    ])
    expect(rows('alex')[0]).toMatchObject({ what: expect.stringContaining(what), buttons: [] })
    expect(rows('lee')).toEqual([])
  })
})

test('why access would not be approved today stands on the person’s page, for those alone who may read it', () => {
  const engineer = person('priya', 'Priya Shah', { left: known(true), clearance: null })
  const findings = notMetToday({ ruleSet: world.ruleSet, people: world.people, today: world.today }, engineer, [
    'deploy',
  ])
  const told = (...relations: Relation[]) =>
    judgedPart(findings, new Set(relations), 'Priya').flatMap(({ rows, text }) => [
      ...text,
      ...rows.map(({ word, title }) => `${word}: ${title}`),
    ])
  for (const who of ['engineer', 'sponsor', 'keeper'] as const)
    expect(told('linked', who)).toEqual([
      'What Priya holds would not be approved today. Nothing ends by that: a sponsor decides, or a keeper puts the record right.',
      'Not known: BPSS clearance',
      'Not met: Still here',
    ])
  for (const who of ['second-line', 'tech-lead', 'holds-admin'] as const) expect(told('linked', who)).toEqual([])
})

describe('on the person’s page', () => {
  const priya = world.people.get('priya')
  const upcoming = {
    personId: 'priya',
    fullName: 'Priya Shah',
    why: 'absence' as const,
    firstDay: '2026-10-20',
    end: null,
    due: '2026-12-01',
    daysLeft: 7,
    rung: 7 as const,
  }
  const parts = (relations: Relation[], known: Partial<ReviewsKnown>, of = priya) =>
    JSON.stringify(
      of &&
        reviewParts(of, {
          reviews: [],
          upcoming: null,
          holds: true,
          relations: new Set(relations),
          seesAbsence: !relations.includes('second-line'),
          people: world.people,
          ruleSet: world.ruleSet,
          now,
          ...known,
        }),
    )

  test('the ladder speaks to those who may see absence, and to nobody else', () => {
    const words = 'A decision will be due on 1 December, in 7 days'
    expect(parts(['linked', 'tech-lead'], { upcoming })).toContain(words)
    expect(parts(['linked', 'engineer'], { upcoming })).toContain(words)
    expect(parts(['linked', 'second-line'], { upcoming })).toBe('[]')
  })

  test('and in the queue the same, without a word in the handover that is pasted anywhere', () => {
    const rows = (...relations: Relation[]) => upcomingItem(upcoming, { relations: new Set(relations), now })
    const mine = rows('linked', 'tech-lead')
    expect(mine.map(({ row }) => `${row.what}, ${row.sinceWord}`)).toEqual([
      'A decision about this access will be due on 1 December, in 7 days',
    ])
    expect(mine[0]?.row.buttons.map(({ does }) => does)).toEqual([{ opens: 'person', args: { subject: 'priya' } }])
    expect(rows('linked', 'engineer')).toHaveLength(1)
    expect([rows('linked'), rows('linked', 'second-line'), rows('linked', 'holds-admin')]).toEqual([[], [], []])
    const options = { boards: [], board: 'all', tab: 'yours' as const, now, grantedThisWeek: 0, upcoming: mine }
    const view = queueView([], actorIn(world, 'sam'), options)
    expect(view.rows).toHaveLength(1)
    expect(view.handover.join(' ')).not.toContain('Priya')
  })

  test('whoever decides has both answers there; others read that it is due, and not why', () => {
    const lead = parts(['linked', 'tech-lead'], { reviews: [reviewDue] })
    expect(lead).toContain('"opens":"review-access","args":{"subject":"priya"}')
    expect(lead).toContain('away since 1 October')
    const doer = parts(['linked', 'second-line'], { reviews: [reviewDue] })
    // Since when would tell since when somebody is away.
    expect(doer).toContain('"A decision is due"')
    expect(doer).not.toMatch(/away|review-access/)
  })

  test('of somebody who has left the former lead may only revoke', () => {
    const left = (...relations: Relation[]) =>
      parts(
        relations,
        { reviews: [{ ...reviewDue, why: 'left' }] },
        person('priya', 'Priya Shah', { left: known(true) }),
      )
    expect(left('linked', 'tech-lead')).toContain('"opens":"review-access"')
    expect(left('linked', 'tech-lead')).not.toContain('"opens":"keep-access"')
    expect(left('linked', 'keeper')).toContain('"opens":"keep-access"')
  })

  test('for cause: Senior Tech and keepers, while something is held', () => {
    expect(parts(['linked', 'senior-tech'], {})).toContain('revoke-for-cause')
    expect(parts(['linked', 'senior-tech'], { holds: false })).toBe('[]')
    expect(parts(['linked', 'tech-lead'], {})).toBe('[]')
  })
})
