import type { PeopleFile } from '../../grants/drift/files.ts'
import { type Listed, type Listing, SystemFailure } from '../../grants/system.ts'
import type { Account } from '../../rules/types.ts'
import type { GithubClient } from '../github/client.ts'
import { listing } from '../listing.ts'
import { newestCommit, readerAt } from './commits.ts'
import { isMapping } from './content.ts'
import { listsIn } from './list-file.ts'

/** Where a file of people is, and what it means by its lists and by the fields of its entries. */
export interface PeopleFileConfig {
  id: string
  name: string
  repository: string
  branch: string
  path: string
  account: Account['kind']
  key?: string | undefined
  /** By list: the level, or the place, that its people have. */
  lists: Record<string, string>
  /** The list whose entries have fields. */
  people?: string | undefined
  /** By field, with dots to one further in, and by its value. */
  fields: Record<string, Record<string, string>>
}

/** A file such as `govuk_tech.yml`, read as it stands on the branch that counts. Nothing is written to it. */
export function createPeopleFile(config: PeopleFileConfig, client: GithubClient): PeopleFile {
  const means = [...Object.values(config.lists), ...Object.values(config.fields).flatMap((one) => Object.values(one))]
  return {
    id: config.id,
    name: config.name,
    kind: config.account,
    means: [...new Set(means)],
    async read() {
      const text = await readerAt(client, config, await newestCommit(client, config))(config.path)
      return meaningsIn(config, await listsIn(config.path, text))
    },
  }
}

type Found = { accounts: Listed[]; nameless: number }

function meaningsIn(config: PeopleFileConfig, lists: Map<string, unknown[]>): Map<string, Listing> {
  const found = new Map<string, Found>()
  // Also what nobody has is told.
  const of = (meaning: string): Found => {
    const before = found.get(meaning) ?? { accounts: [], nameless: 0 }
    found.set(meaning, before)
    return before
  }
  const all = [config.lists, ...Object.values(config.fields)].flatMap((one) => Object.values(one))
  for (const meaning of all) of(meaning)
  for (const [list, meaning] of Object.entries(config.lists))
    for (const entry of entriesOf(config, lists, list)) put(of(meaning), config, entry, 'wanted', `${list} of`)
  for (const entry of config.people === undefined ? [] : entriesOf(config, lists, config.people))
    for (const [field, values] of Object.entries(config.fields)) {
      const meant = [...new Set(Object.values(values))]
      // Somebody without a name in the file may be anybody.
      if (accountIn(config, entry) === null) for (const meaning of meant) of(meaning).nameless += 1
      else
        for (const value of valuesAt(entry, field)) {
          const meaning = Object.hasOwn(values, value) ? values[value] : undefined
          if (meaning !== undefined) put(of(meaning), config, entry, 'wanted', `${field} in`)
          // What this value gives nobody told us, so it may be any of these.
          else for (const one of meant) put(of(one), config, entry, 'unreadable', `${field} “${value}” in`)
        }
    }
  return new Map([...found].map(([meaning, one]) => [meaning, listing(one)]))
}

function put(found: Found, config: PeopleFileConfig, entry: unknown, has: Listed['has'], where: string): void {
  const account = accountIn(config, entry)
  if (account) found.accounts.push({ account, has, detail: `${account.name}: ${where} ${config.path}.` })
  else found.nameless += 1
}

function entriesOf({ path, name }: PeopleFileConfig, lists: Map<string, unknown[]>, list: string): unknown[] {
  const entries = lists.get(list)
  if (entries) return entries
  throw new SystemFailure(
    'invalid',
    `${name} has no list ${list}, or cannot be read.`,
    `Put ${path} right in its repository, or its lists in the installation file.`,
  )
}

function accountIn({ account, key }: PeopleFileConfig, entry: unknown): Listed['account'] | null {
  const name = typeof entry === 'string' ? entry : at(entry, key ?? '')
  if (typeof name !== 'string' || name.trim() === '') return null
  const isId = account === 'email' || (account === 'aws' && name.startsWith('arn:'))
  return { kind: account, id: isId ? name.toLowerCase() : null, name }
}

function at(entry: unknown, field: string): unknown {
  return field.split('.').reduce((inner: unknown, name) => (isMapping(inner) ? inner[name] : undefined), entry)
}

/** One text, or several. */
function valuesAt(entry: unknown, field: string): string[] {
  return [at(entry, field)].flat().filter((one) => typeof one === 'string')
}
