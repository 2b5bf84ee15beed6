import type { FailureKind } from '../../server/grants/system.ts'
import type { CommonFault } from '../local-systems/frame/faults.ts'

/** What a test of a system shows. The run makes a table of it: `dist/systems.md`. */

export const systems = [
  'GitHub teams',
  'Lists in a repository',
  'AWS',
  'Argo CD',
  'Signon',
  'Logit',
  'Google group',
  'Fastly',
  'Sentry',
] as const
export const stages = ['read', 'grant', 'wait', 'verify', 'revoke', 'restore'] as const

type Stage = (typeof stages)[number]
export type Shown =
  | Stage
  | `error: ${FailureKind}`
  | `fault: ${CommonFault}`
  | `description: ${string}`
  | `client: ${string}`

export interface Covers {
  system: (typeof systems)[number]
  shows: Shown[]
}

declare module 'vitest' {
  interface TaskMeta {
    covers?: Covers
  }
}

/** Options of a test: `test('…', covers('Fastly', 'grant', 'wait'), …)`. */
export function covers(system: Covers['system'], ...shows: Shown[]): { meta: { covers: Covers } } {
  return { meta: { covers: { system, shows } } }
}
