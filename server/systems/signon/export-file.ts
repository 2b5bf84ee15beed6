import type { Evidence, ExportRead, ExportTable } from '../../grants/system.ts'

/**
 * The CSV file that Signon's Users page gives to administrators: fixed columns, then one for each application with the
 * permissions in it. Source: `user_export_presenter.rb` of alphagov/signon.
 */

const needed = ['Name', 'Email', 'Role', 'Status', '2SV Status'] as const
const other = ['Organisation', 'Sign-in count', 'Last sign-in', 'Created', '2SV Exemption Expiry Date']

/** As Signon names them, in letters alone: it has written them in several ways. */
const roles: Record<string, string> = {
  normal: 'Normal',
  organisationadmin: 'Organisation Admin',
  superorganisationadmin: 'Super Organisation Admin',
  admin: 'Admin',
  superadmin: 'Super Admin',
}
const statuses: Record<string, string> = {
  active: 'active',
  invited: 'invited',
  locked: 'locked',
  suspended: 'suspended',
}
const twoSteps: Record<string, string> = { enabled: 'enabled', notsetup: 'not set up', exempted: 'exempted' }

const lettersOf = (text: string) => text.toLowerCase().replace(/[^a-z]/g, '')

/** The prefix of what is kept of one application: the names of its permissions. */
export const APP = 'app '

export function readExport({ header, rows }: ExportTable): ExportRead {
  const wrongHeader = [
    ...needed.filter((name) => !header.includes(name)).map((name) => `the column ${name} is missing`),
    ...header
      .filter((name, place) => header.indexOf(name) !== place)
      .map((name) => `the column ${name} is there twice`),
    ...(header.includes('') ? ['a column has no name'] : []),
  ]
  if (wrongHeader.length > 0) return { wrong: wrongHeader.map((reason) => ({ line: 1, reason })) }
  const apps = header.filter((name) => ![...needed, ...other].includes(name))
  const wrong: { line: number; reason: string }[] = []
  const entries = new Map<string, Evidence>()
  let newest: Date | null = null
  for (const { line, cells } of rows) {
    if (cells.length !== header.length) {
      wrong.push({ line, reason: `there are ${cells.length} cells, and ${header.length} columns` })
      continue
    }
    const cell = (name: string) => cells[header.indexOf(name)] ?? ''
    const email = cell('Email').toLowerCase()
    const role = roles[lettersOf(cell('Role'))]
    const status = statuses[lettersOf(cell('Status'))]
    const twoStep = twoSteps[lettersOf(cell('2SV Status'))]
    if (!/^[^\s@]+@[^\s@]+$/.test(email)) wrong.push({ line, reason: 'Email: this is not an address' })
    else if (entries.has(email)) wrong.push({ line, reason: 'Email: this address is there twice' })
    if (!role) wrong.push({ line, reason: `Role: use one of ${Object.values(roles).join(', ')}` })
    if (!status) wrong.push({ line, reason: `Status: use one of ${Object.values(statuses).join(', ')}` })
    if (!twoStep) wrong.push({ line, reason: `2SV Status: use one of ${Object.values(twoSteps).join(', ')}` })
    for (const name of ['Last sign-in', 'Created']) {
      const at = momentIn(cell(name))
      if (at === 'wrong') wrong.push({ line, reason: `${name}: this is not a moment such as 2026-03-12 09:30:00` })
      else if (at && (!newest || at > newest)) newest = at
    }
    if (!role || !status || !twoStep) continue
    const permissions = apps.flatMap((app) => (cell(app) === '' ? [] : [[APP + app, cell(app)] as const]))
    entries.set(email, { role, status, twoStep, ...Object.fromEntries(permissions) })
  }
  if (wrong.length > 0) return { wrong }
  const sees = [...entries.values()].some((entry) => entry['role'] === 'Super Admin')
  return { wrong: null, entries, newest, about: { seesSuperAdmins: sees, applications: apps.join('\n') } }
}

/** Rails writes moments as `2026-03-12 09:30:00`, in UTC. */
function momentIn(text: string): Date | null | 'wrong' {
  if (text === '') return null
  const [whole, day, time] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?: UTC| \+0000)?$/.exec(text) ?? []
  const at = whole ? new Date(`${day}T${time}Z`) : null
  return at && !Number.isNaN(at.getTime()) ? at : 'wrong'
}
