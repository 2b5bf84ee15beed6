import { createHash, randomBytes } from 'node:crypto'
import canonicalize from 'canonicalize'
import { MINUTE } from '../clock.ts'

/**
 * One-time challenges: `v1.<act>.<subject>.<digest>.<nonce>`, in clear as the token's `state` (at most 2048 characters).
 * Whoever reads the kept token later sees which act on which subject, with which statement, was signed.
 */

/** How long a challenge lives, in milliseconds. */
export const CHALLENGE_LIFE = 5 * MINUTE

export interface Challenge {
  act: string
  subject: string
  digest: string
  nonce: string
}

/** The one way in which statements are written down before they are hashed (RFC 8785). */
export function canonical(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('Only JSON values can be part of a statement.')
  return text
}

/** SHA-256 of a text, in hex. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

/** A nonce that nobody can guess: 128 bits. */
export function newNonce(): string {
  return randomBytes(16).toString('hex')
}

export function writeChallenge(challenge: Challenge): string {
  return `v1.${challenge.act}.${challenge.subject}.${challenge.digest}.${challenge.nonce}`
}

const form = /^v1\.([a-z-]+)\.([A-Za-z0-9_-]+)\.([0-9a-f]{64})\.([0-9a-f]{32})$/

/** Reads a challenge back; `null` when the text is not one. */
export function readChallenge(text: string): Challenge | null {
  const [, act, subject, digest, nonce] = form.exec(text) ?? []
  if (!act || !subject || !digest || !nonce) return null
  return { act, subject, digest, nonce }
}
