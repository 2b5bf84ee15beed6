import { z } from 'zod'
import type { Evidence, SystemCalls } from '../../grants/system.ts'
import { APP } from './export-file.ts'

/**
 * Signon calls every registered application in which a person has signed in once: with the person as the application may
 * know them whenever they change, and to end their sessions. Source: `sso_push_client.rb` and `user_oauth_presenter.rb`
 * of alphagov/signon. It tells whether the account is suspended, and what it may do in the application that is called. More
 * can nobody learn from it: the presenter has no role and no other application, and while an account is suspended its
 * permissions are sent as none, whatever is stored. Its name and organisation no rule asks for, so they are not taken.
 */

/** Where every application takes these calls. */
const PATH = '/auth/gds/api'

const id = z.string().min(1).max(100)
const changed = z.object({
  user: z.object({
    uid: id,
    email: z
      .string()
      .regex(/^[^\s@]+@[^\s@]+$/)
      .max(320),
    disabled: z.boolean(),
    permissions: z.array(z.string().max(200)).max(200).optional(),
  }),
})

/** As which of its applications Signon calls us: the name that steps have for it; `null` = no step asks for that one. */
export type CalledAs = string | null

/** @param token of Signon's own API user, which it brings with every call */
export function signonCalls(token: string, as: CalledAs): SystemCalls {
  return {
    path: PATH,
    token,
    read({ method, path, body }) {
      const [, uid, reauth] = /^\/users\/([^/]{1,100})(\/reauth)?$/.exec(path) ?? []
      if (uid === undefined) return null
      if (method === 'POST' && reauth) return { id: uid, says: null }
      const read = method === 'PUT' && !reauth ? changed.safeParse(body) : null
      if (!read?.success || read.data.user.uid !== uid) return null
      const { email, disabled, permissions } = read.data.user
      const known = as === null || disabled || !permissions ? {} : { [APP + as]: permissions.join(', ') }
      const entry: Evidence = { suspended: disabled, ...known }
      return { id: uid, says: { account: email, entry } }
    },
  }
}
