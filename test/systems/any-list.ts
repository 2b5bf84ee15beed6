import fc from 'fast-check'

/** Files with lists in any layout, and what may go with exactly one element of a list. */

export interface AnyFile {
  path: string
  text: string
  /** By list. */
  values: Record<string, string[]>
}

export const formats = ['x.tfvars', 'x.json', 'x.yml'] as const
type Format = (typeof formats)[number]

const word = fc.stringMatching(/^[a-z]{1,6}$/)
/** What people's names and addresses may hold, and what means something in one of the formats. */
const odd = fc.constantFrom('', "o'n", 'a, b', ' # no', '[1]', 'é🎉', ': x', ' - ', '}', '%', '&', '*', '$')
const comment = fc.stringMatching(/^[A-Za-z "[\]=,'é🎉-]{0,10}$/u)

const element = fc.record({
  rest: fc.tuple(word, odd, word),
  quote: fc.constantFrom('bare', '"', "'"),
  breaks: fc.boolean(),
  above: fc.constantFrom('', '\n', 'note'),
  before: fc.boolean(),
  behind: fc.option(comment),
})
type Element = typeof element extends fc.Arbitrary<infer T> ? T : never

const layout = fc.record({
  shape: fc.constantFrom('dashes', 'lines', 'lines', 'any'),
  indent: fc.constantFrom('  ', '    ', '\t'),
  dash: fc.constantFrom('- ', '-   '),
  outer: fc.constantFrom('', '  '),
  pad: fc.constantFrom('', ' '),
  commaAtEnd: fc.boolean(),
  commaFirst: fc.boolean(),
  closeBreaks: fc.boolean(),
})
type Layout = typeof layout extends fc.Arbitrary<infer T> ? T : never

const list = fc.record({ elements: fc.array(element, { minLength: 2, maxLength: 5 }), layout })

/** @param names of the lists in the file, in this order */
export function anyFile(names: string[]): fc.Arbitrary<AnyFile> {
  return fc
    .record({
      format: fc.constantFrom(...formats),
      lists: fc.array(list, { minLength: names.length, maxLength: names.length }),
      note: comment,
      crlf: fc.boolean(),
      endOfLine: fc.boolean(),
    })
    .map(({ format, lists, note, crlf, endOfLine }) => {
      const values: Record<string, string[]> = {}
      const written = names.map((name, at) => {
        const { elements, layout: how } = lists[at] ?? { elements: [], layout: undefined }
        const own = elements.map(({ rest }, index) => `p${at}${index}${rest.join('')}@x`)
        values[name] = own
        return how ? writtenList(format, name, own, elements, how) : ''
      })
      const looksAlike = values[names[0] ?? '']?.[0] ?? ''
      const plain = whole(format, written, note, looksAlike)
      const ended = endOfLine ? plain : plain.trimEnd()
      return { path: format, values, text: crlf ? ended.replaceAll('\n', '\r\n') : ended }
    })
}

function whole(format: Format, lists: string[], note: string, looksAlike: string): string {
  const text = JSON.stringify(`${note}${looksAlike}`)
  if (format === 'x.json') return `{\n  "before": [${text}],\n${lists.join(',\n')}\n}\n`
  if (format === 'x.yml') return `# ${note}\nbefore: [${text}]\n${lists.join('\n')}\n`
  return `# ${note}\nbefore = [${text}]\n${lists.join('\n')}\n`
}

function writtenList(format: Format, name: string, values: string[], elements: Element[], how: Layout): string {
  if (format === 'x.yml' && how.shape === 'dashes') return dashes(name, values, elements, how)
  const head = { 'x.yml': `${name}: [`, 'x.json': `  "${name}": [`, 'x.tfvars': `${name} = [` }[format]
  const indent = format === 'x.yml' && how.indent === '\t' ? '  ' : how.indent
  const breaks = (index: number) => how.shape !== 'any' || (elements[index]?.breaks ?? false)
  const notes = format !== 'x.json'
  let text = head
  for (const [index, value] of values.entries()) {
    const { quote = '"', above = '', before = false, behind = null } = elements[index] ?? {}
    const isLast = index === values.length - 1
    const broken = breaks(index)
    const first = how.commaFirst && broken && index > 0
    if (index > 0 && !first) text += ','
    const previous = elements[index - 1]
    if (index > 0 && broken && notes && previous?.behind != null) text += ` # ${previous.behind}`
    text += broken ? '\n' : index === 0 ? how.pad : ' '
    if (broken && above !== '' && notes) text += above === 'note' ? `${indent}# a note, [so]\n` : above
    if (broken) text += indent
    if (first) text += ', '
    if (before && format === 'x.tfvars') text += '/* so */ '
    text += write(format, value, quote, true)
    if (!isLast) continue
    if (how.commaAtEnd && format !== 'x.json') text += ','
    if (!how.closeBreaks) return `${text}${how.pad}]`
    return `${text}${notes && behind !== null ? ` # ${behind}` : ''}\n${format === 'x.json' ? '  ' : ''}${format === 'x.yml' ? ' ' : ''}]`
  }
  return text
}

function dashes(name: string, values: string[], elements: Element[], { outer, dash }: Layout): string {
  const rows = values.map((value, index) => {
    const { quote = 'bare', above = '', behind = null } = elements[index] ?? {}
    const gap = above === 'note' ? `${outer}# a note\n` : above
    return `${gap}${outer}${dash}${write('x.yml', value, quote, false)}${behind === null ? '' : ` # ${behind}`}`
  })
  return `${name}:\n${rows.join('\n')}`
}

function write(format: Format, value: string, quote: string, inBrackets: boolean): string {
  if (format !== 'x.yml' || quote === '"') return JSON.stringify(value)
  const bare = /^[\w@.+=/]+$/u.test(value) || (!inBrackets && /^[\w@.+=/' ,é🎉]+$/u.test(value))
  return quote === 'bare' && bare ? value : `'${value.replaceAll("'", "''")}'`
}

/** How one value may be written. */
const forms = (value: string) => [JSON.stringify(value), `'${value.replaceAll("'", "''")}'`, value]

/**
 * Every text that is this one without exactly one element: the element itself, its whole line or the blanks beside it,
 * and one comma (its own or, where it stood last without one, that of the element before it); of a list of dashes none.
 */
export function withoutExactly(text: string, value: string, previous: string | undefined): Set<string> {
  const found = new Set<string>()
  for (const form of forms(value))
    for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + 1)) {
      const [left, right] = [text.slice(0, at), text.slice(at + form.length)]
      const line = left.slice(left.lastIndexOf('\n') + 1)
      if (/^[ \t]*-[ \t]+$/.test(line)) addAll(found, wholeLines(left, right, /^/))
      else {
        addAll(found, [
          ...wholeLines(left, right, /^[ \t]*,/),
          ...beside(left, right.replace(/^\s*,/, ''), right),
          ...apart(left, right),
        ])
        for (const before of withoutComma(left, previous))
          addAll(found, [...wholeLines(before, right, /^/), ...beside(before, right, null)])
        const first = left.replace(/,[ \t]*$/, '')
        if (first !== left) addAll(found, [...wholeLines(first, right, /^/), ...beside(first, right, null)])
      }
    }
  return found
}

const addAll = (set: Set<string>, texts: string[]) => {
  for (const one of texts) set.add(one)
}

/** The line with what is written behind the element, where nothing else stands on it. */
function wholeLines(left: string, right: string, comma: RegExp): string[] {
  const start = left.replace(/[ \t]*(?:-[ \t]+)?$/, '')
  if (start !== '' && !start.endsWith('\n')) return []
  if (!comma.test(right)) return []
  const rest = right.replace(comma, '').replace(/^[ \t]*(?:\/\* so \*\/[ \t]*)?(?:(?:#|\/\/)[^\r\n]*)?/, '')
  if (rest === '') return [start.replace(/\r?\n$/, '')]
  const end = /^\r?\n/.exec(rest)?.[0]
  return end === undefined ? [] : [start + rest.slice(end.length)]
}

/** Blanks on one side only. @param unless the right side as it was: the same again means that no comma went */
function beside(left: string, right: string, unless: string | null): string[] {
  if (right === unless) return []
  return [
    left + right,
    left + right.replace(/^[ \t]+/, ''),
    left.replace(/[ \t]+$/, '') + right,
    left.replace(/\s+$/, '') + right,
  ]
}

/** What stands between an element and its comma stays. */
function apart(left: string, right: string): string[] {
  const kept = /^((?:\s*#[^\r\n]*\s*)+),/.exec(right)
  if (!kept) return []
  const rest = right.slice(kept[0].length)
  return [rest, rest.replace(/^[ \t]+/, '')].map((one) => left + (kept[1] ?? '') + one)
}

function withoutComma(left: string, previous: string | undefined): string[] {
  if (previous === undefined) return []
  return forms(previous).flatMap((form) => {
    const at = left.lastIndexOf(form)
    const comma = at === -1 ? null : /^\s*(?:#[^\r\n]*\s*)*,/.exec(left.slice(at + form.length))
    if (!comma) return []
    const end = at + form.length + comma[0].length
    return [left.slice(0, end - 1) + left.slice(end)]
  })
}
