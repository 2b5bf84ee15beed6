import { parse } from 'yaml'

/** Writes a value as its neighbour is written. */
export function writeYaml(value: string, neighbour: string | null): string {
  if (neighbour?.startsWith('"')) return JSON.stringify(value)
  if (neighbour?.startsWith("'")) return `'${value.replaceAll("'", "''")}'`
  // Bare where it means the same bare; inside brackets a comma or a bracket would not.
  return /^[\w][\w:/.@+=-]*$/.test(value) && parse(value) === value ? value : JSON.stringify(value)
}
