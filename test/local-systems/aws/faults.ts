import { type Reply, refusal } from './model.ts'

/** What can go wrong on purpose. */
export type AwsFault =
  /** Carried out, and the answer never arrives. */
  | 'lost-answer'
  /** Nothing ever answers. */
  | 'no-answer'
  /** Carried out, and answered later than anybody waits. */
  | 'slow'
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
  /** The next call of an action fails in this way, once. Actions are a pattern; every action without it. */
  next(fault: AwsFault, action?: string): void
  /** Every call of an action fails in this way, until what is answered is called. */
  during(fault: AwsFault, action?: string): () => void
  /** How many of them nothing has met yet. */
  left(): number
  /** How many calls met one so far. */
  met(): number
  /** For the server: the fault of this call, used up. */
  take(action: string): AwsFault | null
  /** For the server: what was taken last changed nothing of the answer, and waits for the next call that fits. */
  putBack(): void
}

export function createAwsFaults(): AwsFaults {
  interface Waiting {
    fault: AwsFault
    actions: RegExp
  }
  const waiting = (fault: AwsFault, action = '\\w*'): Waiting => ({ fault, actions: new RegExp(`^(?:${action})$`) })
  const queue: Waiting[] = []
  const lasting: Waiting[] = []
  let met = 0
  let last: Waiting | null = null
  const faults: AwsFaults = {
    down: false,
    slowMs: 0,
    throttled: false,
    next: (fault, action) => void queue.push(waiting(fault, action)),
    during(fault, action) {
      const one = waiting(fault, action)
      lasting.push(one)
      return () => void lasting.splice(lasting.indexOf(one), 1)
    },
    left: () => queue.length,
    met: () => met,
    take(action) {
      const found = faultOf(action)
      if (found !== null) met += 1
      return found
    },
    putBack() {
      met -= 1
      if (last) queue.unshift(last)
    },
  }
  function faultOf(action: string): AwsFault | null {
    last = null
    if (faults.down) return 'no-answer'
    if (faults.throttled) return 'throttled'
    const fits = ({ actions }: Waiting) => actions.test(action)
    const always = lasting.find(fits)
    if (always) return always.fault
    const index = queue.findIndex(fits)
    const [next = null] = index === -1 ? [] : queue.splice(index, 1)
    last = next
    return next?.fault ?? null
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
    case 'slow':
    case 'truncated':
    case 'not-xml':
    case 'somebody-else':
      return null
  }
}
