import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { SignJWT, UnsecuredJWT } from 'jose'

/** What a token says. Times are in seconds since 1970. */
export interface TokenClaims {
  idPlugin: string
  idBoard: string
  idMember: string
  idCard?: string
  state?: string
  iss?: string
  iat?: number
  exp?: number
}

export interface TokenSigner {
  /** PEM of the public keys, as the key address answers them. */
  publicKeys(): string[]
  /** A good token, as Trello's page would get it. */
  sign(claims: TokenClaims): Promise<string>
  /** Signed with a key that is not among the public ones. */
  forge(claims: TokenClaims): Promise<string>
  /** HMAC with the public key's text as its secret: accepted by whoever lets the token choose the algorithm. */
  signWithPublicKey(claims: TokenClaims): Promise<string>
  /** Algorithm `none`. */
  unsigned(claims: TokenClaims): string
  /** New keys; tokens signed before no longer verify once the keys are fetched again. */
  rotate(): void
}

const LIFETIME_SECONDS = 15 * 60
/** Trello's keys have 4096 bits. Half of that is made in a tenth of the time and proves the same here. */
const KEY_BITS = 2048

/** Signs tokens as Trello does: RS256, no `kid`, 15 minutes. Works by itself, without a whole local Trello. */
export function createTokenSigner(now: () => Date = () => new Date()): TokenSigner {
  const pair = () => generateKeyPairSync('rsa', { modulusLength: KEY_BITS })
  let keys = pair()
  let stranger: ReturnType<typeof pair> | null = null
  const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString()
  const whole = (claims: TokenClaims) => {
    const iat = claims.iat ?? Math.floor(now().getTime() / 1000)
    return { ...claims, iss: claims.iss ?? 'trello', iat, exp: claims.exp ?? iat + LIFETIME_SECONDS }
  }
  const rs256 = (key: KeyObject, claims: TokenClaims) =>
    new SignJWT(whole(claims)).setProtectedHeader({ alg: 'RS256' }).sign(key)
  return {
    publicKeys: () => [pem(keys.publicKey)],
    sign: (claims) => rs256(keys.privateKey, claims),
    forge(claims) {
      stranger ??= pair()
      return rs256(stranger.privateKey, claims)
    },
    signWithPublicKey: (claims) =>
      new SignJWT(whole(claims))
        .setProtectedHeader({ alg: 'HS256' })
        .sign(new TextEncoder().encode(pem(keys.publicKey))),
    unsigned: (claims) => new UnsecuredJWT(whole(claims)).encode(),
    rotate() {
      keys = pair()
    },
  }
}
