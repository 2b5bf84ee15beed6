import type { Observation, StepOrder, SystemAdapter } from '../../grants/system.ts'

/**
 * Argo CD has no grant of its own: its policy maps a GitHub team to a role. What can be proved is the membership, so
 * that is read, through the adapter that knows it.
 * @param reads reads the team that Argo CD's policy names
 */
export function createArgoCd(reads: (order: StepOrder) => Promise<Observation>, now: () => Date): SystemAdapter {
  return {
    id: 'argo-cd',
    name: 'Argo CD',
    can: ['follows'],
    health: async () => ({
      state: 'ok',
      sentence: 'Derived from the GitHub team that Argo CD’s policy names.',
      checkedAt: now(),
    }),
    async read(order) {
      const seen = await reads(order)
      const where = order.environment ?? 'every environment'
      switch (seen.is) {
        case 'present':
          return { ...seen, detail: `Argo CD in ${where} follows: ${seen.detail}` }
        case 'waiting':
          return { is: 'absent', detail: 'Comes with the GitHub team.', evidence: seen.evidence }
        case 'absent':
          return {
            ...seen,
            detail:
              order.direction === 'grant' ? 'Comes with the GitHub team.' : `Gone with the GitHub team in ${where}.`,
          }
        case 'merged':
        case 'refused':
        case 'cannot-tell':
          return { is: 'cannot-tell', detail: 'The GitHub team could not be read.' }
      }
    },
    async apply() {
      throw new TypeError('Nothing is ever changed in Argo CD for one person.')
    },
  }
}
