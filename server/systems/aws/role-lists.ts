import type { StepOrder, SystemAdapter } from '../../grants/system.ts'
import { SystemFailure } from '../../grants/system.ts'
import type { GithubClient } from '../github/client.ts'
import { addElement, findList, proveOnly, removeElement } from '../repository-lists/hcl-list.ts'
import { type FileEdit, openProposal, readFile, readProposal } from '../repository-lists/proposals.ts'
import { checkArn, refuseSamePerson } from './rules.ts'

/** Lists that Terraform reads together: being in one of them with another ARN breaks the plan for everybody. */
const listsReadTogether = ['role_admin_user_arns', 'role_user_user_arns']

/**
 * AWS role lists, by pull request to the repository that holds them. *Merged* is the most that is claimed here: until
 * AWS itself is read, a person says that it was applied and a second one looks.
 */
export function createAwsRoleLists(client: GithubClient, now: () => Date): SystemAdapter {
  return {
    id: 'aws',
    name: 'AWS',
    can: ['pull-request'],
    health: async () => ({
      state: 'ok',
      sentence: 'Lists are changed by pull request. AWS itself is not read.',
      checkedAt: now(),
    }),
    async read(order) {
      const place = placeOf(order)
      if (order.sentTo !== null) {
        const proposal = await readProposal(client, place, order.sentTo)
        if (proposal.is !== 'merged') return proposal
      }
      const text = await readFile(client, place, place.path)
      const isIn = findList(text, place.list).elements.some((element) => element.value === order.account.id)
      const asWanted = isIn === (order.direction === 'grant')
      const evidence = { repository: place.repository, path: place.path, list: place.list, listed: isIn }
      if (asWanted)
        return { is: 'merged', detail: 'Merged in the list, not applied yet.', link: order.sentTo, evidence }
      const open = await readProposal(client, place, null, order)
      if (open.is === 'waiting') return open
      return {
        is: isIn ? 'present' : 'absent',
        detail: `${order.account.name} is ${isIn ? '' : 'not '}in the list.`,
        evidence,
      }
    },
    async apply(orders) {
      const [first] = orders
      if (!first) throw new SystemFailure('invalid', 'Nothing was asked for.', 'Look at the attempts.')
      const place = placeOf(first)
      const edits: FileEdit[] = []
      for (const order of orders) {
        const { path, list } = placeOf(order)
        checkArn(order.account.id)
        const known = edits.find((edit) => edit.path === path)
        const before = known?.after ?? (await readFile(client, place, path))
        const after = edited(before, list, order)
        if (after === before) continue
        const change = order.direction === 'grant' ? { added: order.account.id } : { removed: order.account.id }
        await proveOnly(before, after, list, change)
        if (known) known.after = after
        else edits.push({ path, after })
      }
      if (edits.length === 0)
        throw new SystemFailure(
          'conflict',
          'The lists are as wanted already, so nothing was proposed.',
          'This is read again by itself.',
        )
      return openProposal(client, place, orders, edits)
    },
  }
}

function edited(text: string, list: string, order: StepOrder): string {
  if (order.direction === 'revoke') return removeElement(text, list, order.account.id)
  const existing = listsReadTogether.flatMap((name) =>
    text.includes(name) ? findList(text, name).elements.map((element) => element.value) : [],
  )
  refuseSamePerson(order.account.id, existing)
  if (findList(text, list).elements.some((element) => element.value === order.account.id)) return text
  return addElement(text, list, order.account.id)
}

interface Place {
  repository: string
  branch: string
  path: string
  list: string
}

function placeOf(order: StepOrder): Place {
  const { repository, branch, path, list } = order.wanted.params
  if (typeof repository !== 'string' || typeof path !== 'string' || typeof list !== 'string')
    throw new SystemFailure(
      'invalid',
      'The repository of the AWS lists is not configured.',
      'Name repository and path for this environment in the installation file.',
    )
  return { repository, path, list, branch: typeof branch === 'string' ? branch : 'main' }
}
