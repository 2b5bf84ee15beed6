import type { Adapters } from '../steps.ts'
import { SystemFailure } from '../system.ts'
import type { Place } from './places.ts'
import type { Asked } from './reconcile.ts'

/** What one system, or one file, says of its places: a place after the other, so that nothing is asked at once. */

export interface AskParts {
  adapters: Adapters
  now(): Date
  report(error: unknown): void
  /** Ends the asking between two places. */
  signal: AbortSignal
}

/** A system that is down or asks us to wait is not asked on: what was not asked cannot be told, for the same reason. */
export async function askSystem({ adapters, now, report, signal }: AskParts, places: Place[]): Promise<Asked[]> {
  const asked: Asked[] = []
  let gaveUp: string | null = null
  for (const place of places) {
    signal.throwIfAborted()
    const at = now()
    const list = adapters.get(place.system)?.list
    if (gaveUp !== null) asked.push({ place, at, answer: { is: 'failed', sentence: gaveUp } })
    else if (!list) asked.push({ place, at, answer: { is: 'cannot-see', detail: 'Nothing lists who has it.' } })
    else
      try {
        asked.push({ place, at, answer: await list(place.order) })
      } catch (error) {
        const known = error instanceof SystemFailure
        if (!known) report(error)
        const sentence = known ? error.message : `${place.systemName} could not be read.`
        if (known && endsIt.includes(error.kind)) gaveUp = sentence
        asked.push({ place, at, answer: { is: 'failed', sentence } })
      }
  }
  return asked
}

const endsIt: string[] = ['throttled', 'transient', 'unauthorised']
