import { isDeepStrictEqual } from 'node:util'
import { isMapping, listAt, withListAt } from './content.ts'
import type { Fields, Format, Records } from './format.ts'
import { hcl } from './hcl.ts'
import { json } from './json.ts'
import { ListRefusal } from './refusal.ts'
import { withElement, withoutElement } from './splice.ts'
import { yaml } from './yaml.ts'

/**
 * One list of plain texts in a file. Every change keeps every other byte, and is proved by a parser that did not make
 * it: this list changed by exactly this element, and nothing else did.
 */
export interface ListFile {
  /** @throws ListRefusal when the list is missing, twice there, computed, or the file cannot be read */
  read(text: string, list: string): Promise<string[]>
  /** The new text. @throws ListRefusal also when the element is there already */
  add(text: string, list: string, value: string): Promise<string>
  /** The new text. @throws ListRefusal also when the element is not there, or is the last one */
  remove(text: string, list: string, value: string): Promise<string>
  /** The same for a list of records. @throws ListRefusal also where the format has none that are edited */
  records(text: string, list: string): Promise<Fields[]>
  addRecord(text: string, list: string, fields: Fields): Promise<string>
  /** @param fields as `records` gave them */
  removeRecord(text: string, list: string, fields: Fields): Promise<string>
}

/** The way to edit a file of this name: `.json`, `.yaml` and `.yml`, everything else as HCL. */
export function listFileFor(path: string): ListFile {
  return listFile(formatFor(path))
}

function formatFor(path: string): Format {
  if (path.endsWith('.json')) return json
  return /\.ya?ml$/.test(path) ? yaml : hcl
}

/** Every list in a file by its name, as the file's second parser reads it; none where it cannot be read. */
export async function listsIn(path: string, text: string): Promise<Map<string, unknown[]>> {
  const content = await formatFor(path)
    .content(text, path)
    .catch(() => null)
  return new Map(listsOf(content, ''))
}

function listsOf(value: unknown, name: string): [string, unknown[]][] {
  if (Array.isArray(value)) return [[name === '' ? '.' : name, value]]
  if (!isMapping(value)) return []
  return Object.entries(value).flatMap(([key, inner]) => listsOf(inner, name === '' ? key : `${name}.${key}`))
}

function listFile(format: Format): ListFile {
  const valuesOf = async (text: string, list: string) =>
    (await format.locate(text, list)).elements.map((element) => element.value)
  const records = (list: string): Records => {
    if (!format.records) throw new ListRefusal('computed', list)
    return format.records
  }

  return {
    async read(text, list) {
      const values = await valuesOf(text, list)
      if (!isDeepStrictEqual(listAt(await format.content(text, list), list), values))
        throw new ListRefusal('computed', list)
      return values
    },
    async add(text, list, value) {
      const at = await format.locate(text, list)
      if (at.elements.some((element) => element.value === value)) throw new ListRefusal('no-op', list)
      const after = withElement(text, at, value, format)
      await prove(format, list, text, after, (values) => [...values, value])
      return after
    },
    async remove(text, list, value) {
      const at = await format.locate(text, list)
      const [element, second] = at.elements.filter((one) => one.value === value)
      if (!element) throw new ListRefusal('no-op', list)
      if (second) throw new ListRefusal('twice', list)
      if (at.elements.length === 1) throw new ListRefusal('would-empty', list)
      const after = withoutElement(text, at, element)
      await prove(format, list, text, after, (values) => values.filter((one) => one !== value))
      return after
    },
    async records(text, list) {
      return records(list)
        .locate(text, list)
        .map((record) => record.fields)
    },
    async addRecord(text, list, fields) {
      const after = records(list).add(text, list, fields)
      await prove(format, list, text, after, (values) => [...values, fields])
      return after
    },
    async removeRecord(text, list, fields) {
      const all = records(list).locate(text, list)
      const index = all.findIndex((one) => isDeepStrictEqual(one.fields, fields))
      const record = all[index]
      if (!record) throw new ListRefusal('no-op', list)
      if (all.length === 1) throw new ListRefusal('would-empty', list)
      const after = records(list).remove(text, record)
      await prove(format, list, text, after, (values) => values.toSpliced(index, 1))
      return after
    },
  }
}

async function prove(
  format: Format,
  list: string,
  before: string,
  after: string,
  change: (values: unknown[]) => unknown[],
): Promise<void> {
  const was = await format.content(before, list)
  const values = listAt(was, list)
  if (!values) throw new ListRefusal('computed', list)
  const is = await format.content(after, list).catch(() => null)
  if (is === null || !isDeepStrictEqual(is, withListAt(was, list, change(values))))
    throw new ListRefusal('not-proved', list)
}
