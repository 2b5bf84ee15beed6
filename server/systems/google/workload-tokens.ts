import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { MINUTE, SECOND } from '../../clock.ts'
import { SystemFailure } from '../../grants/system.ts'
import { jsonClient } from '../http/json-client.ts'
import { type GoogleTokens, noToken, SCOPE, type TokenParts } from './bearer.ts'
import type { WorkloadCredentials } from './credentials.ts'

/**
 * Workload identity federation: the platform that runs this server writes a proof to a file, Google exchanges it for a
 * token, and that is exchanged for one of the service account. Google’s own library takes these two steps past every limit
 * on where it may call and how often, so they are taken here.
 */

/** A call must not begin with a token that ends before its answer. */
const SPARE = 5 * MINUTE
const CLOUD_PLATFORM = 'https://www.googleapis.com/auth/cloud-platform'

const exchanged = z.object({ access_token: z.string(), expires_in: z.number() })
const impersonated = z.object({ accessToken: z.string(), expireTime: z.iso.datetime({ offset: true }) })

export function createWorkloadTokens(given: WorkloadCredentials, { now, tokensFrom }: TokenParts): GoogleTokens {
  const client = (origin: string) => jsonClient({ name: 'Google', baseUrl: tokensFrom ?? origin, headers: {}, now })
  const exchange = client('https://sts.googleapis.com')
  const impersonation = client('https://iamcredentials.googleapis.com')
  const impersonateAt = given.service_account_impersonation_url
  let kept: { header: string; endsAt: number } | null = null

  async function fresh(): Promise<{ header: string; endsAt: number }> {
    const first = await exchange.call({
      method: 'POST',
      path: ['v1', 'token'],
      form: {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        audience: given.audience,
        scope: impersonateAt ? CLOUD_PLATFORM : SCOPE,
        requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        subject_token_type: given.subject_token_type,
        subject_token: await proofIn(given.credential_source),
      },
      answer: exchanged,
      known: refused,
    })
    if (!first) throw noToken()
    const { access_token, expires_in } = first.data
    const own = { header: `Bearer ${access_token}`, endsAt: now().getTime() + expires_in * SECOND }
    if (!impersonateAt) return own
    const second = await impersonation.call({
      method: 'POST',
      path: decodeURIComponent(new URL(impersonateAt).pathname).slice(1).split('/'),
      json: { scope: [SCOPE] },
      headers: { authorization: own.header },
      answer: impersonated,
      known: refused,
    })
    if (!second) throw noToken()
    return { header: `Bearer ${second.data.accessToken}`, endsAt: Date.parse(second.data.expireTime) }
  }

  return {
    async header() {
      if (!kept || kept.endsAt - SPARE <= now().getTime()) kept = await fresh()
      return kept.header
    },
    forget() {
      kept = null
    },
  }
}

const refused = ({ status }: { status: number }) => (status < 500 && status !== 429 ? noToken() : null)

/** The proof is renewed by its platform, so it is read for each exchange. */
async function proofIn({ file, format }: WorkloadCredentials['credential_source']): Promise<string> {
  try {
    const text = await readFile(file, 'utf8')
    if (format?.type !== 'json') return text.trim()
    return z
      .record(z.string(), z.unknown())
      .transform((all) => String(all[format.subject_token_field_name ?? '']))
      .parse(JSON.parse(text))
  } catch {
    throw new SystemFailure(
      'unauthorised',
      'There is no proof of who we are for Google.',
      'Whoever runs this server sees that its platform writes the file that GOOGLE_CREDENTIALS_FILE names, then tries again.',
    )
  }
}
