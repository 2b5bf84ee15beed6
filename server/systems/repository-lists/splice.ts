import type { Element, Format, ListAt } from './format.ts'

/** Adds and removes by cutting and pasting in the text, so that every other byte stays. */

interface Cut {
  at: number
  /** How many characters go. */
  remove: number
  insert: string
}

export function applied(text: string, cuts: Cut[]): string {
  return cuts
    .toSorted((a, b) => b.at - a.at)
    .reduce((now, { at, remove, insert }) => now.slice(0, at) + insert + now.slice(at + remove), text)
}

export const lineStart = (text: string, at: number) => text.lastIndexOf('\n', at - 1) + 1

/** Before the line's end, a carriage return included in the end. */
export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  if (end === -1) return text.length
  return text[end - 1] === '\r' ? end - 1 : end
}

export const newlineOf = (text: string) => (text.includes('\r\n') ? '\r\n' : '\n')
const indentAt = (text: string, at: number) => /^[ \t]*/.exec(text.slice(lineStart(text, at)))?.[0] ?? ''
const isBlank = (text: string) => text.trim() === ''

/** The text with one element more, at the list's end and in its layout. */
export function withElement(text: string, list: ListAt, value: string, format: Format): string {
  const last = list.elements.at(-1)
  const written = format.write(value, last ? text.slice(last.start, last.end) : null)
  const newline = newlineOf(text)
  if (!last) return list.shape === 'brackets' ? firstElement(text, list, written) : text
  if (list.shape === 'dashes') {
    const dash = text.slice(lineStart(text, last.start), last.start)
    return applied(text, [{ at: lineEnd(text, last.end), remove: 0, insert: `${newline}${dash}${written}` }])
  }
  const ownLine = isBlank(text.slice(lineStart(text, last.start), last.start))
  const afterwards = last.comma === null ? '' : ','
  const cuts: Cut[] = last.comma === null ? [{ at: last.end, remove: 0, insert: ',' }] : []
  const end = last.comma === null ? last.end : last.comma + 1
  if (!ownLine) return applied(text, merged([...cuts, { at: end, remove: 0, insert: ` ${written}${afterwards}` }]))
  // A comment behind the last element stays with it; a bracket there closes behind the new one.
  const at = lineEnd(text, end) <= list.close ? lineEnd(text, end) : end
  const insert = `${newline}${indentAt(text, last.start)}${written}${afterwards}`
  return applied(text, merged([...cuts, { at, remove: 0, insert }]))
}

/** Two insertions at one place become one, in their order. */
function merged(cuts: Cut[]): Cut[] {
  const [first, second] = cuts
  if (!first || !second || first.at !== second.at) return cuts
  return [{ at: first.at, remove: 0, insert: first.insert + second.insert }]
}

function firstElement(text: string, list: Extract<ListAt, { shape: 'brackets' }>, written: string): string {
  if (!text.slice(list.open, list.close).includes('\n'))
    return applied(text, [{ at: list.open, remove: 0, insert: written }])
  const outer = indentAt(text, list.close)
  const indent = outer.includes('\t') || text.includes('\n\t') ? `${outer}\t` : `${outer}  `
  const insert = `${indent}${written}${list.commaAtEnd ? ',' : ''}${newlineOf(text)}`
  return applied(text, [{ at: lineStart(text, list.close), remove: 0, insert }])
}

/** The text without one element: its whole line where it stands alone, else only itself and one comma. */
export function withoutElement(text: string, list: ListAt, element: Element): string {
  const index = list.elements.indexOf(element)
  const before = list.elements[index - 1]
  const next = list.elements[index + 1]
  const [from, to] = [lineStart(text, element.start), lineEnd(text, element.comma ?? element.end)]
  if (list.shape === 'dashes') return applied(text, [wholeLine(text, from, to)])
  // What stood last without a comma leaves the one before it as the last.
  const loose = !next && element.comma === null && before?.comma != null
  const cuts: Cut[] = loose ? [{ at: before.comma ?? 0, remove: 1, insert: '' }] : []
  // A comment between an element and its comma stays, so the two are cut apart.
  if (element.comma !== null && !isBlank(text.slice(element.end, element.comma)))
    return applied(text, [
      cutWithBlanks(text, element.start, element.end),
      cutWithBlanks(text, element.comma, element.comma + 1),
    ])
  const closes = next?.start ?? list.close
  const onOneLine = lineEnd(text, element.end) === to
  if (onOneLine && isBlank(text.slice(from, element.start)) && closes > to)
    return applied(text, [...cuts, wholeLine(text, from, to)])
  const end = element.comma === null ? element.end : element.comma + 1
  const blanksAfter = blanksAt(text, end)
  // The last one takes the blanks before it along, but never a comment that stands between.
  const between = !next && before ? text.slice((before.comma ?? before.end - 1) + 1, element.start) : null
  const blanks = between !== null && isBlank(between) ? /\s*$/ : /[ \t]*$/
  const blanksBefore = blanks.exec(text.slice(list.open, element.start))?.[0].length ?? 0
  const forward = next !== undefined && !/[\r\n]/.test(text[end + blanksAfter] ?? '\n')
  const cut = forward
    ? { at: element.start, remove: end + blanksAfter - element.start, insert: '' }
    : { at: element.start - blanksBefore, remove: end - element.start + blanksBefore, insert: '' }
  return applied(text, [...cuts, cut])
}

/** How many blanks go with what stands before them: YAML wants one before a comment. */
function blanksAt(text: string, at: number): number {
  const blanks = /^[ \t]*/.exec(text.slice(at))?.[0].length ?? 0
  return text[at + blanks] === '#' ? 0 : blanks
}

function cutWithBlanks(text: string, from: number, to: number): Cut {
  return { at: from, remove: to + blanksAt(text, to) - from, insert: '' }
}

/** A line with its end; the last line of a text without one takes the end before it. */
export function wholeLine(text: string, from: number, to: number): Cut {
  if (to < text.length) {
    const end = text[to] === '\r' ? to + 2 : to + 1
    return { at: from, remove: end - from, insert: '' }
  }
  const start = text[from - 2] === '\r' ? from - 2 : from - 1
  return { at: Math.max(0, start), remove: to - Math.max(0, start), insert: '' }
}
