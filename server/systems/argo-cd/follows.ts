import type { Evidence, Health, Observation, StepOrder, SystemAdapter } from '../../grants/system.ts'
import { SystemFailure } from '../../grants/system.ts'
import type { Installation } from '../../rules/types.ts'
import { type Policy, PolicyUnreadable, policyIn } from './policy.ts'
import { passedOver, type Right, rightsOf } from './rights.ts'
import { beyondRules, goesWith, heldBy, lackingOf, openToAll, type Wanted, whatLacks } from './words.ts'

/**
 * Argo CD has no grant of its own: its policy says what a GitHub team may do. So access is there when the membership is
 * active *and* the policy lets that team do at least what is wanted. The policy stands in the parameters of the
 * installation's target, under the keys of its config map, and is evaluated whole. `applications` says, as a glob such
 * as `govuk/*`, of which applications the rules speak, where not of all.
 * @param reads reads the team that Argo CD's policy names; its evidence says which team that was
 * @param github how the connection is by which it reads
 * @param targets all targets of the installation, for the health: whether each policy can be evaluated
 */
export function createArgoCd(
  reads: (order: StepOrder) => Promise<Observation>,
  github: () => Promise<Health>,
  targets: Installation['targets'] = {},
): SystemAdapter {
  return {
    id: 'argo-cd',
    name: 'Argo CD',
    can: ['follows'],
    health: () => health(github, targets),
    async read(order) {
      const seen = await reads(order)
      switch (seen.is) {
        case 'present':
          return judged(order, seen.detail, seen.evidence)
        case 'waiting':
          return { is: 'absent', detail: 'Comes with the GitHub team.', evidence: seen.evidence }
        case 'absent':
          return {
            ...seen,
            detail: order.direction === 'grant' ? 'Comes with the GitHub team.' : gone(order, seen.evidence),
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

/** Nothing is asked of Argo CD itself, so it is known as well as the teams that it follows, and its policy. */
async function health(github: () => Promise<Health>, targets: Installation['targets']): Promise<Health> {
  const { state, sentence, checkedAt } = await github()
  const common = { checkedAt, leastRights: 'No credentials: Argo CD itself is not asked.' }
  if (state !== 'ok')
    return { state, sentence: `It follows GitHub teams, and these cannot be read: ${sentence}`, ...common }
  const wrong = Object.entries(targets).flatMap(([target, params]) =>
    target.startsWith('argo-cd:') ? troubleIn(target, params) : [],
  )
  return wrong.length > 0
    ? { state: 'failing', sentence: wrong.join(' '), ...common }
    : {
        state,
        sentence:
          'Derived from the GitHub team, which can be read, and from Argo CD’s policy, as the installation has it.',
        ...common,
      }
}

function troubleIn(target: string, params: Readonly<Record<string, unknown>>): string[] {
  try {
    policyIn(params)
    return []
  } catch (error) {
    if (!(error instanceof PolicyUnreadable)) throw error
    return [`The policy of ${target} cannot be evaluated: ${error.message}.`]
  }
}

const whereOf = ({ environment }: StepOrder) => environment ?? 'every environment'
const wantedOf = ({ wanted }: StepOrder): Wanted => (wanted.value === 'admin' ? 'admin' : 'readonly')

/** Somebody is in the team: what does the policy make of that? */
function judged(order: StepOrder, membership: string, evidence: Evidence): Observation {
  const { weighed, unreadable } = weigh(order, evidence)
  const where = whereOf(order)
  if (!weighed)
    return {
      is: 'cannot-tell',
      detail: `What Argo CD’s policy in ${where} gives cannot be told: ${unreadable}.`,
    }
  const { team, rights, policy } = weighed
  const wanted = wantedOf(order)
  const said: Evidence = { ...evidence, policyGives: heldBy(rights), wanted }
  if (order.direction === 'revoke') return stillThere({ where, team, wanted, rights, membership, said })
  const lacking = lackingOf(rights, wanted)
  if (lacking.length === 0) {
    const more = beyondRules(rights, { wanted, team, passedOver: passedOver(policy, team) })
    return { is: 'present', detail: `Argo CD in ${where} follows: ${membership}${more}`, evidence: said }
  }
  throw new SystemFailure(
    'managed-elsewhere',
    `Argo CD’s policy in ${where} does not let ${team} ${whatLacks(lacking, passedOver(policy, team))} Membership alone does not bring what is wanted.`,
    'Whoever keeps Argo CD’s policy puts it right, there or in the installation file.',
  )
}

/** Taking back is about what the team brings: what everybody has who can sign in is nobody's own. */
function stillThere(what: {
  where: string
  team: string
  wanted: Wanted
  rights: Right[]
  membership: string
  said: Evidence
}): Observation {
  const { where, team, wanted, rights, membership, said } = what
  if (rights.some((one) => one.byTeam && goesWith(wanted, one)))
    return { is: 'present', detail: `Argo CD in ${where} follows: ${membership}`, evidence: said }
  const only = heldBy(rights.filter(({ byTeam }) => byTeam))
  const detail = `Argo CD’s policy in ${where} lets ${team} ${only === 'nothing' ? 'do nothing' : `only ${only}`}.${openToAll(rights, wanted)}`
  return { is: 'absent', detail, evidence: said }
}

function gone(order: StepOrder, evidence: Evidence): string {
  const { weighed } = weigh(order, evidence)
  const left = weighed ? openToAll(weighed.rights, wantedOf(order)) : ''
  return `Gone with the GitHub team in ${whereOf(order)}.${left}`
}

type Weighed = { team: string; policy: Policy; rights: Right[] }

function weigh(
  { wanted: { params } }: StepOrder,
  evidence: Evidence,
): { weighed: Weighed; unreadable: null } | { weighed: null; unreadable: string } {
  const team = `${evidence['org']}:${evidence['team']}`
  const { applications } = params
  try {
    const policy = policyIn(params)
    const rights = rightsOf(policy, team, typeof applications === 'string' ? applications : undefined)
    return { weighed: { team, policy, rights }, unreadable: null }
  } catch (error) {
    if (error instanceof PolicyUnreadable) return { weighed: null, unreadable: error.message }
    throw error
  }
}
