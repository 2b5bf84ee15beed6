/** Writes a value for a `jsonb` column: both drivers take it as text. */
export function json(value: unknown): string {
  return JSON.stringify(value)
}
