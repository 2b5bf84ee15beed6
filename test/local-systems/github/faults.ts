import type { Reply } from './model.ts'

/** What can go wrong on purpose. */
export type Fault =
  /** Carried out, and the answer never arrives. */
  | 'lost-answer'
  /** Not carried out, and nothing ever answers. */
  | 'no-answer'
  | 'truncated'
  | 'primary-limit'
  | 'secondary-limit'
  | 'too-many'
  | 'server-error'
  | 'somebody-else'

interface Waiting {
  fault: Fault
  method: string | null
  path: RegExp
}

export interface Faults {
  /** How many of the next changing calls lose their answer after they were carried out. */
  loseAnswers: number
  down: boolean
  throttled: boolean
  slowMs: number
  /** The next call that fits fails in this way, once. @param where such as `PUT memberships`; every call without it */
  next(fault: Fault, where?: string): void
  /** How many of them nothing has met yet. */
  left(): number
  /** For the server: the fault of this call, used up. */
  take(method: string, path: string): Fault | null
}

export function createFaults(): Faults {
  const queue: Waiting[] = []
  const faults: Faults = {
    loseAnswers: 0,
    down: false,
    throttled: false,
    slowMs: 0,
    next(fault, where = '') {
      const [, method, path] = /^(?:([A-Z]+) ?)?(.*)$/.exec(where) ?? []
      queue.push({ fault, method: method ?? null, path: new RegExp(path ?? '') })
    },
    left: () => queue.length,
    take(method, path) {
      if (faults.throttled) return 'secondary-limit'
      const index = queue.findIndex((one) => (one.method === null || one.method === method) && one.path.test(path))
      const [found] = index === -1 ? [] : queue.splice(index, 1)
      if (found) return found.fault
      if (method === 'GET' || faults.loseAnswers === 0) return null
      faults.loseAnswers -= 1
      return 'lost-answer'
    },
  }
  return faults
}

/** Answers that GitHub gives instead of doing what was asked. */
export function refusalFor(fault: Fault, now: Date): Reply | null {
  const message = (status: number, text: string, headers: Record<string, string> = {}): Reply => ({
    status,
    data: { message: text },
    headers,
  })
  switch (fault) {
    case 'primary-limit':
      return message(403, 'API rate limit exceeded for installation.', {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(Math.floor(now.getTime() / 1000) + 90),
      })
    case 'secondary-limit':
      return message(403, 'You have exceeded a secondary rate limit.', { 'retry-after': '1' })
    case 'too-many':
      return message(429, 'Too many requests', { 'retry-after': '7' })
    case 'server-error':
      return message(502, 'Server Error')
    case 'lost-answer':
    case 'no-answer':
    case 'truncated':
    case 'somebody-else':
      return null
  }
}

/** The same answer about another person. */
export function aboutSomebodyElse(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(aboutSomebodyElse)
  if (typeof data !== 'object' || data === null) return data
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => {
      if (key === 'id') return [key, 999_999]
      if (key === 'login') return [key, 'somebody-else']
      if (key === 'ref') return [key, 'somebody/else']
      if (key === 'url') return [key, String(value).replace(/[^/]+$/, 'somebody-else')]
      return [key, aboutSomebodyElse(value)]
    }),
  )
}
