import { isMap, isScalar, type YAMLMap } from 'yaml'
import type { Fields, RecordAt, Records } from './format.ts'
import { ListRefusal } from './refusal.ts'
import { applied, lineEnd, lineStart, newlineOf, wholeLine } from './splice.ts'
import { sequenceAt } from './yaml-sequence.ts'
import { writeYaml } from './yaml-write.ts'

/** Lists of records in YAML: one key a line behind a dash, as lists of people are written. */
export const yamlRecords: Records = {
  locate(text, list) {
    const sequence = sequenceAt(text, list)
    if (sequence.flow && sequence.items.length > 0) throw new ListRefusal('computed', list)
    return sequence.items.map((item) => {
      if (!isMap(item) || item.flow || item.anchor || item.tag || !item.range) throw new ListRefusal('computed', list)
      const [start, to] = item.range
      if (!/^[ ]*-[ ]+$/.test(text.slice(lineStart(text, start), start))) throw new ListRefusal('computed', list)
      return { fields: fieldsOf(item), start, end: start + text.slice(start, to).trimEnd().length }
    })
  },
  add(text, list, fields) {
    const last = this.locate(text, list).at(-1)
    if (!last) return first(text, list, fields)
    const dash = text.slice(lineStart(text, last.start), last.start)
    const newline = newlineOf(text)
    const inner = newline + ' '.repeat(dash.length)
    const lines = namesInOrder(fields, last.fields).map(
      (name) => `${name}: ${writeYaml(fields[name] ?? '', writtenIn(text, last, name))}`,
    )
    const at = lineEnd(text, last.end)
    return applied(text, [{ at, remove: 0, insert: `${newline}${dash}${lines.join(inner)}` }])
  },
  remove: (text, { start, end }) => applied(text, [wholeLine(text, lineStart(text, start), lineEnd(text, end))]),
}

/** What is plain text in it. Whatever else it holds belongs to whoever wrote it. */
function fieldsOf(map: YAMLMap): Fields {
  return Object.fromEntries(
    map.items.flatMap(({ key, value }) =>
      isScalar(key) && isScalar(value) && typeof key.value === 'string' && typeof value.value === 'string'
        ? [[key.value, value.value]]
        : [],
    ),
  )
}

/** As the record before has them; what it does not have comes after, by name. */
function namesInOrder(fields: Fields, before: Fields): string[] {
  const known = Object.keys(before).filter((name) => name in fields)
  const rest = Object.keys(fields).filter((name) => !known.includes(name))
  return [...known, ...rest.toSorted()]
}

/** How the record before writes the same field, quotes included. */
function writtenIn(text: string, { start, end }: RecordAt, name: string): string | null {
  const line = text
    .slice(start, end)
    .split(/\r?\n/)
    .find((one) => one.trimStart().startsWith(`${name}:`))
  return line ? line.slice(line.indexOf(':') + 1).trim() : null
}

/** Where nobody is listed yet there is no layout to follow. */
function first(text: string, list: string, fields: Fields): string {
  const { range, flow } = sequenceAt(text, list)
  if (!flow) throw new ListRefusal('computed', list)
  const parts = namesInOrder(fields, {}).map((name) => `${name}: ${writeYaml(fields[name] ?? '', '"')}`)
  return applied(text, [{ at: range[0] + 1, remove: 0, insert: `{ ${parts.join(', ')} }` }])
}
