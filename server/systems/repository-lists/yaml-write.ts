import { parse } from 'yaml'

/** Writes a value as its neighbour is written. */
export function writeYaml(value: string, neighbour: string | null): string {
  if (neighbour?.startsWith('"')) return JSON.stringify(value)
  if (neighbour?.startsWith("'")) return `'${value.replaceAll("'", "''")}'`
  // Bare where it means the same bare; inside brackets a comma or a bracket would not.
  const bare = /^[\w][\w:/.@+=-]*$/.test(value) && readsAsItself(value)
  return bare ? value : JSON.stringify(value)
}

/** By both versions: a reader of the older one takes `no` for false and `2001-01-01` for a day. */
function readsAsItself(value: string): boolean {
  return parse(value) === value && parse(value, { version: '1.1', customTags: ['timestamp'] }) === value
}
