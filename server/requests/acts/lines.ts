import { z } from 'zod'

/** A line that somebody types with a decision: why, or where to look. */

const typed = () => z.string().trim()
const most = [500, 'Use at most 500 characters.'] as const

/** @param asked what is said to whoever leaves it empty */
export function lineAsked(asked = 'Say why, in a line.') {
  return typed()
    .min(1, asked)
    .max(...most)
}

export function optionalLine() {
  return typed()
    .max(...most)
    .default('')
}
