import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'

/** Signs tokens as Trello's page does. Keys are 2048 bits here for speed; Trello's are 4096. */
export interface TokenClaims {
  idPlugin: string
  idBoard: string
  idMember: string
  idCard?: string
  state?: string
  iss?: string
  /** Seconds since 1970. */
  iat?: number
  exp?: number
}

const LIFETIME_SECONDS = 15 * 60

export interface TokenSigner {
  /** PEM of the public keys, as the key address answers them. */
  publicKeys(): string[]
  sign(claims: TokenClaims): Promise<string>
  /** Signs with a key that is not among the public ones. */
  forge(claims: TokenClaims): Promise<string>
  rotate(): void
}

export function createTokenSigner(now: () => Date = () => new Date()): TokenSigner {
  const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
  let keys = pair()
  let wrong: ReturnType<typeof pair> | null = null
  const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString()
  const signWith = (key: KeyObject, claims: TokenClaims) => {
    const iat = claims.iat ?? Math.floor(now().getTime() / 1000)
    return new SignJWT({ ...claims, iss: claims.iss ?? 'trello', iat, exp: claims.exp ?? iat + LIFETIME_SECONDS })
      .setProtectedHeader({ alg: 'RS256' })
      .sign(key)
  }
  return {
    publicKeys: () => [pem(keys.publicKey)],
    sign: (claims) => signWith(keys.privateKey, claims),
    forge(claims) {
      wrong ??= pair()
      return signWith(wrong.privateKey, claims)
    },
    rotate() {
      keys = pair()
    },
  }
}
