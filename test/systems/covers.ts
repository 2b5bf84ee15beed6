import type { FailureKind } from '../../server/grants/system.ts'
import type { TroubleName } from '../grants/connected/stand.ts'
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
  | `trouble: ${TroubleName}`
  | `description: ${string}`
  | `client: ${string}`
  | `receipt: ${string}`

export interface Covers {
  system: (typeof systems)[number]
  shows: Shown[]
}

declare module 'vitest' {
  interface TaskMeta {
    covers?: Covers
  }
}

type Column = Stage | 'error' | 'fault' | 'trouble' | 'description' | 'client' | 'receipt'

/** What no test can show, and why: said in the table beside what tests did show. */
export const cannotBe: Partial<Record<Covers['system'], Partial<Record<Column, string>>>> = {
  AWS: { description: 'not apart from its client, which is generated from it' },
  'Argo CD': {
    trouble: 'not half-done: nothing is done there, it follows the GitHub team',
    fault: 'nothing of it is called: the faults are those of GitHub teams',
    description: 'nothing of it is called',
    client: 'nothing of it is called',
    receipt: 'nothing of it is called',
  },
  Signon: {
    error: 'no other: nothing of it is called, so nothing of it can refuse us',
    fault: 'neither too-many nor server-error: nothing of it is called, people bring its export and it calls us',
    trouble: 'not throttled: nothing of it is called',
    description: 'none is published',
    client:
      'none: nothing of it is called; people bring its export, and it calls us, with no role and no application but our own',
    receipt: 'nothing of it is called',
  },
  Logit: {
    error: 'no other: nothing is changed there',
    description: 'none is published',
    client: 'no vendor client exists',
    receipt: 'nothing is changed there by us',
  },
  'Google group': { receipt: 'none: Google names an operation, and leaves that out where it is done at once' },
  Fastly: { description: 'none is published', receipt: 'none: Fastly documents no id of a request' },
  Sentry: {
    description: 'its licence lets no copy stand here',
    client: 'its client is not under an open licence',
    receipt: 'none: Sentry documents no id of a request',
  },
}

/** Options of a test: `test('…', covers('Fastly', 'grant', 'wait'), …)`. */
export function covers(system: Covers['system'], ...shows: Shown[]): { meta: { covers: Covers } } {
  return { meta: { covers: { system, shows } } }
}
