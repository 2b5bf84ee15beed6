import { once } from 'node:events'
import { request as send } from 'node:http'
import type { State, User } from './model.ts'

/** An application that is registered in Signon, which calls it when somebody who has used it changes. */
export interface Application {
  url: string
  token: string
}

interface Job {
  uid: string
  kind: 'changed' | 'reauth'
}

/** As Signon's own jobs: what is told is how the person stands when the call goes out, and what failed is tried again. */
export function createTelling(state: State) {
  let application: Application | null = null
  const calls: { kind: Job['kind']; status: number }[] = []
  let failed: Job[] = []
  let running: Promise<void> = Promise.resolve()

  async function run(job: Job): Promise<void> {
    const user = state.users.find(({ uid }) => uid === job.uid)
    if (!application || !user) return
    const status = await call(application, job.kind, user).catch(() => 0)
    calls.push({ kind: job.kind, status })
    if (status !== 200) failed.push(job)
  }

  const later = (job: Job) => {
    running = running.then(() => run(job))
  }

  return {
    calls,
    register(one: Application) {
      application = one
    },
    /** They sign in to it once: only then does Signon tell it of them. */
    use(user: User) {
      user.usesApplication = true
    },
    changed(user: User, alsoReauth: boolean) {
      if (!user.usesApplication) return
      later({ uid: user.uid, kind: 'changed' })
      if (alsoReauth) later({ uid: user.uid, kind: 'reauth' })
    },
    tryAgain() {
      const again = failed
      failed = []
      for (const job of again) later(job)
    },
    settled: () => running,
  }
}

async function call({ url, token }: Application, kind: Job['kind'], user: User): Promise<number> {
  const path = `/auth/gds/api/users/${encodeURIComponent(user.uid)}${kind === 'reauth' ? '/reauth' : ''}`
  const request = send(new URL(path, url), {
    method: kind === 'reauth' ? 'POST' : 'PUT',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json',
      'user-agent': 'gds-api-adapters',
    },
    agent: false,
  })
  request.end(JSON.stringify(kind === 'reauth' ? {} : shown(user)))
  const [answer] = await once(request, 'response')
  answer.resume()
  return Number(answer.statusCode)
}

/** As an application may know the person: the permissions in it alone, and none while suspended. */
function shown({ uid, name, email, suspended }: User) {
  const disabled = suspended !== null
  return {
    user: {
      email,
      name,
      uid,
      permissions: disabled ? [] : ['signin'],
      organisation_slug: 'example-department',
      organisation_content_id: '7c1b2a52-0000-4000-8000-000000000001',
      disabled,
    },
  }
}
