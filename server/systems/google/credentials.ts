import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** What Google lets one download as credentials: the key of a service account, or how a workload proves who it is. */

const key = z.object({
  type: z.literal('service_account'),
  client_email: z.string().min(1),
  private_key: z.string().includes('PRIVATE KEY'),
})
const workload = z.object({
  type: z.literal('external_account'),
  audience: z.string().min(1),
  subject_token_type: z.string().min(1),
  token_url: z.literal('https://sts.googleapis.com/v1/token'),
  service_account_impersonation_url: z
    .string()
    .regex(/^https:\/\/iamcredentials\.googleapis\.com\/v1\/projects\/-\/serviceAccounts\/[^/]+:generateAccessToken$/)
    .optional(),
  credential_source: z.object({
    file: z.string().min(1),
    format: z.object({ type: z.enum(['text', 'json']), subject_token_field_name: z.string().optional() }).optional(),
  }),
})
const credentials = z.discriminatedUnion('type', [key, workload])

export type GoogleCredentials = z.infer<typeof credentials>
export type WorkloadCredentials = z.infer<typeof workload>

/** @throws Error that names the variable and what the file should be, without its content */
export function readGoogleCredentials(path: string): GoogleCredentials {
  try {
    return credentials.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    throw new Error(
      `GOOGLE_CREDENTIALS_FILE: ${path} is neither a service account’s key nor a configuration of workload identity federation that names a file. Download one of the two from Google Cloud.`,
    )
  }
}
