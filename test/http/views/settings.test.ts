import { describe, expect, test } from 'vitest'
import type { SettingsView } from '../../../server/http/api.ts'
import { type SettingsExtra, settingsView } from '../../../server/http/views/settings.ts'
import { troubleOf, troubleWords } from '../../../server/http/views/trouble.ts'
import { rotaColumns } from '../../../server/people/import-rota.ts'
import { columns } from '../../../server/people/people-file.ts'
import { permissionsOf } from '../../../server/rules/permissions.ts'
import { actorIn, makeWorld, now } from './world.ts'

const world = makeWorld()
const checkedAt = new Date('2026-11-24T09:12:00Z')
const fine: SettingsExtra = {
  connections: [
    { id: 'trello', name: 'Trello (reading cards)', ok: true, sentence: 'Trello answers.', checkedAt },
    { id: 'github', name: 'GitHub', ok: true, sentence: 'GitHub answers.', checkedAt: null },
  ],
  boards: [{ id: world.card.board_id, name: 'Search team', problem: null, checkedAt, webhook: true }],
  ruleSet: { id: '2024-11', digest: 'ab'.repeat(32), page: world.ruleSet.page },
  permissions: permissionsOf(world.ruleSet),
  unmapped: [],
  people: { all: 9, linked: 8, withoutClearance: 0, withoutAbsence: 0 },
  register: [],
  rota: [],
  exports: [],
  rolesGiven: [],
  now,
}
const show = (viewer: string, extra: Partial<SettingsExtra> = {}): SettingsView =>
  settingsView(actorIn(world, viewer), { ...fine, ...extra })
const part = (view: SettingsView, title: string) => view.parts.find((one) => one.title === title)
const forms = (view: SettingsView) => view.parts.flatMap((one) => one.form?.act ?? [])

test('keepers import people and rota; 2nd line and Senior Tech the rota; colleagues nothing; strangers see nothing', () => {
  expect(forms(show('rae'))).toEqual(['import-people', 'import-rota'])
  expect(forms(show('alex'))).toEqual(['import-rota'])
  expect(forms(show('dan'))).toEqual(['import-rota'])
  expect(forms(show('lee'))).toEqual([])
  expect(show('stranger').parts).toEqual([])
  expect(show('stranger').lines[0]).toContain('Tell us who you are on a card, or ask a register keeper.')
})

test('everybody who is linked sees whom a keeper gave a role lately, and from what', () => {
  const rolesGiven = [
    { personId: 'p-9', fullName: 'Ada Quill', role: 'seniorTech' as const, source: 'HR list', at: checkedAt },
  ]
  const lately = (viewer: string) => part(show(viewer, { rolesGiven }), 'Roles given in the last 30 days')
  expect(lately('lee')?.rows.map((row) => [row.title, row.detail])).toEqual([
    ['Ada Quill: Senior Tech', 'recorded 24 November, 9:12am, source: HR list'],
  ])
  expect(lately('stranger')).toBeUndefined()
  expect(part(show('rae'), 'Roles given in the last 30 days')).toBeUndefined()
})

const saved = (view: SettingsView) =>
  view.parts.flatMap((one) => one.buttons ?? []).flatMap(({ does }) => ('downloads' in does ? [does.downloads] : []))

test('anybody linked saves what each level gives; keepers save the register and the log, Senior Tech the log, anybody linked what the log says about them', () => {
  const own = (name: 'rae' | 'dan' | 'lee') => `/api/log/people/${actorIn(world, name).person?.id}`
  expect(saved(show('rae'))).toEqual(['/api/rules', '/api/register', '/api/log', own('rae')])
  expect(saved(show('dan'))).toEqual(['/api/rules', '/api/log', own('dan')])
  expect(saved(show('lee'))).toEqual(['/api/rules', own('lee')])
  expect(saved(show('stranger'))).toEqual([])
})

test('a keeper sees who is in the register and what is missing of whom, the gaps first', () => {
  const person = (fullName: string, missing: string[]) => ({ id: fullName, fullName, email: null, missing })
  const register = [person('Ada Moss', []), person('Bea Lund', ['clearance', 'absences'])]
  const table = part(show('rae', { register }), 'Register')?.table
  expect(table?.caption).toBe('Everything is known of 1 of 2 people.')
  expect(table?.rows.map((row) => row.cells)).toEqual([
    ['Bea Lund', '', 'clearance, absences'],
    ['Ada Moss', '', 'Nothing'],
  ])
  expect(part(show('dan', { register }), 'Register')?.table).toBeUndefined()
  const many = Array.from({ length: 201 }, (_, at) => person(`Person ${at}`, []))
  expect(part(show('rae', { register: many }), 'Register')?.table).toMatchObject({
    caption: 'The first 200 of 201 people. The download has everybody.',
    rows: { length: 200 },
  })
})

test('each form names the columns that its importer reads, all of them', () => {
  const hints = show('rae').parts.flatMap((one) => one.fields.map((field) => field.kind === 'file' && field.hint))
  expect(hints).toEqual([`Header: ${columns.join(', ')}`, `Header: ${rotaColumns.join(', ')}`])
})

