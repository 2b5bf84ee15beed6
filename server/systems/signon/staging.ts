import { inStagingAt, inStagingBy, isFarFromStaging } from '../../rules/weekday-copy.ts'

/**
 * When a revocation reaches staging, which is a copy.
 * @returns words behind a sentence, and how long the old state may still act there, in milliseconds; `null` = no longer
 */
export function stagingAfter(revokedAt: Date, now: Date): { words: string; effectiveWithinMs: number | null } {
  const copied = inStagingAt(revokedAt)
  if (copied <= now) return { words: '', effectiveWithinMs: null }
  const words = isFarFromStaging(revokedAt)
    ? ` Staging follows only on ${inStagingBy(revokedAt)}: do the same there by hand.`
    : ` Expected in staging by ${inStagingBy(revokedAt)}.`
  return { words, effectiveWithinMs: copied.getTime() - now.getTime() }
}
