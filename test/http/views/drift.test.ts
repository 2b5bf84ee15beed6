import { describe, expect, test } from 'vitest'
import type { FindingRow } from '../../../server/grants/drift/keep.ts'
import { type Drift, driftItem, driftWindow, seesDrift } from '../../../server/http/views/drift.ts'
import { comparisonPart } from '../../../server/http/views/settings/comparison.ts'
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
    page,
    maySponsor: false,
    ...more,
  }
}
const buttons = (one: Drift, actor: LinkedActor) => driftItem(one, actor, now).row.buttons.map(({ text }) => text)

describe('a difference in the queue', () => {
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
    expect(buttons(drift({ kind: 'unmanaged', person_id: null }, { person: null }), dan)).toEqual([])
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
