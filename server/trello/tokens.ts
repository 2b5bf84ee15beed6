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
/** At the very first, with no key at all, it is tried more often: until then nobody is known. */
const FIRST_KEYS_AT_MOST_EVERY = 5 * SECOND
const SKEW = 60

export interface TokenVerifier {
  /** Trello's keys as last fetched, PEM. */
  publicKeys(): string[]
  verify(token: string): Promise<VerifiedToken>
  health(): KeysHealth
}

export interface KeysHealth {
  ok: boolean
  /** For whoever runs the server. */
  sentence: string
  /** When the keys were last fetched; `null` before the first time. */
  lastOk: Date | null
}

/** Verifies tokens for one Power-Up with keys from one address. Stale keys serve while new ones are out of reach. */
export function createTokenVerifier(parts: { keysUrl: string; pluginId: string; clock: Clock }): TokenVerifier {
  let keys: PublicKey[] = []
  let fetchedAt = Number.NEGATIVE_INFINITY
  let triedAt = Number.NEGATIVE_INFINITY
  let failing = false
  let flight: Promise<void> | null = null

  async function fetchKeys(): Promise<void> {
    triedAt = parts.clock.wall().getTime()
    try {
      const answer = await fetch(parts.keysUrl, { signal: AbortSignal.timeout(5 * SECOND), redirect: 'error' })
      if (!answer.ok) throw new Error(`status ${answer.status}`)
      keys = await imported(keySet.parse(await answer.json()).keys)
      fetchedAt = triedAt
      failing = false
    } catch {
      failing = true
    }
  }

  /** Fetches keys that are older than this, never more often than allowed; stale ones stay when that fails. */
  async function refresh(maxAge: number): Promise<void> {
    const now = parts.clock.wall().getTime()
    const atMostEvery = keys.length > 0 ? FETCH_AT_MOST_EVERY : FIRST_KEYS_AT_MOST_EVERY
    if (now - fetchedAt >= maxAge && (flight || now - triedAt >= atMostEvery))
      flight ??= fetchKeys().finally(() => {
        flight = null
      })
    await flight
  }

  async function tryKeys(token: string): Promise<{ payload: unknown; publicKey: string } | null> {
    const currentDate = parts.clock.wall()
    for (const { key, pem } of keys) {
      try {
        const { payload } = await jwtVerify(token, key, { algorithms: ['RS256'], clockTolerance: SKEW, currentDate })
        return { payload, publicKey: pem }
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : ''
        if (code === 'ERR_JWT_EXPIRED') throw new TokenRefused('expired')
        if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED') throw new TokenRefused('malformed')
      }
    }
    return null
  }

  return {
    publicKeys: () => keys.map(({ pem }) => pem),
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
    health: () => ({
      ok: !failing,
      sentence: failing
        ? `Trello’s key set is unreachable (${parts.keysUrl}).${keys.length > 0 ? ' The keys we have still serve.' : ''}`
        : 'Trello’s keys are at hand.',
      lastOk: Number.isFinite(fetchedAt) ? new Date(fetchedAt) : null,
    }),
  }
}

interface PublicKey {
  key: CryptoKey
  pem: string
}

/** A key of a kind that we do not know verifies nothing; the others still do. */
async function imported(pems: string[]): Promise<PublicKey[]> {
  const keys = await Promise.all(
    pems.map(async (pem) =>
      importSPKI(pem, 'RS256').then(
        (key) => ({ key, pem }),
        () => null,
      ),
    ),
  )
  const good = keys.filter((key) => key !== null)
  if (good.length === 0) throw new Error('no key that we know')
  return good
}

function algorithmOf(token: string): string {
  try {
    return decodeProtectedHeader(token).alg ?? ''
  } catch {
    throw new TokenRefused('malformed')
  }
}
