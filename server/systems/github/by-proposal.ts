import type { Health, Observation, StepOrder, SystemAdapter } from '../../grants/system.ts'

/**
 * GitHub teams, some of which are kept in a repository: those are changed by pull request and read back by GitHub itself.
 * The file alone never counts, because a merge says only that Terraform may apply it.
 * @param teams changes and reads teams
 * @param lists changes the repository that keeps them
 */
export function createGithub(teams: SystemAdapter, lists: SystemAdapter): SystemAdapter {
  const isProposed = ({ method }: StepOrder) => method === 'pull-request'
  return {
    ...teams,
    can: [...teams.can, ...lists.can],
    health: () => health(teams, lists),
    ...(lists.inTurn ? { inTurn: lists.inTurn } : {}),
    read: (order) => (isProposed(order) ? read(teams, lists, order) : teams.read(order)),
    apply(orders) {
      const [first] = orders
      return first && isProposed(first) ? lists.apply(orders) : teams.apply(orders)
    },
    async withdraw(order) {
      const { withdraw } = isProposed(order) ? lists : teams
      return (await withdraw?.(order)) ?? { vendorRequestId: null, link: null, detail: 'Nothing was proposed.' }
    },
  }
}

/** Both, where some teams are kept in a repository. */
async function health(teams: SystemAdapter, lists: SystemAdapter): Promise<Health> {
  const [own, listed] = await Promise.all([teams.health(), lists.health()])
  if (listed.state === 'not-configured') return own
  const leastRights = [own.leastRights, listed.leastRights].filter((one) => one !== undefined).join(' ')
  return own.state === 'ok' && listed.state !== 'ok'
    ? { ...own, state: listed.state, sentence: listed.sentence, leastRights }
    : { ...own, leastRights }
}

async function read(teams: SystemAdapter, lists: SystemAdapter, order: StepOrder): Promise<Observation> {
  const listed = await lists.read(order)
  if (listed.is !== 'merged') return listed
  // What went out was the pull request, so that its receipt says nothing about an invitation.
  const seen = await teams.read({ ...order, sentTo: null })
  const evidence = { ...listed.evidence, ...('evidence' in seen ? seen.evidence : {}) }
  const isThere = seen.is === (order.direction === 'grant' ? 'present' : 'absent')
  if (isThere || seen.is === 'waiting') return { ...seen, evidence }
  if (seen.is !== 'present' && seen.is !== 'absent') return seen
  return {
    is: 'waiting',
    waitsFor: 'second-line',
    detail: `Merged, not applied yet: ${seen.detail}`,
    link: listed.link,
    who: null,
    evidence,
  }
}
