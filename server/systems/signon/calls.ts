import { z } from 'zod'
import type { SystemCalls } from '../../grants/system.ts'

/**
 * Signon calls every registered application in which a person has signed in once: with the person as the application may
 * know them whenever they change, and to end their sessions. Source: `sso_push_client.rb` and `user_oauth_presenter.rb`
 * of alphagov/signon. It tells that the account exists and whether it is suspended; never its role, nor what it may do
 * in other applications.
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
  }),
})

/** @param token of Signon's own API user, which it brings with every call */
export function signonCalls(token: string): SystemCalls {
  return {
    path: PATH,
    token,
    read({ method, path, body }) {
      const [, uid, reauth] = /^\/users\/([^/]{1,100})(\/reauth)?$/.exec(path) ?? []
      if (uid === undefined) return null
      if (method === 'POST' && reauth) return { id: uid, says: null }
      const read = method === 'PUT' && !reauth ? changed.safeParse(body) : null
      if (!read?.success || read.data.user.uid !== uid) return null
      const { email, disabled } = read.data.user
      return { id: uid, says: { account: email, entry: { suspended: disabled } } }
    },
  }
}
