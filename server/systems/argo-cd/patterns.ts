/** How Argo CD compares what is asked with what a line of its policy says: `policy.matchMode`, `glob` if left out. */

export type MatchMode = 'glob' | 'regex'

export interface Pattern {
  matches(value: string): boolean
  /** Something that it matches, to try other lines with; `null` where that cannot be told. */
  example: string | null
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
  const [source, example] = glob(text)
  const whole = expression(`^(?:${source})$`, text)
  return { matches: (value) => whole.test(value), example }
}

/** Casbin looks for it anywhere in what is asked. */
function regex(text: string): Pattern {
  if (onlyInGo.test(text)) throw new Error(`“${text}” is a regular expression that we do not read as Argo CD does`)
  const found = expression(text, text)
  return { matches: (value) => found.test(value), example: null }
}

function expression(source: string, text: string): RegExp {
  try {
    return new RegExp(source, 'su')
  } catch {
    throw new Error(`“${text}” is no pattern that can be read`)
  }
}

const literal = (sign: string) => sign.replace(/[\\^$.*+?()[\]{}|/]/u, '\\$&')

/** Argo CD’s globs know no separators: `*` goes over slashes too. Answers an expression, and an example. */
function glob(text: string): [source: string, example: string] {
  let source = ''
  let example = ''
  let depth = 0
  // Of alternatives the first is the example.
  let written = true
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? ''
    const put = (what: string, one: string) => {
      source += what
      if (written) example += one
    }
    if (sign === '\\') {
      at += 1
      put(literal(text[at] ?? sign), text[at] ?? '')
    } else if (sign === '*') put('.*', text[at - 1] === '*' ? '' : 'some')
    else if (sign === '?') put('.', 'x')
    else if (sign === '[') {
      const end = text.indexOf(']', at + 1)
      const inside = /^(!?)([^\\\]]+)$/.exec(text.slice(at + 1, end === -1 ? at + 1 : end))
      if (!inside) throw new Error(`“${text}” is no pattern that can be read`)
      const [, not = '', signs = ''] = inside
      put(`[${not ? '^' : ''}${signs.replace(/[\^[]/g, '\\$&')}]`, not ? '_' : (signs[0] ?? ''))
      at = end
    } else if (sign === '{') {
      depth += 1
      source += '(?:'
    } else if (sign === '}' && depth > 0) {
      depth -= 1
      source += ')'
      written ||= depth === 0
    } else if (sign === ',' && depth > 0) {
      source += '|'
      written = false
    } else put(literal(sign), sign)
  }
  if (depth > 0) throw new Error(`“${text}” is no pattern that can be read`)
  return [source, example]
}
