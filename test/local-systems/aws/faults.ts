import { type Reply, refusal } from './model.ts'

/** What can go wrong on purpose. */
export type AwsFault =
  /** Carried out, and the answer never arrives. */
  | 'lost-answer'
  /** Nothing ever answers. */
  | 'no-answer'
  | 'truncated'
  | 'not-xml'
  | 'throttled'
  | 'server-error'
  | 'denied'
  | 'expired'
  | 'somebody-else'

export interface AwsFaults {
  down: boolean
  slowMs: number
  /** Everything is throttled until it is set back. */
  throttled: boolean
  /** The next call of an action fails in this way, once. Every action without it. */
  next(fault: AwsFault, action?: string): void
  /** How many of them nothing has met yet. */
  left(): number
  /** For the server: the fault of this call, used up. */
  take(action: string): AwsFault | null
}

export function createAwsFaults(): AwsFaults {
  const queue: { fault: AwsFault; action: string | null }[] = []
  const faults: AwsFaults = {
    down: false,
    slowMs: 0,
    throttled: false,
    next: (fault, action) => void queue.push({ fault, action: action ?? null }),
    left: () => queue.length,
    take(action) {
      if (faults.throttled) return 'throttled'
      const index = queue.findIndex((one) => one.action === null || one.action === action)
      const [found] = index === -1 ? [] : queue.splice(index, 1)
      return found?.fault ?? null
    },
  }
  return faults
}

/** Answers that AWS gives instead of doing what was asked. */
export function refusalFor(fault: AwsFault, action: string): Reply | null {
  switch (fault) {
    case 'throttled':
      return refusal(400, 'Throttling', 'Rate exceeded')
    case 'server-error':
      return refusal(500, 'ServiceFailure', 'The request processing has failed because of an unknown error.')
    case 'denied':
      return refusal(403, 'AccessDenied', `User is not authorized to perform: iam:${action}`)
    case 'expired':
      return refusal(403, 'ExpiredToken', 'The security token included in the request is expired')
    case 'lost-answer':
    case 'no-answer':
    case 'truncated':
    case 'not-xml':
    case 'somebody-else':
      return null
  }
}
