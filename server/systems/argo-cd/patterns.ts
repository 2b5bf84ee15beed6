/** How Argo CD compares what is asked with what a line of its policy says: `policy.matchMode`, `glob` if left out. */

export type MatchMode = 'glob' | 'regex'

export interface Pattern {
  matches(value: string): boolean
  /** The same as several without braces. */
  alternatives: string[]
  /** What it matches, one for each alternative, to try other lines with; empty where that cannot be told. */
  examples: string[]
}

/** Signs that a name or a glob has no use for: a line with them was meant for the other mode. */
const looksLikeRegex = /(?:^|[/|-])\.[*+]|^\^|\$$|\\[wdsbSWD./]|[()]|\[\^/

/** Beginnings of what Go's expressions have and ours do not, or mean otherwise. */
const onlyInGo = /\(\?|\[\[:|\\[AzQEpP]/

/** @throws Error that says, as the end of a sentence, why it cannot be judged */
export function patternOf(text: string, mode: MatchMode): Pattern {
  if (mode === 'regex') return regex(text)
  if (looksLikeRegex.test(text))
    throw new Error(`“${text}” is a regular expression, and policy.matchMode does not say so`)
  const whole = expression(`^(?:${glob(text)})$`, text)
  const alternatives = expanded(text)
  if (alternatives.some((one) => one.split('*').length > MOST_WIDE + 1))
    throw new Error(`“${text}” leaves more open than we try`)
  return { matches: (value) => whole.test(value), alternatives, examples: alternatives.flatMap(examplesOf) }
}

/** Casbin looks for it anywhere in what is asked. */
function regex(text: string): Pattern {
  if (onlyInGo.test(text)) throw new Error(`“${text}” is a regular expression that we do not read as Argo CD does`)
  refuseSlow(text)
  const found = expression(text, text)
  return { matches: (value) => found.test(value), alternatives: [text], examples: [] }
}

/** Ours goes back over what it tried, and Go's does not: what could take for ever is not begun. */
const MOST_SIGNS = 300
const MOST_WIDE = 6
const MOST_CHOICES = 20

function refuseSlow(text: string): void {
  if (text.length > MOST_SIGNS) throw new Error(`a pattern of ${text.length} signs is longer than we try`)
  const plain = text.replace(/\\./gsu, '').replace(/\[[^\]]*\]/gu, 'x')
  if (/\)[*+{]/u.test(plain)) throw new Error(`“${text}” repeats a group, which we do not try`)
  const count = (signs: RegExp) => plain.match(signs)?.length ?? 0
  if (count(/[*+{]/gu) > MOST_WIDE || count(/[?|]/gu) > MOST_CHOICES)
    throw new Error(`“${text}” leaves more open than we try`)
}

function expression(source: string, text: string): RegExp {
  try {
    return new RegExp(source, 'su')
  } catch {
    throw new Error(`“${text}” is no pattern that can be read`)
  }
}

const literal = (sign: string) => sign.replace(/[\\^$.*+?()[\]{}|/]/u, '\\$&')

/** Argo CD’s globs know no separators: `*` goes over slashes too. Answers an expression. */
function glob(text: string): string {
  let source = ''
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? ''
    if (sign === '\\') {
      at += 1
      source += literal(text[at] ?? sign)
    } else if (sign === '*') source += '.*'
    else if (sign === '?') source += '.'
    else if (sign === '[') {
      const { not, signs, end } = classAt(text, at)
      source += `[${not ? '^' : ''}${signs.replace(/[\^[]/g, '\\$&')}]`
      at = end
    } else if (sign === '{') {
      depth += 1
      source += '(?:'
    } else if (sign === '}' && depth > 0) {
      depth -= 1
      source += ')'
    } else if (sign === ',' && depth > 0) source += '|'
    else source += literal(sign)
  }
  if (depth > 0) throw new Error(`“${text}” is no pattern that can be read`)
  return source
}

function classAt(text: string, at: number): { not: boolean; signs: string; end: number } {
  const end = text.indexOf(']', at + 1)
  const inside = /^(!?)([^\\\]]+)$/.exec(text.slice(at + 1, end === -1 ? at + 1 : end))
  if (!inside) throw new Error(`“${text}” is no pattern that can be read`)
  return { not: inside[1] === '!', signs: inside[2] ?? '', end }
}

const MOST_ALTERNATIVES = 500

/** What braces stand for, each written out. Of a glob that can be read. */
function expanded(text: string): string[] {
  let written = ['']
  for (let at = 0; at < text.length; at += 1) {
    const end = text[at] === '\\' ? at + 1 : text[at] === '[' ? classAt(text, at).end : at
    if (text[at] !== '{') written = written.map((one) => one + text.slice(at, end + 1))
    const { parts, closes } = text[at] === '{' ? bracesAt(text, at) : { parts: null, closes: end }
    if (parts) {
      const inside = parts.flatMap(expanded)
      written = written.flatMap((one) => inside.map((each) => one + each))
    }
    if (written.length > MOST_ALTERNATIVES) throw new Error(`“${text}” has more alternatives than we try`)
    at = closes
  }
  return written
}

function bracesAt(text: string, from: number): { parts: string[]; closes: number } {
  const parts = ['']
  let depth = 0
  for (let at = from; at < text.length; at += 1) {
    const sign = text[at] ?? ''
    if (sign === '{') depth += 1
    if (sign === '}') depth -= 1
    if (depth === 0) return { parts, closes: at }
    if (at === from) continue
    if (sign === ',' && depth === 1) parts.push('')
    else {
      const end = sign === '\\' ? at + 1 : sign === '[' ? classAt(text, at).end : at
      parts.push((parts.pop() ?? '') + text.slice(at, end + 1))
      at = end
    }
  }
  return { parts, closes: text.length }
}

/** What one without braces matches: one for each sign that brackets name, while these are few. */
function examplesOf(text: string): string[] {
  let examples = ['']
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? ''
    let next = [sign]
    if (sign === '\\') {
      at += 1
      next = [text[at] ?? '']
    } else if (sign === '*') next = [text[at - 1] === '*' ? '' : 'some']
    else if (sign === '?') next = ['x']
    else if (sign === '[') {
      const { not, signs, end } = classAt(text, at)
      next = not ? ['_'] : [...new Set(signs.replace(/(?<=.)-(?=.)/g, ''))]
      at = end
    }
    const few = examples.length * next.length <= MOST_ALTERNATIVES ? next : next.slice(0, 1)
    examples = examples.flatMap((one) => few.map((each) => one + each))
  }
  return examples
}

/** Whether a pattern has no sign that stands for others. */
export function isLiteral(text: string, mode: MatchMode): boolean {
  return mode === 'regex' ? /^[\w/-]*$/.test(text) : !/[*?[\]{}\\]/.test(text)
}
