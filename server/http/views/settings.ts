import { DAY, londonDay } from '../../clock.ts'
import type { ExportState } from '../../grants/export-states.ts'
import { rotaColumns } from '../../people/import-rota.ts'
import type { PersonLine } from '../../people/missing.ts'
import { isCovered, nextMonday } from '../../people/next-week.ts'
import type { RoleGiven } from '../../people/roles.ts'
import type { Actor } from '../../requests/act.ts'
import type { HeldRun } from '../../requests/held-runs.ts'
import type { Permission } from '../../rules/permissions.ts'
import type { Row, SettingsView, WindowPart } from '../api.ts'
import { comparisonPart, type Newest } from './settings/comparison.ts'
import { exportPart } from './settings/exports.ts'
import { heldRunPart } from './settings/held-runs.ts'
import { logPart } from './settings/log.ts'
import { row, section } from './settings/parts.ts'
import { importPeople, register } from './settings/register.ts'
import { type Trouble, troubleOf, troubleWords } from './trouble.ts'
import { versionOf } from './version.ts'
import { acts, downloads } from './viewer.ts'
import { dayWords, timeWords } from './words.ts'

/** Which connection fails, what was true when, whether anything is lost, and whose turn it is. */
export interface Connection {
  id: string
  name: string
  ok: boolean
  /** By its technical name, for keepers and whoever runs the server. */
  sentence: string
  /** When it last worked; `null` when we do not know. */
  checkedAt: Date | null
  /** What this server can do there, in a sentence. */
  does?: string
  /** The least that our credentials there must be allowed, and when they end, where that is known; `noEnd`: why not. */
  needs?: string | null
  expiresAt?: Date | null
  noEnd?: string | null
  /** What its failing means for an engineer, where the id alone does not say. */
  trouble?: Trouble
}

export interface SettingsExtra {
  connections: Connection[]
  /** `webhook`: whether Trello tells us of changes at once; without it we read the board at intervals. */
  boards: { id: string; name: string; problem: string | null; checkedAt: Date | null; webhook: boolean }[]
  ruleSet: { id: string; digest: string; page: string }
  /** What each level gives. */
  permissions: Permission[]
  unmapped: string[]
  people: { all: number; linked: number; withoutClearance: number; withoutAbsence: number }
  /** Everybody, for keepers only. */
  register: PersonLine[]
  rota: { starts: string; ends: string; names: string[] }[]
  /** Systems of which people bring exports; `by` by name. */
  exports: ExportState[]
  /** The newest comparison of the record with the systems. */
  comparison?: Newest | null
  /** What waits because it is about very many at once. */
  heldRuns?: HeldRun[]
  /** Of the last 30 days. */
  rolesGiven: RoleGiven[]
  now: Date
}

export function settingsView(actor: Actor, extra: SettingsExtra): SettingsView {
  const linked = actor.person !== null
  const keeper = actor.roles.keeper
  const connected = extra.boards.some((board) => board.id === actor.boardId)
  const parts: WindowPart[] = linked
    ? [
        ...(extra.heldRuns ?? []).map((held) => heldRunPart(held, actor)),
        boards(extra, connected, actor),
        connections(extra, keeper),
        comparisonPart(extra.comparison ?? null, actor, extra.now),
        rules(extra),
        ...(extra.rolesGiven.length > 0 ? [rolesGiven(extra)] : []),
        register(extra, keeper),
        ...(keeper ? [importPeople()] : []),
        rota(extra),
        ...(keeper || actor.roles.secondLine || actor.roles.seniorTech ? [importRota()] : []),
        ...extra.exports.map((one) => exportPart(one, actor, extra.now)),
        logPart(actor),
      ]
    : []
  const view = {
    title: 'Production access settings',
    lines: linked
      ? keeper
        ? []
        : ['A register keeper can change what stands here.']
      : [
          'Only people whose Trello account is linked can see the settings. Tell us who you are on a card, or ask a register keeper.',
        ],
    parts,
    buttons: [],
  }
  return versioned(view)
}

/** While our own records cannot be read nobody's role is known: what fails, in words for everybody, and nothing else. */
export function settingsWithoutRecords(all: Connection[], now: Date): SettingsView {
  const since = all.find((one) => one.id === 'database')?.checkedAt ?? null
  const view = {
    title: 'Production access settings',
    lines: [troubleWords('database', since, now)],
    parts: [connections({ connections: all, now }, false)],
    buttons: [],
  }
  return versioned(view)
}

function versioned(view: Omit<SettingsView, 'version'>): SettingsView {
  return { ...view, version: versionOf(view) }
}

function boards(extra: SettingsExtra, connected: boolean, actor: Actor): WindowPart {
  const mayConnect = actor.roles.keeper || actor.roles.seniorTech
  const rows = extra.boards.map((board) => boardRow(board, extra.now, actor.roles.keeper))
  if (!connected && mayConnect)
    rows.push({
      ...row(
        'connect',
        'todo',
        '',
        'This board is not connected',
        'Cards copied from the templates are found once it is.',
      ),
      buttons: [acts('Connect this board', 'connect-board', actor.boardId, {}, 'primary')],
    })
  return section(
    'Boards',
    rows,
    connected || mayConnect
      ? []
      : ['This board is not connected. A register keeper or Senior Tech can connect it here.'],
  )
}

