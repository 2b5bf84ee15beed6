import type { Reply } from '../frame/call.ts'
import { type CommonFault, aboutSomebodyElse as inPlaceOf } from '../frame/faults.ts'

/** What can go wrong on purpose; its two limits are GitHub's own. */
export type Fault = CommonFault | 'primary-limit' | 'secondary-limit'

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
    case 'forbidden':
      return message(403, 'Resource not accessible by integration')
    case 'lost-answer':
    case 'no-answer':
    case 'slow':
    case 'truncated':
    case 'somebody-else':
      return null
  }
}

/** The same answer about another person. */
export const aboutSomebodyElse = (data: unknown) =>
  inPlaceOf(data, {
    id: () => 999_999,
    login: () => 'somebody-else',
    ref: () => 'somebody/else',
    url: (value) => String(value).replace(/[^/]+$/, 'somebody-else'),
  })
