import { type ParseError, parseTree } from 'jsonc-parser'
import { commaAfter, type Format } from './format.ts'
import { ListRefusal } from './refusal.ts'

/** JSON variables files, which Terraform reads strictly: no comments, no comma at the end. */
export const json: Format = {
  async locate(text, list) {
    const errors: ParseError[] = []
    const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false })
    if (errors.length > 0 || root?.type !== 'object') throw new ListRefusal('not-readable', list)
    const named = (root.children ?? []).filter((property) => property.children?.[0]?.value === list)
    const [found, second] = named
    if (!found) throw new ListRefusal('missing', list)
    if (second) throw new ListRefusal('twice', list)
    const array = found.children?.[1]
    if (array?.type !== 'array') throw new ListRefusal('computed', list)
    const elements = (array.children ?? []).map((one) => {
      const value: unknown = one.value
      if (one.type !== 'string' || typeof value !== 'string') throw new ListRefusal('computed', list)
      // Terraform reads templates in JSON strings too.
      if (/[$%]\{/.test(value)) throw new ListRefusal('computed', list)
      const end = one.offset + one.length
      return { value, start: one.offset, end, comma: commaAfter(text, end) }
    })
    const open = array.offset + 1
    return { shape: 'brackets', elements, open, close: array.offset + array.length - 1, commaAtEnd: false }
  },
  async content(text, list) {
    try {
      return JSON.parse(text)
    } catch {
      throw new ListRefusal('not-readable', list)
    }
  },
  write: (value) => JSON.stringify(value),
}
