import { parse } from '@cdktf/hcl2json'
import { SystemFailure } from '../../grants/system.ts'

/**
 * Edits one list of strings in an HCL variables file and leaves every other byte as it is. A second parser then proves
 * that only this list changed, by exactly this element.
 */

interface Element {
  value: string
  /** From the element's first character to the end of its comma, if it has one. */
  start: number
  end: number
}

export interface ListAt {
  elements: Element[]
  /** Just after `[` and just before `]`. */
  open: number
  close: number
}

const notOurs = (name: string, why: string) =>
  new SystemFailure(
    'managed-elsewhere',
    `The list ${name} ${why}.`,
    'Somebody who owns the repository changes it by hand, or makes it a plain list.',
  )

/** Finds a literal list by name. @throws SystemFailure when it is missing, twice there, or computed */
export function findList(text: string, name: string): ListAt {
  const starts = assignments(text, name)
  const [start] = starts
  if (start === undefined) throw notOurs(name, 'is not in the file')
  if (starts.length > 1) throw notOurs(name, 'stands in the file more than once')
  const open = start
  const elements: Element[] = []
  let at = open
  for (;;) {
    at = skipBlank(text, at)
    const char = text[at]
    if (char === ']') return { elements, open, close: at }
    if (char !== '"') throw notOurs(name, 'is computed or holds more than plain text')
    const end = endOfString(text, at)
    const raw = text.slice(at + 1, end - 1)
    if (/[\\]|\$\{|%\{/.test(raw)) throw notOurs(name, 'holds computed text')
    const after = skipBlank(text, end)
    if (text[after] === ',') {
      elements.push({ value: raw, start: at, end: after + 1 })
      at = after + 1
    } else if (text[after] === ']') {
      elements.push({ value: raw, start: at, end })
      at = after
    } else throw notOurs(name, 'is not written as we can read it')
  }
}

/** Positions just after the `[` of every top-level `name = [`. */
function assignments(text: string, name: string): number[] {
  const found: number[] = []
  let depth = 0
  for (let at = 0; at < text.length; ) {
    const skipped = skipBlank(text, at)
    if (skipped > at) {
      at = skipped
      continue
    }
    const char = text[at] ?? ''
    if (char === '"') at = endOfString(text, at)
    else if ('[{('.includes(char)) {
      depth += 1
      at += 1
    } else if (']})'.includes(char)) {
      depth -= 1
      at += 1
    } else if (/[A-Za-z_]/.test(char)) {
      const word = /^[\w-]+/.exec(text.slice(at))?.[0] ?? char
      const rest = /^[ \t]*=[ \t]*\[/.exec(text.slice(at + word.length))?.[0]
      if (depth === 0 && word === name) {
        if (rest === undefined) throw notOurs(name, 'is computed')
        found.push(at + word.length + rest.length)
      }
      at += word.length
    } else at += 1
  }
  return found
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at + 1
  }
  throw new SystemFailure('invalid', 'The file has text without an end.', 'Put the file right in its repository.')
}

/** Skips white space and comments (`#`, `//`, and block comments). */
function skipBlank(text: string, start: number): number {
  let at = start
  for (;;) {
    const rest = text.slice(at, at + 2)
    if (/^\s/.test(rest)) at += 1
    else if (rest.startsWith('#') || rest === '//') {
      const end = text.indexOf('\n', at)
      at = end === -1 ? text.length : end + 1
    } else if (rest === '/*') {
      const end = text.indexOf('*/', at + 2)
      at = end === -1 ? text.length : end + 2
    } else return at
    if (at >= text.length) return text.length
  }
}

/** Adds an element at the end of the list, in the list's own layout. */
export function addElement(text: string, name: string, value: string): string {
  const list = findList(text, name)
  const last = list.elements.at(-1)
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  if (!last) return `${text.slice(0, list.open)}${newline}  "${value}",${newline}${text.slice(list.close)}`
  const lineStart = text.lastIndexOf('\n', last.start) + 1
  const indent = /^[ \t]*/.exec(text.slice(lineStart, last.start))?.[0] ?? ''
  const ownLine = text.slice(lineStart, last.start).trim() === ''
  const hasComma = text[last.end - 1] === ','
  if (!ownLine)
    return `${text.slice(0, last.end)}${hasComma ? ' ' : ', '}"${value}"${hasComma ? ',' : ''}${text.slice(last.end)}`
  // A comment behind the last element stays with it.
  const lineEnd = endOfLine(text, last.end)
  const comma = hasComma ? '' : ','
  return `${text.slice(0, last.end)}${comma}${text.slice(last.end, lineEnd)}${newline}${indent}"${value}"${hasComma ? ',' : ''}${text.slice(lineEnd)}`
}

/** Removes an element with its line, or alone where several share a line. Never empties the list. */
export function removeElement(text: string, name: string, value: string): string {
  const list = findList(text, name)
  const index = list.elements.findIndex((element) => element.value === value)
  const element = list.elements[index]
  if (!element) return text
  if (list.elements.length === 1)
    throw new SystemFailure(
      'refused-by-rule',
      `This would empty the list ${name}.`,
      'Somebody who owns the repository decides that by hand.',
    )
  const lineStart = text.lastIndexOf('\n', element.start) + 1
  const lineEnd = endOfLine(text, element.end)
  const alone =
    text.slice(lineStart, element.start).trim() === '' &&
    !list.elements.some((other) => other !== element && other.start >= lineStart && other.start < lineEnd)
  if (alone && lineEnd < text.length) {
    const next = text[lineEnd] === '\r' ? lineEnd + 2 : lineEnd + 1
    return text.slice(0, lineStart) + text.slice(next)
  }
  const before = list.elements[index - 1]
  if (index === list.elements.length - 1 && before)
    return text.slice(0, before.end - (text[before.end - 1] === ',' ? 1 : 0)) + text.slice(element.end)
  return text.slice(0, element.start) + text.slice(skipSpaces(text, element.end))
}

function skipSpaces(text: string, start: number): number {
  let at = start
  while (text[at] === ' ' || text[at] === '\t') at += 1
  return at
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  if (end === -1) return text.length
  return text[end - 1] === '\r' ? end - 1 : end
}

/**
 * Proves with another parser that one list changed by one element and nothing else did.
 * @throws SystemFailure when anything else changed
 */
export async function proveOnly(
  before: string,
  after: string,
  name: string,
  change: { added?: string; removed?: string },
): Promise<void> {
  const [old, now] = [await parsed(before), await parsed(after)]
  const list = old[name]
  if (!Array.isArray(list)) throw notOurs(name, 'is computed')
  const expected =
    change.added === undefined ? list.filter((value) => value !== change.removed) : [...list, change.added]
  const same = JSON.stringify({ ...old, [name]: expected }) === JSON.stringify(now)
  if (!same || expected.length !== list.length + (change.added === undefined ? -1 : 1))
    throw new SystemFailure(
      'invalid',
      'The edited file is not what it should be, so it was not proposed.',
      'Make it a task for people, and tell whoever runs this server.',
    )
}

async function parsed(text: string): Promise<Record<string, unknown>> {
  try {
    return await parse('list.tfvars', text)
  } catch {
    throw new SystemFailure(
      'invalid',
      'The file in the repository cannot be read.',
      'Put the file right in its repository, then try again.',
    )
  }
}
