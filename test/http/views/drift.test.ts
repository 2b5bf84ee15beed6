import { describe, expect, test } from 'vitest'
import type { FindingRow } from '../../../server/grants/drift/keep.ts'
import { driftItem, seesDrift } from '../../../server/http/views/drift.ts'
import { differenceLines, rowsOf } from '../../../server/http/views/drift-groups.ts'
import type { Drift } from '../../../server/http/views/drift-ways.ts'
import { comparisonPart } from '../../../server/http/views/settings/comparison.ts'
import { driftWindow } from '../../../server/http/views/windows/drift.ts'
import type { LinkedActor } from '../../../server/requests/act.ts'
import type { PersonFacts } from '../../../server/rules/types.ts'
import { daysAgo, known, now, person } from './world.ts'

/** What a comparison found, as each viewer reads and settles it. */

const priya = person('priya', 'Priya Shah')
const none = { keeper: false, seniorTech: false, secondLine: false, holdsAdmin: false }
const as = (who: PersonFacts, roles = {}): LinkedActor => ({
  memberId: who.id,
  boardId: 'board-1',
  cardId: null,
  person: who,
  roles: { ...none, ...roles },
})
const dan = as(person('dan', 'Dan Reyes', { seniorTech: known(true) }), { seniorTech: true })
const sam = as(person('sam', 'Sam Okoro'))
const alex = as(person('alex', 'Alex Green'), { secondLine: true })
const rae = as(person('rae', 'Rae Lund'), { keeper: true })
const own = as(priya)
const kit = as(person('kit', 'Kit Doyle'))

function drift(change: Partial<FindingRow> = {}, more: Partial<Drift> = {}): Drift {
  const finding: FindingRow = {
    id: 'f-1',
    identity: '',
    kind: 'extra',
    key: 'github-production-deploy',
    system: 'github',
    level: 'deploy',
    person_id: 'priya',
    account: { kind: 'github', id: '1001', name: 'priya-s' },
    holding_id: null,
    over_grant: false,
    sentence: 'Priya Shah has GitHub, and nobody granted it here.',
    first_seen_at: daysAgo(1),
    last_seen_at: daysAgo(0),
    settled_at: null,
    settled_by: null,
    how: null,
    has: 'wanted',
    detail: null,
    ruling: null,
    ruled_by: null,
    ruled_at: null,
    ruled_reason: null,
    look_again_on: null,
    ruling_undone: null,
    ...change,
  }
  const page = 'https://github.com/orgs/example-gov/teams/production-deploy'
  return {
    finding,
    person: priya,
    short: 'GitHub',
    systemName: 'GitHub',
    isOurs: true,
    comesWith: null,
    page,
    maySponsor: false,
    leftFor: 366,
    ruledBy: null,
    ...more,
  }
}
const buttons = (one: Drift, actor: LinkedActor) => driftItem(one, actor, now).row.buttons.map(({ text }) => text)

