import type { ExportPolicy } from '../../grants/export-states.ts'
import type { TurnRole } from '../../rules/types.ts'

/** Whose turn it is to bring an export, and the window in which it is brought. */

export const importWindow = 'import-export'

/** `null` where nobody is asked for any. */
export function ownerOf({ owner }: ExportPolicy): TurnRole | null {
  return owner === 'nobody' ? null : owner
}
