import { decodeProtectedHeader, importSPKI, jwtVerify } from 'jose'
import { z } from 'zod'
import { type Clock, HOUR, MINUTE, SECOND } from '../clock.ts'

/** Trello's signed word on who is looking. What it proves and what not: see `requests/challenge.ts` for acts. */

export type TokenRefusal =
  | 'malformed'
  | 'algorithm'
  | 'signature'
  | 'expired'
  | 'not-yet'
  | 'issuer'
  | 'other-plugin'
  | 'keys-unreachable'

export class TokenRefused extends Error {
  override name = 'TokenRefused'
  readonly reason: TokenRefusal
  constructor(reason: TokenRefusal) {
    super(`The token was refused: ${reason}.`)
    this.reason = reason
  }
}

export interface VerifiedToken {
  idMember: string
  idBoard: string
  idCard: string | null
  state: string | null
  /** Seconds since 1970. */
  exp: number
  /** The key that verified it, PEM: kept with signed acts. */
  publicKey: string
}

const id = z.string().regex(/^[0-9a-f]{24}$/)
const claims = z.object({
  idPlugin: id,
  idBoard: id,
  idMember: id,
  idCard: id.optional(),
  state: z.string().max(2048).nullish(),
  iss: z.string(),
  iat: z.number(),
  exp: z.number(),
})
const keySet = z.object({ keys: z.array(z.string()).min(1).max(20) })

const KEYS_ARE_FRESH_FOR = 4 * HOUR
/** A token that no key verifies may be signed by a new key; a flood of forged ones must not become a flood of fetches. */
const FETCH_AT_MOST_EVERY = 1 * MINUTE
const SKEW = 60

export interface TokenVerifier {
  verify(token: string): Promise<VerifiedToken>
  health(): { ok: boolean; sentence: string }
}

/** Verifies tokens for one Power-Up with keys from one address. Stale keys serve while new ones are out of reach. */
export function createTokenVerifier(parts: { keysUrl: string; pluginId: string; clock: Clock }): TokenVerifier {
  let keys: string[] = []
  let fetchedAt = 0
  let triedAt = 0
  let failing = false
  let flight: Promise<void> | null = null

  async function fetchKeys(): Promise<void> {
    triedAt = parts.clock.wall().getTime()
    try {
      const answer = await fetch(parts.keysUrl, { signal: AbortSignal.timeout(5 * SECOND), redirect: 'error' })
      if (!answer.ok) throw new Error(`status ${answer.status}`)
      keys = keySet.parse(await answer.json()).keys
      fetchedAt = triedAt
      failing = false
    } catch {
      failing = true
    }
  }

  async function refresh(maxAge: number): Promise<void> {
    const now = parts.clock.wall().getTime()
    if (keys.length > 0 && now - fetchedAt < maxAge) return
    if (keys.length > 0 && now - triedAt < FETCH_AT_MOST_EVERY) return
    flight ??= fetchKeys().finally(() => {
      flight = null
    })
    await flight
  }

  async function tryKeys(token: string): Promise<{ payload: unknown; publicKey: string } | null> {
    const currentDate = parts.clock.wall()
    for (const publicKey of keys) {
      const key = await importSPKI(publicKey, 'RS256')
      try {
        const { payload } = await jwtVerify(token, key, { algorithms: ['RS256'], clockTolerance: SKEW, currentDate })
        return { payload, publicKey }
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : ''
        if (code === 'ERR_JWT_EXPIRED') throw new TokenRefused('expired')
        if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED') throw new TokenRefused('not-yet')
      }
    }
    return null
  }

  return {
    async verify(token) {
      if (algorithmOf(token) !== 'RS256') throw new TokenRefused('algorithm')
      await refresh(KEYS_ARE_FRESH_FOR)
      if (keys.length === 0) throw new TokenRefused('keys-unreachable')
      let found = await tryKeys(token)
      if (!found) {
        await refresh(FETCH_AT_MOST_EVERY)
        found = await tryKeys(token)
      }
      if (!found) throw new TokenRefused('signature')
      const read = claims.safeParse(found.payload)
      if (!read.success) throw new TokenRefused('malformed')
      const { iss, idPlugin, idMember, idBoard, idCard, state, iat, exp } = read.data
      if (iss !== 'trello') throw new TokenRefused('issuer')
      if (idPlugin !== parts.pluginId) throw new TokenRefused('other-plugin')
      if (iat > parts.clock.wall().getTime() / 1000 + SKEW) throw new TokenRefused('not-yet')
      return { idMember, idBoard, idCard: idCard ?? null, state: state ?? null, exp, publicKey: found.publicKey }
    },
    health: () =>
      failing
        ? {
            ok: false,
            sentence:
              keys.length > 0
                ? 'Trello’s keys are out of reach; those we have still serve.'
                : 'Trello’s keys are out of reach.',
          }
        : { ok: true, sentence: 'Trello’s keys are at hand.' },
  }
}

function algorithmOf(token: string): string {
  try {
    return decodeProtectedHeader(token).alg ?? ''
  } catch {
    throw new TokenRefused('malformed')
  }
}