describe('a connection that fails', () => {
  const connections = [
    { id: 'trello', name: 'Trello (reading cards)', ok: false, sentence: 'HTTP 429 from /1/cards.', checkedAt },
  ]
  test('stands by its technical sentence for keepers', () => {
    expect(part(show('rae', { connections }), 'Connections')?.rows[0]).toMatchObject({
      word: 'Problem',
      detail: 'HTTP 429 from /1/cards. It last worked 24 November, 9:12am.',
    })
  })
  test('says to an engineer what was true when, whether anything is lost and whose turn it is', () => {
    expect(part(show('priya', { connections }), 'Connections')?.rows[0]?.detail).toBe(
      'We cannot reach Trello, or it asks us to slow down. Cards are shown as they stood on 24 November at 9:12am. Nothing is lost. This is tried again by itself. Approving waits until Trello answers.',
    )
  })
})

test.each(['trello', 'refused', 'keys', 'database', 'board', 'webhook', 'system'] as const)(
  '%s: every trouble says whether anything is lost and whose turn it is, without technical words',
  (trouble) => {
    const words = troubleWords(trouble, checkedAt, now)
    expect(words).toContain('Nothing is lost.')
    expect(words).toContain('at 9:12am')
    expect(words).not.toMatch(/HTTP|webhook|token|status|error|429|failed/i)
    expect(words).toMatch(/by itself|need not do anything|mends itself|adds our service member/)
    expect(troubleWords(trouble, null, now)).not.toMatch(/ at \d/)
  },
)

test('a system is a system, whichever it is', () => {
  expect(['trello', 'keys', 'database', 'github', 'aws'].map(troubleOf)).toEqual([
    'trello',
    'keys',
    'database',
    'system',
    'system',
  ])
})

test('a board that cannot be read, and one that Trello is silent about', () => {
  const board = { id: 'b', name: 'Search team', problem: null, checkedAt, webhook: true }
  const detail = (viewer: string, more: Partial<typeof board> | { problem: string }) =>
    part(show(viewer, { boards: [{ ...board, ...more }] }), 'Boards')?.rows[0]
  expect(detail('priya', { problem: 'HTTP 401' })).toMatchObject({
    word: 'Problem',
    detail: expect.stringContaining('adds our service member'),
  })
  expect(detail('rae', { problem: 'HTTP 401' })?.detail).toBe('HTTP 401')
  expect(detail('priya', { webhook: false })).toMatchObject({
    word: 'Slow',
    detail: expect.stringContaining('mends itself'),
  })
  expect(detail('priya', {})).toMatchObject({ word: 'Fine', detail: 'read 24 November, 9:12am' })
})

test('a board that is not connected is connected by those who may, in one click', () => {
  const buttons = (viewer: string) =>
    part(show(viewer, { boards: [] }), 'Boards')?.rows.flatMap((row) => row.buttons) ?? []
  expect(buttons('rae')[0]?.does).toEqual({ act: 'connect-board', subject: world.card.board_id, input: {} })
  expect(buttons('dan')).toHaveLength(1)
  expect(buttons('priya')).toEqual([])
  expect(part(show('priya', { boards: [] }), 'Boards')?.text[0]).toContain(
    'A register keeper or Senior Tech can connect it here.',
  )
})

test('an empty next week of 2nd line, unknown facts and unmapped items are said', () => {
  const view = show('lee', {
    people: { all: 9, linked: 8, withoutClearance: 2, withoutAbsence: 1 },
    unmapped: ['Access: Buy a hat'],
  })
  expect(part(view, '2nd line')?.text[0]).toContain('Next week is empty.')
  expect(JSON.stringify(part(view, 'Register'))).toContain('Unknown is not a no.')
  expect(part(view, 'Rules')?.text[0]).toContain('Access: Buy a hat')
})

describe('what a connection may do, and until when', () => {
  const needs = 'Members: read and write.'
  const github = (days: number | null, viewer = 'rae') =>
    part(
      show(viewer, {
        connections: [
          {
            id: 'github',
            name: 'GitHub',
            ok: true,
            sentence: 'GitHub answers.',
            checkedAt: null,
            does: 'This server changes it.',
            needs,
            expiresAt: days === null ? null : new Date(now.getTime() + days * 86_400_000),
            noEnd: 'GitHub names no end of this token.',
          },
        ],
      }),
      'Connections',
    )?.rows[0]

  test.each([
    [15, 'yes', 'Fine', 'Its credentials end on 9 December. It needs: Members: read and write.'],
    [
      13,
      'warn',
      'Ends soon',
      'Its credentials end on 7 December. Whoever runs this server gives it new ones before that. It needs: Members: read and write.',
    ],
    [
      -1,
      'warn',
      'Ended',
      'Its credentials ended on 23 November. Whoever runs this server gives it new ones. It needs: Members: read and write.',
    ],
  ])('%i days before the end, for keepers', (days, mark, word, says) => {
    expect(github(days)).toMatchObject({ mark, word, detail: `GitHub answers. This server changes it. ${says}` })
  })

  test('that no end is known is said, and why', () => {
    expect(github(null)?.detail).toContain('GitHub names no end of this token.')
  })

  test('what credentials are allowed is for keepers alone; what is done with them is for everybody', () => {
    const detail = 'GitHub answers. This server changes it.'
    expect(github(13, 'lee')).toMatchObject({ mark: 'warn', word: 'Ends soon', detail })
  })
})
