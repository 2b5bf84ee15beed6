import type { Evidence, StepOrder, SystemAdapter } from '../../grants/system.ts'
import { SystemFailure } from '../../grants/system.ts'
import type { GithubClient } from '../github/client.ts'
import { createRepositoryLists } from '../repository-lists/adapter.ts'
import type { NamedFile } from '../repository-lists/health.ts'
import { listFileFor } from '../repository-lists/list-file.ts'
import { ListRefusal } from '../repository-lists/refusal.ts'
import { type ListRules, placeOf } from '../repository-lists/rules.ts'
import {
  adminList,
  changesFor,
  checkArn,
  isAsWanted,
  isSamePerson,
  type Listed,
  refuseSamePerson,
  userList,
  userNameIn,
} from './rules.ts'

/** AWS role lists, by pull request to the repository that holds them. */
export function createAwsRoleLists(client: GithubClient, now: () => Date, files?: NamedFile[]): SystemAdapter {
  return createRepositoryLists(roleLists, client, now, files)
}

/** What the two lists mean: whoever is on the privileged one has the read-only role too. */
export const roleLists: ListRules = {
  id: 'aws',
  name: 'AWS',
  accountIn: (arn) => ({ kind: 'aws', id: arn, name: userNameIn(arn) || arn }),
  check(order) {
    listOf(order)
    checkArn(order.account.id)
  },
  isAsWanted: async (order, path, text) => {
    const list = listOf(order)
    return isAsWanted(order.direction, list, await listedIn(path, text, order, list))
  },
  // The privileged list brings the read-only role too, so that role may stay when its own list is left.
  async besides(order, path, text): Promise<Evidence> {
    const list = listOf(order)
    return list === userList ? { privileged: (await listedIn(path, text, order, list)).admin } : {}
  },
  async edit(order, path, before) {
    const list = listOf(order)
    const arn = order.account.id
    const file = listFileFor(path)
    if (order.direction === 'grant') refuseSamePerson(arn, await everybodyIn(path, before, list))
    const { keeps } = order.wanted.params
    const listed = await listedIn(path, before, order, list)
    let text = before
    for (const change of changesFor(order.direction, list, listed, typeof keeps === 'string' ? keeps : null))
      text =
        change.does === 'add'
          ? await file.add(text, change.list, arn)
          : await file.remove(text, change.list, await spelled(path, text, change.list, arn))
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

/** Whoever is revoked is there under any spelling and from any account: all of them give the same role. */
async function listedIn(path: string, text: string, order: StepOrder, wanted: string): Promise<Listed> {
  const arn = order.account.id
  const isThem = (one: string) => (order.direction === 'grant' ? one === arn : isSamePerson(one, arn))
  const isIn = async (list: string) => (await valuesOf(path, text, list, wanted)).some(isThem)
  return { user: await isIn(userList), admin: await isIn(adminList) }
}

/** As the list writes this person. */
async function spelled(path: string, text: string, list: string, arn: string): Promise<string> {
  const values = await listFileFor(path).read(text, list)
  return values.find((one) => one === arn) ?? values.find((one) => isSamePerson(one, arn)) ?? arn
}

async function everybodyIn(path: string, text: string, wanted: string): Promise<string[]> {
  return [...(await valuesOf(path, text, userList, wanted)), ...(await valuesOf(path, text, adminList, wanted))]
}
