/** What the local Signon knows. Plain data, so that it can be kept in a file between runs. */

export const roleNames = {
  normal: 'Normal',
  organisation_admin: 'Organisation admin',
  super_organisation_admin: 'Super organisation admin',
  admin: 'Admin',
  superadmin: 'Superadmin',
} as const
export type Role = keyof typeof roleNames

export interface User {
  uid: string
  name: string
  email: string
  role: Role
  signIns: number
  /** ISO moments. */
  lastSignIn: string | null
  created: string
  invited: boolean
  suspended: string | null
  /** When somebody let them in again; a week of grace begins there. */
  unsuspended?: string
  twoStep: boolean
  /** Has signed in once to the application that is registered. */
  usesApplication?: boolean
  /** Names of permissions by application. */
  permissions: Record<string, string[]>
}

export interface State {
  users: User[]
  /** Staging, which is production as it was backed up; `null` before its first copy. */
  staging?: User[] | null
  backup?: User[] | null
  /** Up to when the nights are over. */
  nightsTo?: string
}

export const applications: Record<string, string[]> = {
  Content: ['editor', 'signin'],
  Release: ['deploy', 'signin'],
  Whitehall: ['editor', 'signin'],
}

export function statusOf({ suspended, invited }: User): 'Suspended' | 'Invited' | 'Active' {
  return suspended !== null ? 'Suspended' : invited ? 'Invited' : 'Active'
}

/** As Rails writes it. */
const moment = (iso: string | null) => (iso === null ? '' : iso.slice(0, 19).replace('T', ' '))
const cell = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** Everybody whom the maker of the export may see: a Super Admin sees all, an Admin no Super Admin. */
export function exportBy(state: State, by: User): string {
  const header = [
    'Name,Email,Role,Organisation,Sign-in count,Last sign-in,Created,Status,2SV Status,2SV Exemption Expiry Date',
    ...Object.keys(applications),
  ].join(',')
  const seen = state.users.filter(({ role }) => by.role === 'superadmin' || role !== 'superadmin')
  const rows = seen.map((user) =>
    [
      user.name,
      user.email,
      roleNames[user.role],
      'Example Department',
      String(user.signIns),
      moment(user.lastSignIn),
      moment(user.created),
      statusOf(user),
      user.twoStep ? 'Enabled' : 'Not set up',
      '',
      ...Object.keys(applications).map((app) => (user.permissions[app] ?? []).toSorted().join(', ')),
    ]
      .map(cell)
      .join(','),
  )
  return `${[header, ...rows].join('\n')}\n`
}