describe('a difference in the queue', () => {
  test('that comes with a list where they stand too is not removed by itself, and says where it is settled', () => {
    const one = drift({}, { comesWith: 'access list' })
    expect(buttons(one, dan)).toEqual(['Adopt it'])
    expect(driftItem(one, dan, now).row.panel?.clicks.at(-1)?.text).toBe(
      'This comes with the access list, where they stand too. Settle that, and this goes with it.',
    )
  })

  test('is a row with a panel that says what there is to decide', () => {
    const { row, tabs } = driftItem(drift(), dan, now)
    expect(row).toMatchObject({ person: 'Priya Shah', level: 'Difference', sinceWord: '1 day', overdue: false })
    expect(row.what).toBe('Priya Shah has GitHub, and nobody granted it here.')
    expect(tabs).toEqual(['yours', 'sponsors', 'everything'])
    expect(row.panel?.clicks[0]).toMatchObject({
      text: 'Look in GitHub.',
      copy: { value: 'priya-s' },
      link: { url: 'https://github.com/orgs/example-gov/teams/production-deploy' },
    })
    expect(row.panel?.clicks[1]?.text).toMatch(/^Right as it is: Senior Tech adopts it/)
  })

  test('that is an over-grant says so, and is overdue after three days', () => {
    const { row } = driftItem(drift({ over_grant: true, first_seen_at: daysAgo(3) }), dan, now)
    expect(row).toMatchObject({ level: 'Over-grant', overdue: true })
  })

  test('is settled by whoever may: nobody else has a button', () => {
    expect(buttons(drift(), dan)).toEqual(['Adopt it', 'Remove it'])
    expect(buttons(drift(), sam)).toEqual([])
    expect(buttons(drift({}, { maySponsor: true }), sam)).toEqual(['Remove it'])
    expect(buttons(drift(), own)).toEqual(['Remove it'])
    expect(buttons(drift(), alex)).toEqual([])
    const missing = drift({ kind: 'missing' })
    expect(buttons(missing, alex)).toEqual(['Grant it again', 'Record it as ended'])
    expect(buttons(missing, rae)).toEqual(['Record it as ended'])
    expect(buttons(missing, own)).toEqual([])
    const less = drift({ kind: 'different', has: 'less' })
    expect(buttons(less, dan)).toEqual(['Grant it again'])
    const more = drift({ kind: 'different', has: 'more' })
    expect(buttons(more, dan)).toEqual(['Lower it', 'Leave it as it is'])
    expect([buttons(more, own), buttons(more, sam)]).toEqual([['Lower it'], []])
    const nobodys = drift({ kind: 'unmanaged', person_id: null }, { person: null })
    expect(buttons(nobodys, dan)).toEqual(['Say whose it is', 'Remove it', 'Leave it as it is'])
    expect(buttons(nobodys, rae)).toEqual(['Say whose it is', 'Leave it as it is'])
    expect(buttons(nobodys, alex)).toEqual([])
    expect(buttons(drift({ kind: 'cannot-tell' }), dan)).toEqual([])
  })

  test('that is looked at once more says so, and one that came to nothing is loud', () => {
    const missing = drift({ kind: 'missing', sentence: 'GitHub does not show it.', ruling: 'end' })
    expect(driftItem(missing, alex, now).row.what).toBe(
      'GitHub does not show it. Recorded as ended once a look says that it is gone too.',
    )
    expect(buttons(missing, alex)).toEqual(['Grant it again'])
    const undone = drift({ ...missing.finding, ruling: null, ruling_undone: 'It was not recorded as ended.' })
    expect(driftItem(undone, alex, now).row).toMatchObject({
      overdue: true,
      what: 'It was not recorded as ended. GitHub does not show it.',
    })
  })

  test('that was left as it is rests until its day, and to be removed waits for 2nd line', () => {
    const nobodys = { kind: 'unmanaged', person_id: null, ruled_reason: 'Robot of the pipeline' } as const
    const none = { person: null, ruledBy: 'Dan Reyes' }
    const left = driftItem(drift({ ...nobodys, ruling: 'leave', look_again_on: '2100-01-01' }, none), dan, now)
    expect(left.tabs).toEqual(['everything'])
    expect(left.row.what).toMatch(/Left as it is by Dan Reyes until 1 January 2100: Robot of the pipeline$/)
    const again = driftItem(drift({ ...nobodys, ruling: 'leave', look_again_on: '2026-01-01' }, none), dan, now)
    expect(again.tabs).toEqual(['yours', 'others', 'everything'])
    const goes = driftItem(drift({ ...nobodys, ruling: 'remove' }, none), alex, now)
    expect(goes.tabs).toEqual(['second-line', 'everything'])
    expect(goes.row.what).toMatch(/Dan Reyes decided that it is removed\.$/)
    expect(goes.row.panel?.clicks[1]?.text).toBe('Remove priya-s from GitHub there. Robot of the pipeline')
  })

  test('that stands in a file which others keep has no button, and says who puts it right', () => {
    const kept = drift({ key: 'tech:deploy' }, { isOurs: false })
    expect(buttons(kept, dan)).toEqual([])
    expect(driftItem(kept, dan, now).row.panel?.clicks[1]?.text).toBe(
      'The file is wrong: somebody who keeps it puts it right there.',
    )
    expect(driftWindow('remove-drift', kept, dan).refusal).toBe('This cannot be settled in this way.')
  })

  test('is seen by those who decide, 2nd line, keepers and whoever it is about', () => {
    for (const actor of [dan, sam, alex, rae, own]) expect(seesDrift(actor, priya)).toBe(true)
    expect(seesDrift(kit, priya)).toBe(false)
    expect(seesDrift({ ...kit, person: null }, priya)).toBe(false)
    // A name that nobody knows concerns no tech lead.
    expect([seesDrift(sam, null), seesDrift(dan, null)]).toEqual([false, true])
  })
})

