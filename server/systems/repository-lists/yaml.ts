import { isAlias, isScalar, parse, type Scalar } from 'yaml'
import { commaAfter, type Element, type Format } from './format.ts'
import { ListRefusal } from './refusal.ts'
import { yamlRecords } from './yaml-records.ts'
import { sequenceAt } from './yaml-sequence.ts'
import { writeYaml } from './yaml-write.ts'

/** YAML files: only positions are taken from the parser, because writing a document out again would reflow it. */
export const yaml: Format = {
  async locate(text, list) {
    const sequence = sequenceAt(text, list)
    const elements = sequence.items.map((item) => {
      if (isAlias(item) || !isScalar(item)) throw new ListRefusal('computed', list)
      return elementOf(item, text, list)
    })
    const [open, end] = sequence.range
    if (sequence.flow)
      return { shape: 'brackets', elements, open: open + 1, close: text.lastIndexOf(']', end - 1), commaAtEnd: false }
    for (const element of elements)
      if (!/^[ \t]*-[ \t]+$/.test(text.slice(text.lastIndexOf('\n', element.start - 1) + 1, element.start)))
        throw new ListRefusal('computed', list)
    return { shape: 'dashes', elements }
  },
  async content(text, list) {
    try {
      return parse(text)
    } catch {
      throw new ListRefusal('not-readable', list)
    }
  },
  write: writeYaml,
  records: yamlRecords,
}

function elementOf(item: Scalar, text: string, list: string): Element {
  const { value, range, anchor, tag } = item
  if (typeof value !== 'string' || !range || anchor || tag) throw new ListRefusal('computed', list)
  const [start, end] = range
  if (text.slice(start, end).includes('\n')) throw new ListRefusal('computed', list)
  return { value, start, end, comma: commaAfter(text, end) }
}