function boardRow(board: SettingsExtra['boards'][number], now: Date, keeper: boolean): Row {
  const { id, name, problem, checkedAt, webhook } = board
  const trouble = problem ? 'board' : webhook ? null : 'webhook'
  if (!trouble) return row(id, 'yes', 'Fine', name, checkedAt ? `read ${at(checkedAt, now)}` : 'not read yet')
  const technical = problem ?? 'No webhook: the board is read at intervals, and the webhook is made again by itself.'
  return row(id, 'warn', problem ? 'Problem' : 'Slow', name, keeper ? technical : troubleWords(trouble, checkedAt, now))
}

/** By its technical name and sentence for keepers; for anybody else, what it means for them. */
function connections(extra: Pick<SettingsExtra, 'connections' | 'now'>, keeper: boolean): WindowPart {
  return section(
    'Connections',
    extra.connections.map((one) => {
      const end = credentialsEnd(one, extra.now)
      const [mark, word] = one.ok
        ? end.soon
          ? (['warn', end.word] as const)
          : (['yes', 'Fine'] as const)
        : (['warn', 'Problem'] as const)
      const rest = keeper ? [end.sentence, one.needs ? `It needs: ${one.needs}` : null] : []
      const words = [connectionWords(one, extra.now, keeper), one.does ?? null, ...rest]
      const detail = words.filter((text) => text !== null).join(' ')
      return row(one.id, mark, word, one.name, detail)
    }),
  )
}

function connectionWords(one: Connection, now: Date, keeper: boolean): string {
  if (!one.ok && !keeper) return troubleWords(one.trouble ?? troubleOf(one.id), one.checkedAt, now)
  if (!one.checkedAt) return one.sentence
  return `${one.sentence} ${one.ok ? 'Checked' : 'It last worked'} ${at(one.checkedAt, now)}.`
}

/** Time enough to get new ones before steps wait for them. */
const WARN_BEFORE = 14 * DAY

function credentialsEnd(
  { expiresAt, noEnd }: Connection,
  now: Date,
): { soon: boolean; word: string; sentence: string | null } {
  if (!expiresAt) return { soon: false, word: '', sentence: noEnd ?? null }
  const day = dayWords(expiresAt, now)
  if (expiresAt <= now)
    return {
      soon: true,
      word: 'Ended',
      sentence: `Its credentials ended on ${day}. Whoever runs this server gives it new ones.`,
    }
  const soon = expiresAt.getTime() - now.getTime() < WARN_BEFORE
  const what = soon ? ' Whoever runs this server gives it new ones before that.' : ''
  return { soon, word: 'Ends soon', sentence: `Its credentials end on ${day}.${what}` }
}

function rules(extra: SettingsExtra): WindowPart {
  return {
    ...section('Rules', [
      row('rules', 'none', '', `Rule set ${extra.ruleSet.id}`, `content ${extra.ruleSet.digest.slice(0, 12)}`),
    ]),
    text:
      extra.unmapped.length > 0
        ? [`${extra.unmapped.length} checklist items are not mapped: ${extra.unmapped.slice(0, 8).join('; ')}`]
        : [],
    table: {
      caption: 'What each level gives. The download has the sentence of the rules for each line.',
      columns: ['Permission', 'Level', 'Where'],
      rows: extra.permissions.map(({ id, level, name, where }) => ({
        key: id,
        cells: [`${id}: ${name}`, level, where.join(', ')],
      })),
    },
    buttons: [
      downloads(
        'Download the permissions',
        '/api/rules',
        `permissions-${extra.ruleSet.id}.csv`,
        'The permissions of each level are saved, with the sentences of the rules.',
      ),
    ],
  }
}

/** One keeper alone can give a role that approves; so everybody who is linked can see that it was given. */
function rolesGiven({ rolesGiven, now }: SettingsExtra): WindowPart {
  const names = { seniorTech: 'Senior Tech', keeper: 'Register keeper' }
  const rows = rolesGiven.map(({ personId, fullName, role, source, at: since }) =>
    row(
      `${role}-${personId}`,
      'none',
      '',
      `${fullName}: ${names[role]}`,
      `recorded ${at(since, now)}, source: ${source}`,
    ),
  )
  return section('Roles given in the last 30 days', rows, [
    'If you do not know why, ask a register keeper. The log says who recorded it.',
  ])
}

function rota(extra: SettingsExtra): WindowPart {
  const weeks = extra.rota.map((week) =>
    row(week.starts, 'none', '', week.names.join(' and '), `${week.starts} to ${week.ends}`),
  )
  return section(
    '2nd line',
    weeks,
    isCovered(extra.rota, nextMonday(londonDay(extra.now)))
      ? []
      : ['Next week is empty. The outgoing pair or Senior Tech can enter it.'],
  )
}

function importRota(): WindowPart {
  return {
    ...section('Import 2nd line weeks', []),
    form: { act: 'import-rota', subject: 'installation', submit: 'Import weeks' },
    fields: [
      {
        kind: 'file',
        name: 'csv',
        label: 'CSV file of weeks',
        hint: `Header: ${rotaColumns.join(', ')}`,
        accept: '.csv,text/csv',
        required: true,
        link: null,
      },
    ],
  }
}

function at(instant: Date, now: Date): string {
  return `${dayWords(instant, now)}, ${timeWords(instant)}`
}