describe('the window of a decision', () => {
  test('says what is found and what will be done, and signs the person with the finding', () => {
    const window = driftWindow('remove-drift', drift(), dan)
    expect(window).toMatchObject({
      title: 'Remove GitHub of Priya Shah',
      act: 'remove-drift',
      subject: 'priya',
      refusal: null,
      submit: { text: 'Remove GitHub', tone: 'danger' },
    })
    expect(window.lines[1]).toMatch(/^Exactly this is revoked in GitHub and read back/)
    expect(window.parts[0]?.fields[0]).toEqual({ kind: 'hidden', name: 'finding', value: 'f-1' })
  })

  test('says why not and who can, to whoever may not', () => {
    expect(driftWindow('adopt-drift', drift(), sam).refusal).toBe(
      'You cannot adopt this. Senior Tech can, but never for themselves.',
    )
    expect(driftWindow('remove-drift', drift(), sam).refusal).toMatch(/Any Senior Tech member can remove it/)
    expect(driftWindow('record-as-ended', drift(), dan).refusal).toBe('This cannot be settled in this way.')
    expect(driftWindow('name-account', drift({ kind: 'unmanaged' }, { person: null }), sam).refusal).toBe(
      'You cannot say whose this is. A register keeper or Senior Tech can.',
    )
  })

  test('of an account of nobody is about the finding, and asks whose it is or when to look again', () => {
    const nobodys = drift({ kind: 'unmanaged', person_id: null }, { person: null, seen: 'digest' })
    const fields = (name: 'name-account' | 'leave-account') =>
      driftWindow(name, nobodys, dan).parts[0]?.fields.map((one) => one.name)
    expect(driftWindow('name-account', nobodys, dan)).toMatchObject({ subject: 'f-1', refusal: null })
    expect(fields('name-account')).toEqual(['finding', 'plan', 'whose', 'reason'])
    expect(fields('leave-account')).toEqual(['finding', 'plan', 'lookAgain', 'reason'])
    const month = JSON.stringify(driftWindow('leave-account', { ...nobodys, leftFor: 30 }, dan))
    expect(month).toContain('Within 30 days. It comes back')
  })
})

describe('many differences', () => {
  const many = (number: number, change: Partial<FindingRow> = {}) =>
    Array.from({ length: number }, (_, at) => driftItem(drift({ id: `f-${at}-${change.kind}`, ...change }), dan, now))

  test('beyond a hundred are told by system and kind, so that none is hidden', () => {
    const items = [...many(99), ...many(7, { kind: 'missing', first_seen_at: daysAgo(9) })]
    expect(rowsOf(items.slice(0, 100), now)).toHaveLength(100)
    const rows = rowsOf(items, now)
    expect(rows).toHaveLength(101)
    expect(rows.at(-1)).toMatchObject({
      what: 'More in GitHub: 6 in our record and not there. Choose the system or a person above to see them one by one.',
      sinceWord: '9 days',
      buttons: [],
    })
  })

  test('stand in the handover by system and kind, over-grants first and without a name', () => {
    const over = many(1, { over_grant: true })
    const left = many(3, { kind: 'unmanaged', ruling: 'leave', look_again_on: '2100-01-01' })
    expect(
      differenceLines([...many(2, { kind: 'missing', first_seen_at: daysAgo(4) }), ...over, ...left], now),
    ).toEqual([
      '### Differences from the record',
      '- GitHub: 1 there and not in our record, 1 over-grant among them (the eldest 1 day)',
      '- GitHub: 2 in our record and not there (the eldest 4 days)',
    ])
    expect(differenceLines(left, now)).toEqual([])
  })
})

describe('the comparison in the settings', () => {
  const counts = { missing: 0, extra: 0, different: 0, unmanaged: 0, 'in-progress': 0, 'cannot-tell': 0 }

  test('counts by system, says what could not be told, and names nobody', () => {
    const part = comparisonPart(
      {
        at: now,
        nameOf: () => undefined,
        report: {
          systems: {
            github: {
              name: 'GitHub',
              counts: { ...counts, extra: 2, 'in-progress': 1 },
              agree: 40,
              ignored: 1,
              cannotTell: [],
            },
            aws: { name: 'AWS', counts, agree: 0, ignored: 0, cannotTell: ['AWS staging: AWS did not answer.'] },
            sentry: { name: 'Sentry', counts, agree: 5, ignored: 0, cannotTell: [] },
          },
          judged: { people: 42, noLongerMet: 1, unknown: 0, couldNotBeJudged: 1 },
        },
      },
      alex,
      now,
    )
    expect(part.buttons?.map(({ text }) => text)).toEqual(['Compare now'])
    expect(part.rows.map(({ word, title, detail }) => [word, title, detail])).toEqual([
      ['Differs', 'GitHub: 40 as in our record, and 1 machine; 2 extra and 1 being changed', null],
      ['Not all', 'AWS: 0 as in our record', 'Could not be told. AWS staging: AWS did not answer.'],
      ['Same', 'Sentry: 5 as in our record', null],
    ])
    expect(part.text[1]).toBe(
      '42 people who hold something were judged again. 1 would not be approved today. 1 could not be judged: look at their facts.',
    )
  })

  test('says that there was none yet', () => {
    expect(comparisonPart(null, kit, now).text[0]).toMatch(/has not been compared/)
    expect(comparisonPart(null, kit, now).buttons).toEqual([])
  })
})
