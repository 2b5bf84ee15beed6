import type { Evidence, Observation, StepOrder, SystemAdapter } from '../../grants/system.ts'
import { SystemFailure } from '../../grants/system.ts'
import { type Role, roleIn } from './policy.ts'

/**
 * Argo CD has no grant of its own: its policy maps a GitHub team to a role. So access is there when the membership is
 * active *and* the policy gives that team at least the wanted role. The policy text is the parameter `policy` of the
 * installation's target; without one, the team is taken to have `role:admin`, as GOV.UK's configuration had it.
 * @param reads reads the team that Argo CD's policy names; its evidence says which team that was
 */
export function createArgoCd(reads: (order: StepOrder) => Promise<Observation>, now: () => Date): SystemAdapter {
  return {
    id: 'argo-cd',
    name: 'Argo CD',
    can: ['follows'],
    health: async () => ({
      state: 'ok',
      sentence: 'Derived from the GitHub team and from Argo CD’s policy. Argo CD itself is not read.',
      checkedAt: now(),
    }),
    async read(order) {
      const seen = await reads(order)
      switch (seen.is) {
        case 'present':
          return judged(order, seen.detail, seen.evidence)
        case 'waiting':
          return { is: 'absent', detail: 'Comes with the GitHub team.', evidence: seen.evidence }
        case 'absent': {
          const where = order.environment ?? 'every environment'
          const detail =
            order.direction === 'grant' ? 'Comes with the GitHub team.' : `Gone with the GitHub team in ${where}.`
          return { ...seen, detail }
        }
        case 'merged':
        case 'changed-by-others':
        case 'refused':
        case 'cannot-tell':
          return { is: 'cannot-tell', detail: 'The GitHub team could not be read.' }
      }
    },
    async apply() {
      throw new SystemFailure(
        'invalid',
        'Nothing is ever changed in Argo CD for one person.',
        'Look at the GitHub team that it follows.',
      )
    },
  }
}

const enough: Record<'readonly' | 'admin', Role[]> = { readonly: ['readonly', 'admin'], admin: ['admin'] }

/** Somebody is in the team: what does the policy make of that? */
function judged(order: StepOrder, membership: string, evidence: Evidence): Observation {
  const wanted = order.wanted.value === 'admin' ? 'admin' : 'readonly'
  const team = `${evidence['org']}:${evidence['team']}`
  const where = order.environment ?? 'every environment'
  const { policy } = order.wanted.params
  const role = roleIn(typeof policy === 'string' ? policy : `g, ${team}, role:admin`, team)
  const said: Evidence = { ...evidence, policyGives: role, wanted }
  if (role === 'other')
    return { is: 'cannot-tell', detail: `Argo CD’s policy in ${where} gives ${team} a role that we cannot weigh.` }
  if (enough[wanted].includes(role)) {
    const more = role === wanted ? '' : ` The rules say read-only, and Argo CD’s policy gives ${team} role:${role}.`
    return { is: 'present', detail: `Argo CD in ${where} follows: ${membership}${more}`, evidence: said }
  }
  const gives = role === 'none' ? 'no role' : `only role:${role}`
  if (order.direction === 'revoke')
    return { is: 'absent', detail: `Argo CD’s policy in ${where} gives ${team} ${gives}.`, evidence: said }
  throw new SystemFailure(
    'managed-elsewhere',
    `Argo CD’s policy in ${where} gives ${team} ${gives}, so membership alone does not bring what is wanted.`,
    'Whoever keeps Argo CD’s policy puts it right, there or in the installation file.',
  )
}
