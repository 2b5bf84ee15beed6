import { SystemFailure } from '../../grants/system.ts'

/** The least that changes and reads groups. */
export const SCOPE = 'https://www.googleapis.com/auth/cloud-identity.groups'

export interface GoogleTokens {
  /** The header for one call. Throws SystemFailure. */
  header(): Promise<string>
  /** After Google refused a token that should still hold. */
  forget(): void
}

export interface TokenParts {
  now(): Date
  /** Where tokens are asked for in the place of Google, in tests and on the practice board. */
  tokensFrom: string | null
}

export const noToken = () =>
  new SystemFailure(
    'unauthorised',
    'Google gives us no token for our credentials.',
    'Whoever runs this server renews GOOGLE_CREDENTIALS_FILE, then tries again.',
  )
