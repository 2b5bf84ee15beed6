import { vi } from 'vitest'
import type { Caller } from '../../client/api.ts'
import type { Trello } from '../../client/trello.ts'

/** Trello's library as the client's units see it: it hands out tokens that name their state, or refuses. */
export function standIn(): {
  caller: Caller
  state: { signedOut: boolean }
  asked: { state?: string; card?: boolean }[]
} {
  const state = { signedOut: false }
  const asked: { state?: string; card?: boolean }[] = []
  const nothing = async () => undefined
  const t: Trello = {
    getContext: () => ({ board: 'b', card: 'c', member: 'm' }),
    arg: () => undefined,
    isMemberSignedIn: () => !state.signedOut,
    jwt: async (options) => {
      asked.push(options)
      if (state.signedOut) throw new Error('not signed in')
      return `token-for-${options.state}`
    },
    get: nothing,
    set: nothing,
    signUrl: (url) => url,
    modal: nothing,
    updateModal: nothing,
    closeModal: nothing,
    alert: nothing,
    sizeTo: nothing,
    render: () => {},
  }
  return { caller: { t, onCard: true }, state, asked }
}

export interface Sent {
  path: string
  method: string
  token: string
  headers: Record<string, string>
  body: unknown
}

/** Stands in for `fetch`: what each call is answered, in turn; a function may look at what was sent. */
export function answering(...answers: (Response | Error | ((sent: Sent) => Response | Error))[]): Sent[] {
  const sent: Sent[] = []
  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => {
    const headers = Object.fromEntries(new Headers(init.headers))
    const one: Sent = {
      path,
      method: init.method ?? 'GET',
      token: headers['authorization']?.replace('Bearer ', '') ?? '',
      headers,
      body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
    }
    sent.push(one)
    const next = answers[Math.min(sent.length, answers.length) - 1]
    const answer = typeof next === 'function' ? next(one) : next
    if (!answer || answer instanceof Error) throw answer ?? new Error('nothing more to answer')
    return answer.clone()
  })
  return sent
}

export function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
}
