/** Failures that cross the frame have a code; the known codes are classes of their own. */

export class PluginDisabled extends Error {}
export class InvalidContext extends Error {}
export class NotHandled extends Error {}
export class UnsupportedCommand extends Error {}

const CLASSES = {
  'plugin disabled': PluginDisabled,
  'invalid context': InvalidContext,
  'not handled': NotHandled,
  'unsupported command': UnsupportedCommand,
} as const

/** The error that a request to the page ends with. The command's name goes behind what the page said. */
export function errorOf(response: unknown, command: string): Error {
  const { code, message } = record(response)
  const text = `${String(message ?? 'failed')} (Command: ${command})`
  const known = Object.entries(CLASSES).find(([name]) => name === code)
  return known ? new known[1](text) : new Error(text)
}

/** What is answered when a handler failed. */
export function failureOf(error: unknown): { code: string; message: string } {
  const known = Object.entries(CLASSES).find(([, kind]) => error instanceof kind)
  return { code: known?.[0] ?? 'error', message: error instanceof Error ? error.message : String(error) }
}

export function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
