import { createHash } from 'node:crypto'
import type { Actor } from '../../requests/act.ts'
import type { Row, SettingsView, WindowPart } from '../api.ts'
import { acts } from './viewer.ts'
import { dayWords, timeWords } from './words.ts'

/** Which connection fails, what was true when, whether anything is lost, and whose turn it is. */
export interface Connection {
  id: string
  name: string
  ok: boolean
  sentence: string
  checkedAt: Date | null
}

export interface SettingsExtra {
  connections: Connection[]
  boards: { id: string; name: string; problem: string | null; checkedAt: Date | null }[]
  ruleSet: { id: string; digest: string; page: string }
  unmapped: string[]
  people: { all: number; linked: number; withoutClearance: number; withoutAbsence: number }
  rota: { starts: string; ends: string; names: string[] }[]
  now: Date
}

export function settingsView(actor: Actor, extra: SettingsExtra): SettingsView {
  const linked = actor.person !== null
  const keeper = actor.roles.keeper
  const connected = extra.boards.some((board) => board.id === actor.boardId)
  const parts: WindowPart[] = linked
    ? [
        boards(extra, connected, keeper || actor.roles.seniorTech, actor.boardId),
        connections(extra),
        rules(extra),
        register(extra),
        ...(keeper ? [importPeople()] : []),
        rota(extra),
        ...(keeper || actor.roles.secondLine || actor.roles.seniorTech ? [importRota()] : []),
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
  return { ...view, version: createHash('sha256').update(JSON.stringify(view)).digest('hex').slice(0, 16) }
}

function row(key: string, mark: Row['mark'], word: string, title: string, detail: string | null): Row {
  return { key, mark, word, title, detail, who: null, since: null, trap: null, buttons: [], links: [] }
}

function section(title: string, rows: Row[], text: string[] = []): WindowPart {
  return { title, aside: null, text, rows, folds: [], legend: null, fields: [] }
}

function boards(extra: SettingsExtra, connected: boolean, mayConnect: boolean, boardId: string): WindowPart {
  const rows = extra.boards.map((board) =>
    row(
      board.id,
      board.problem ? 'warn' : 'yes',
      board.problem ? 'Problem' : 'Fine',
      board.name,
      board.problem ?? (board.checkedAt ? `read ${at(board.checkedAt, extra.now)}` : 'not read yet'),
    ),
  )
  if (!connected && mayConnect)
    rows.push({
      ...row(
        'connect',
        'todo',
        '',
        'This board is not connected',
        'Cards copied from the templates are found once it is.',
      ),
      buttons: [acts('Connect this board', 'connect-board', boardId, {}, 'primary')],
    })
  return section(
    'Boards',
    rows,
    connected || mayConnect
      ? []
      : ['This board is not connected. A register keeper or Senior Tech can connect it here.'],
  )
}

function connections(extra: SettingsExtra): WindowPart {
  return section(
    'Connections',
    extra.connections.map((one) =>
      row(
        one.id,
        one.ok ? 'yes' : 'warn',
        one.ok ? 'Fine' : 'Problem',
        one.name,
        one.checkedAt ? `${one.sentence} Checked ${at(one.checkedAt, extra.now)}.` : one.sentence,
      ),
    ),
  )
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
  }
}

function register(extra: SettingsExtra): WindowPart {
  const { all, linked, withoutClearance, withoutAbsence } = extra.people
  return section('Register', [
    row('people', 'none', '', `${all} people, ${linked} linked to Trello`, null),
    row(
      'unknown',
      withoutAbsence > 0 ? 'unknown' : 'yes',
      '',
      `Clearance is not known of ${withoutClearance}, absence not known of ${withoutAbsence}`,
      'Unknown is not a no. It waits until a register keeper knows.',
    ),
  ])
}

function importPeople(): WindowPart {
  return {
    ...section(
      'Import people',
      [],
      ['One row for each person. An empty cell is unknown and changes nothing; a missing row deletes nothing.'],
    ),
    form: { act: 'import-people', subject: 'installation', submit: 'Import people' },
    fields: [
      {
        kind: 'file',
        name: 'csv',
        label: 'CSV file of people',
        hint: 'Header: name, email, trello_member_id, github, github_id, aws_arn, employment, apprentice, clearance, clearance_date, probation, tech_lead, line_manager, senior_tech, keeper, left, absences',
        accept: '.csv,text/csv',
        required: true,
        link: null,
      },
    ],
  }
}

function rota(extra: SettingsExtra): WindowPart {
  const weeks = extra.rota.map((week) =>
    row(week.starts, 'none', '', week.names.join(' and '), `${week.starts} to ${week.ends}`),
  )
  return section(
    '2nd line',
    weeks,
    weeks.length < 2 ? ['Next week is empty. The outgoing pair or Senior Tech can enter it.'] : [],
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
        hint: 'Header: from, to, primary, secondary',
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
