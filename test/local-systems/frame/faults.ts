/** What can go wrong on purpose, with every system. */
export type CommonFault =
  /** Carried out, and the answer never arrives. */
  | 'lost-answer'
  /** Not carried out, and nothing ever answers. */
  | 'no-answer'
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
  /** How many of them nothing has met yet. */
  left(): number
  /** For the server: the fault of this call, used up. */
  take(method: string, path: string): Fault | 'lost-answer' | null
}

/** @param whenThrottled what every call meets while `throttled` is on */
export function createFaults<Fault extends string>(whenThrottled: Fault): Faults<Fault> {
  const queue: Waiting<Fault>[] = []
  const faults: Faults<Fault> = {
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
      if (faults.throttled) return whenThrottled
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

/** The same answer about another person. @param others what stands in place of each key's value */
export function aboutSomebodyElse(data: unknown, others: Record<string, (value: unknown) => unknown>): unknown {
  if (Array.isArray(data)) return data.map((one) => aboutSomebodyElse(one, others))
  if (typeof data !== 'object' || data === null) return data
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, others[key]?.(value) ?? aboutSomebodyElse(value, others)]),
  )
}
