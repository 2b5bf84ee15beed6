import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { z } from 'zod'
import { MINUTE } from '../../clock.ts'
import type { Guard } from '../http/guard.ts'
import { aboutSomebodyElse, awsFailure, notUnderstood } from './failures.ts'
import { wayOut } from './way-out.ts'

/** Credentials of one role in one account, for an hour. */
export interface Session {
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string }
  /** When we stop using them: some time before they end, in milliseconds since 1970. */
  endsAt: number
}

export interface StsParts {
  region: string
  stsUrl: string
  /** Whose keys assume the roles; `null` = as the SDK's default chain finds them. */
  credentials: { accessKeyId: string; secretAccessKey: string } | null
  now(): Date
  timeOutMs?: number
  /** One for all of AWS. */
  guard: Guard
}

/** A call must not begin with credentials that end before its answer. */
const SPARE = 5 * MINUTE
const SESSION_SECONDS = 3600

const answer = z.object({
  Credentials: z.object({
    AccessKeyId: z.string(),
    SecretAccessKey: z.string(),
    SessionToken: z.string(),
    Expiration: z.date(),
  }),
  AssumedRoleUser: z.object({ Arn: z.string() }),
})

/** @param isFor what the role does where: "reads staging". @throws SystemFailure */
export async function assumeRole(parts: StsParts, isFor: string, readAs: string): Promise<Session> {
  const { region, stsUrl, credentials, timeOutMs, guard } = parts
  const sts = new STSClient({
    region,
    endpoint: stsUrl,
    ...(credentials ? { credentials } : {}),
    maxAttempts: 1,
    requestHandler: wayOut(stsUrl, guard, timeOutMs),
  })
  const wanted = { RoleArn: readAs, RoleSessionName: 'production-access', DurationSeconds: SESSION_SECONDS }
  const found = await sts.send(new AssumeRoleCommand(wanted)).catch((error: unknown) => {
    throw awsFailure(error, `assume the role that ${isFor}`, 'to be assumed by us (sts:AssumeRole)')
  })
  const read = answer.safeParse(found)
  if (!read.success) throw notUnderstood()
  const { Credentials: given, AssumedRoleUser } = read.data
  if (!isSessionOf(AssumedRoleUser.Arn, readAs)) throw aboutSomebodyElse()
  return {
    credentials: {
      accessKeyId: given.AccessKeyId,
      secretAccessKey: given.SecretAccessKey,
      sessionToken: given.SessionToken,
    },
    endsAt: given.Expiration.getTime() - SPARE,
  }
}

/** `arn:aws:sts::account:assumed-role/name/session` of `arn:aws:iam::account:role/path/name`. */
function isSessionOf(session: string, role: string): boolean {
  const account = role.split(':')[4] ?? ''
  return session.startsWith(`arn:aws:sts::${account}:assumed-role/${role.split('/').at(-1)}/`)
}
