import { applications, type Role, roleNames, type State, type User } from './model.ts'

/** What people do on its pages, with Signon's own rules. Each answers why not, or `null`. */

export interface Acting {
  state: State
  by: User
  now: () => Date
}

const mayAdminister = ({ role }: User) => role === 'superadmin' || role === 'admin'
const mayNot = 'You do not have permission to do this.'

export function invite({ state, by, now }: Acting, form: URLSearchParams): string | null {
  const [name, email] = [form.get('name')?.trim() ?? '', form.get('email')?.trim().toLowerCase() ?? '']
  if (!mayAdminister(by)) return mayNot
  if (name === '' || !/^[^\s@]+@[^\s@]+$/.test(email)) return 'Give a name and an email address.'
  if (state.users.some((user) => user.email === email)) return 'This person has an account already.'
  state.users.push({
    uid: `u-${state.users.length + 1}`,
    name,
    email,
    role: 'normal',
    signIns: 0,
    lastSignIn: null,
    created: now().toISOString(),
    invited: true,
    suspended: null,
    twoStep: false,
    permissions: permissionsFrom(form),
  })
  return null
}

/** Only a Super Admin changes roles, and an administrator has 2-step verification. */
export function changeRole({ by }: Acting, user: User, role: string | null): string | null {
  if (by.role !== 'superadmin') return 'Only a Superadmin can change roles.'
  if (role === null || !isRole(role)) return 'Choose a role.'
  if (role === 'superadmin' && !user.twoStep) return 'This person has not set up 2-step verification.'
  user.role = role
  return null
}

export function changePermissions({ by }: Acting, user: User, form: URLSearchParams): string | null {
  if (!mayAdminister(by) || (user.role === 'superadmin' && by.role !== 'superadmin')) return mayNot
  user.permissions = permissionsFrom(form)
  return null
}

export function suspend({ by, now }: Acting, user: User, reason: string | null): string | null {
  if (!mayAdminister(by) || (user.role === 'superadmin' && by.role !== 'superadmin')) return mayNot
  if (reason !== null && reason.trim() === '') return 'Give a reason for the suspension.'
  // The role and the permissions stay: whoever is let in again has them at once.
  user.suspended = reason
  if (reason === null) user.unsuspended = now().toISOString()
  return null
}

/** In staging, where the next copy of production takes it back. */
export function suspendInStaging({ state, by }: Acting, uid: string | null): string | null {
  const user = state.staging?.find((one) => one.uid === uid)
  if (!mayAdminister(by) || !user) return mayNot
  user.suspended = 'By hand in staging'
  return null
}

/** The person themselves: follows the invitation, or signs in. */
export function signIn({ now }: Pick<Acting, 'now'>, user: User): string | null {
  if (user.suspended !== null) return 'Your account is suspended.'
  user.invited = false
  user.signIns += 1
  user.lastSignIn = now().toISOString()
  return null
}

function isRole(text: string): text is Role {
  return text in roleNames
}

/** Boxes are named `Application/permission`. Without “signin” there are no others. */
function permissionsFrom(form: URLSearchParams): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(applications).flatMap(([app, names]) => {
      const ticked = names.filter((name) => form.get(`${app}/${name}`) === 'on')
      return ticked.includes('signin') ? [[app, ticked]] : []
    }),
  )
}
