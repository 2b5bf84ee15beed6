import type { Listed, Listing, ListOrder } from '../../grants/system.ts'
import type { GithubClient } from '../github/client.ts'
import { listing } from '../listing.ts'
import { newestCommit, readerAt } from './commits.ts'
import type { Fields } from './format.ts'
import { listFileFor } from './list-file.ts'
import { type ListRules, type Place, placeOf } from './rules.ts'

/** Everybody who is on a list in a repository, as it stands on the branch that counts. */
export async function listEntries(rules: ListRules, client: GithubClient, order: ListOrder): Promise<Listing> {
  const place = placeOf(order, rules.name)
  const reads = rules.accountIn ?? byPattern(order)
  if (reads === null)
    return { is: 'cannot-see', detail: `What stands in ${place.list} is no account by itself, so nobody is compared.` }
  const text = await readerAt(client, place, await newestCommit(client, place))(place.path)
  const entries = await entriesIn(place, order, text)
  const accounts = entries.flatMap((entry): Listed[] => {
    if (entry === undefined || entry.trim() === '') return []
    const detail = `${entry} is in ${place.list} in ${place.path}.`
    return [{ account: reads(entry), has: 'wanted', detail }]
  })
  const remark = rules.isWhole ? null : `The list is read, and not what was made of it in ${rules.name}.`
  return listing({ accounts, nameless: entries.length - accounts.length }, remark)
}

async function entriesIn(
  { path, list }: Place,
  { wanted: { params } }: ListOrder,
  text: string,
): Promise<(string | undefined)[]> {
  const file = listFileFor(path)
  if (keyIn(params) === null) return file.read(text, list)
  const key = String(params['key'])
  return (await file.records(text, list)).map((fields: Fields) => fields[key])
}

type Params = ListOrder['wanted']['params']

/** What stands in the field by which a person is found, or `null` where entries are plain texts. */
function keyIn(params: Params): string | null {
  const pattern = params[`field.${String(params['key'])}`]
  return typeof pattern === 'string' ? pattern : null
}

/** Whose account an entry is, by the placeholder that makes it; `null` where that is no account. */
function byPattern({ kind, wanted: { params } }: ListOrder): ((entry: string) => Listed['account']) | null {
  const { element = '{account}' } = params
  switch (keyIn(params) ?? element) {
    case '{account}':
      return (entry) => ({ kind, id: null, name: entry })
    case '{id}':
      return (entry) => ({ kind, id: entry, name: entry })
    case '{email}':
      return (entry) => ({ kind: 'email', id: entry.toLowerCase(), name: entry })
    default:
      return null
  }
}
