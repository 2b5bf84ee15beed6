/** Lists in what a parser made of a whole file: by a name at the top, by names with dots between them, or `.` for all. */

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `null` where there is no list of this name. */
export function listAt(content: unknown, list: string): unknown[] | null {
  let at = content
  for (const name of namesOf(content, list)) at = isMapping(at) ? at[name] : null
  return Array.isArray(at) ? at : null
}

/** The same content with another list in that place. */
export function withListAt(content: unknown, list: string, values: unknown[]): unknown {
  return replaced(content, namesOf(content, list), values)
}

function replaced(at: unknown, [name, ...rest]: string[], values: unknown[]): unknown {
  if (name === undefined) return values
  return isMapping(at) ? { ...at, [name]: replaced(at[name], rest, values) } : at
}

function namesOf(content: unknown, list: string): string[] {
  if (list === '.') return []
  return isMapping(content) && Object.hasOwn(content, list) ? [list] : list.split('.')
}
