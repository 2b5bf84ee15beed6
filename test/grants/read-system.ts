import type { Observation, StepOrder, SystemAdapter } from '../../server/grants/system.ts'
import type { TestOffice } from './office.ts'

/** A system where only people act and that the product can read, with answers that a test sets. */
export interface ReadSystem {
  /** What it answers to a look from now on, or throws. */
  answers(next: Observation | Error): void
  looks: StepOrder[]
}

export const present = {
  is: 'present',
  detail: 'Signon shows Normal.',
  evidence: { role: 'Normal' },
} satisfies Observation
export const absent: Observation = { is: 'absent', detail: 'Signon shows nobody of that name.', evidence: {} }
export const cannotTell: Observation = { is: 'cannot-tell', detail: 'The export is older than that.' }

/** Connects it under a system’s id. */
export function connectReadSystem(it: TestOffice, id = 'signon', name = 'Signon'): ReadSystem {
  let next: Observation | Error = absent
  const looks: StepOrder[] = []
  const adapter: SystemAdapter = {
    id,
    name,
    can: [],
    health: async () => ({ state: 'ok', sentence: 'It answers.', checkedAt: new Date() }),
    reads: () => true,
    async read(order) {
      looks.push(order)
      if (next instanceof Error) throw next
      return next
    },
    async apply() {
      throw new Error('nobody may change this by a program')
    },
  }
  it.adapters.set(id, adapter)
  return {
    looks,
    answers(one) {
      next = one
    },
  }
}
