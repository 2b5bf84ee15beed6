import type { StepOrder, SystemAdapter } from '../../grants/system.ts'
import { SystemFailure } from '../../grants/system.ts'
import type { GithubClient } from '../github/client.ts'
import { createRepositoryLists } from '../repository-lists/adapter.ts'
import { listFileFor } from '../repository-lists/list-file.ts'
import { ListRefusal } from '../repository-lists/refusal.ts'
import { type ListRules, placeOf } from '../repository-lists/rules.ts'
import { adminList, changesFor, checkArn, isAsWanted, type Listed, refuseSamePerson, userList } from './rules.ts'

/** AWS role lists, by pull request to the repository that holds them. */
export function createAwsRoleLists(client: GithubClient, now: () => Date): SystemAdapter {
  return createRepositoryLists(roleLists, client, now)
}

const roleLists: ListRules = {
  id: 'aws',
  name: 'AWS',
  check(order) {
    listOf(order)
    checkArn(order.account.id)
  },
  isAsWanted: async (order, path, text) => {
    const list = listOf(order)
    return isAsWanted(order.direction, list, await listedIn(path, text, order.account.id, list))
  },
  async edit(order, path, before) {
    const list = listOf(order)
    const arn = order.account.id
    const file = listFileFor(path)
    if (order.direction === 'grant') refuseSamePerson(arn, await everybodyIn(path, before, list))
    const { keeps } = order.wanted.params
    const listed = await listedIn(path, before, arn, list)
    let text = before
    for (const change of changesFor(order.direction, list, listed, typeof keeps === 'string' ? keeps : null))
      text = change.does === 'add' ? await file.add(text, change.list, arn) : await file.remove(text, change.list, arn)
    return text
  },
}

function listOf(order: StepOrder): string {
  const { list } = placeOf(order, 'AWS')
  if (list === userList || list === adminList) return list
  throw new SystemFailure(
    'invalid',
    'This is not one of the two AWS role lists.',
    `The rule set names ${userList} or ${adminList}.`,
  )
}

/** The wanted list must be there; the other of the two may be missing. */
async function valuesOf(path: string, text: string, list: string, wanted: string): Promise<string[]> {
  try {
    return await listFileFor(path).read(text, list)
  } catch (error) {
    if (error instanceof ListRefusal && error.why === 'missing' && list !== wanted) return []
    throw error
  }
}

async function listedIn(path: string, text: string, arn: string, wanted: string): Promise<Listed> {
  const isIn = async (list: string) => (await valuesOf(path, text, list, wanted)).includes(arn)
  return { user: await isIn(userList), admin: await isIn(adminList) }
}

async function everybodyIn(path: string, text: string, wanted: string): Promise<string[]> {
  return [...(await valuesOf(path, text, userList, wanted)), ...(await valuesOf(path, text, adminList, wanted))]
}
