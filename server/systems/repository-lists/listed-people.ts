import { type StepOrder, SystemFailure } from '../../grants/system.ts'
import type { Fields } from './format.ts'
import { type ListFile, listFileFor } from './list-file.ts'
import { ListRefusal } from './refusal.ts'
import { type ListRules, placeOf } from './rules.ts'

/**
 * Lists of people in any repository, such as one list for each level of access. What an entry is made of stands in the
 * parameters of the target or the grant, so that a new list needs no code:
 *
 * - `element`: the text that is listed, `{account}` for the account's name; or, where entries are records,
 * - `field.NAME` for each field, and `key`, the name of the field by which a person is found again;
 * - `same`: further fields, separated by commas, by which two entries are one person;
 * - `impliedBy`: a list of the same file whose people have this already; `keeps`: one that somebody stays on who leaves.
 *
 * @param isWhole whether the list itself is what is granted
 */
export function listedPeople(id: string, name: string, isWhole: boolean): ListRules {
  const listOf = (order: StepOrder) => placeOf(order, name).list
  return {
    id,
    name,
    isWhole,
    check: (order) => void entryOf(order, name),
    async isAsWanted(order, path, text) {
      const entry = entryOf(order, name)
      const entries = new Entries(listFileFor(path), entry)
      const { impliedBy } = order.wanted.params
      if (order.direction === 'revoke') return (await entries.ofPerson(text, listOf(order))).length === 0
      const lists = [listOf(order), ...(typeof impliedBy === 'string' ? [impliedBy] : [])]
      for (const list of lists) if (await entries.has(text, list)) return true
      return false
    },
    async edit(order, path, text) {
      if (await this.isAsWanted(order, path, text)) return text
      const entries = new Entries(listFileFor(path), entryOf(order, name))
      const list = listOf(order)
      if (order.direction === 'grant') return entries.put(text, list)
      const { keeps } = order.wanted.params
      // Whoever is moved down is on the lower list before they leave the higher one.
      const kept =
        typeof keeps === 'string' && !(await entries.has(text, keeps)) ? await entries.put(text, keeps) : text
      return entries.take(kept, list)
    },
  }
}

/** What is listed for one person: a text, or a record with the fields by which they are known. */
interface Entry {
  value: string | null
  fields: Fields
  known: string[]
}

function entryOf({ account, wanted: { params } }: StepOrder, name: string): Entry {
  const fields = Object.fromEntries(
    Object.entries(params).flatMap(([key, value]) =>
      key.startsWith('field.') && typeof value === 'string' ? [[key.slice('field.'.length), value]] : [],
    ),
  )
  const { element, key, same } = params
  if (Object.keys(fields).length === 0)
    return { value: typeof element === 'string' ? element : account.name, fields, known: [] }
  if (typeof key !== 'string' || !fields[key])
    throw new SystemFailure(
      'invalid',
      `The list of ${name} holds records, and it is not said by which field a person is found.`,
      'Name the field as key in the installation file or the rule set, and give it a value.',
    )
  const others = typeof same === 'string' ? same.split(',').map((one) => one.trim()) : []
  return { value: null, fields, known: [key, ...others].filter((one) => fields[one] !== undefined) }
}

const isSame = (one: string | undefined, other: string | undefined) =>
  one !== undefined && other !== undefined && one.trim().toLowerCase() === other.trim().toLowerCase()

/** One person's entries in the lists of one file, of plain texts or of records. */
class Entries {
  readonly #file: ListFile
  readonly #entry: Entry
  constructor(file: ListFile, entry: Entry) {
    this.#file = file
    this.#entry = entry
  }

  /** Entries that are this person, whatever the case of their letters and whatever else stands in them. */
  async ofPerson(text: string, list: string): Promise<(string | Fields)[]> {
    const { value, fields, known } = this.#entry
    if (value !== null) return (await this.#file.read(text, list)).filter((one) => isSame(one, value))
    const all = await this.#file.records(text, list)
    return all.filter((one) => known.some((name) => isSame(one[name], fields[name])))
  }

  /** Whether exactly this account is listed; a record may say more about the person than we would. */
  async has(text: string, list: string): Promise<boolean> {
    const { value, fields, known } = this.#entry
    const [key] = known
    const all = await this.ofPerson(text, list)
    return all.some((one) => (typeof one === 'string' ? one === value : key !== undefined && one[key] === fields[key]))
  }

  /** @throws SystemFailure where the person is listed in another way */
  async put(text: string, list: string): Promise<string> {
    if ((await this.ofPerson(text, list)).length > 0)
      throw new SystemFailure(
        'refused-by-rule',
        `The same person is in ${list} already, under another name or spelling.`,
        'Somebody who owns the repository puts the old entry right first.',
      )
    const { value, fields } = this.#entry
    return value === null ? this.#file.addRecord(text, list, fields) : this.#file.add(text, list, value)
  }

  /** Takes out the one entry that is this person. @throws ListRefusal where there are several */
  async take(text: string, list: string): Promise<string> {
    const [one, second] = await this.ofPerson(text, list)
    if (one === undefined) throw new ListRefusal('no-op', list)
    if (second !== undefined) throw new ListRefusal('twice', list)
    return typeof one === 'string' ? this.#file.remove(text, list, one) : this.#file.removeRecord(text, list, one)
  }
}
