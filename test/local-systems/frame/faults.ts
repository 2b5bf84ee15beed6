/** What can go wrong on purpose, with every system. */
export type CommonFault =
  /** Carried out, and the answer never arrives. */
  | 'lost-answer'
  /** Not carried out, and nothing ever answers. */
  | 'no-answer'
  /** Carried out, and answered later than anybody waits. */
  | 'slow'
  | 'truncated'
  | 'too-many'
  | 'server-error'
  | 'forbidden'
  | 'somebody-else'

interface Waiting<Fault> {
  fault: Fault
  method: string | null
  path: RegExp
}

/** The switchboard of one stand-in. @typeParam Fault the common ones, and what only this system has */
export interface Faults<Fault extends string = CommonFault> {
  /** How many of the next changing calls lose their answer after they were carried out. */
  loseAnswers: number
  down: boolean
  throttled: boolean
  slowMs: number
  /** The next call that fits fails in this way, once. @param where such as `PUT memberships`; every call without it */
  next(fault: Fault, where?: string): void
  /** Every call that fits fails in this way, until what is answered is called. */
  during(fault: Fault, where?: string): () => void
  /** How many of them nothing has met yet. */
  left(): number
  /** How many calls met one so far. */
  met(): number
  /** For the server: the fault of this call, used up. */
  take(method: string, path: string): Fault | 'lost-answer' | 'no-answer' | null
  /** For the server: what was taken last changed nothing of the answer, and waits for the next call that fits. */
  putBack(): void
}

/** @param whenThrottled what every call meets while `throttled` is on */
export function createFaults<Fault extends string>(whenThrottled: Fault): Faults<Fault> {
  const queue: Waiting<Fault>[] = []
  const lasting: Waiting<Fault>[] = []
  let met = 0
  let last: Waiting<Fault> | null = null
  const waiting = (fault: Fault, where: string): Waiting<Fault> => {
    const [, method, path] = /^(?:([A-Z]+) ?)?(.*)$/.exec(where) ?? []
    return { fault, method: method ?? null, path: new RegExp(path ?? '') }
  }
  const faults: Faults<Fault> = {
    loseAnswers: 0,
    down: false,
    throttled: false,
    slowMs: 0,
    next: (fault, where = '') => void queue.push(waiting(fault, where)),
    during(fault, where = '') {
      const one = waiting(fault, where)
      lasting.push(one)
      return () => void lasting.splice(lasting.indexOf(one), 1)
    },
    left: () => queue.length,
    met: () => met,
    take(method, path) {
      const found = faultOf(method, path)
      if (found !== null) met += 1
      return found
    },
    putBack() {
      met -= 1
      if (last) queue.unshift(last)
    },
  }
  function faultOf(method: string, path: string): Fault | 'lost-answer' | 'no-answer' | null {
    last = null
    if (faults.down) return 'no-answer'
    if (faults.throttled) return whenThrottled
    const fits = (one: Waiting<Fault>) => (one.method === null || one.method === method) && one.path.test(path)
    const always = lasting.find(fits)
    if (always) return always.fault
    const index = queue.findIndex(fits)
    const [next = null] = index === -1 ? [] : queue.splice(index, 1)
    last = next
    if (next) return next.fault
    if (method === 'GET' || faults.loseAnswers === 0) return null
    faults.loseAnswers -= 1
    return 'lost-answer'
  }
  return faults
}

/** The same answer about another person. @param others what stands in place of each key's value */
export function aboutSomebodyElse(data: unknown, others: Record<string, (value: unknown) => unknown>): unknown {
  if (Array.isArray(data)) return data.map((one) => aboutSomebodyElse(one, others))
  if (typeof data !== 'object' || data === null) return data
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, others[key]?.(value) ?? aboutSomebodyElse(value, others)]),
  )
}
