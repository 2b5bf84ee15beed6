import type { Badges } from './badges.ts'
import type { Host } from './host/host.ts'
import { act } from './state.ts'
import type { Windows } from './windows.ts'

/** What the parts of the page work with. */
export interface Parts {
  host: Host
  windows: Windows
  badges: Badges
  /** Changes something on the board. Answers `null` when it was refused, and says so. */
  change(body: Record<string, unknown>): Promise<Record<string, unknown> | null>
  openCard(id: string): void
}

const REFUSAL_SECONDS = 8

export function createChange(windows: Windows): Parts['change'] {
  return async (body) => {
    const done = await act(body)
    if (done === null) windows.alert('Refused: whoever is looking may not do this on that board.', REFUSAL_SECONDS)
    return done
  }
}
