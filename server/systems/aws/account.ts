import {
  GetRoleCommand,
  GetUserCommand,
  IAMClient,
  ListMFADevicesCommand,
  type ListMFADevicesCommandOutput,
} from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { z } from 'zod'
import { aboutSomebodyElse, awsFailure, hasRunOut, isNotThere, notUnderstood } from './failures.ts'
import { assumeRole, type Session, type StsParts } from './sessions.ts'
import { wayOut } from './way-out.ts'

/** One AWS account through one assumed role. */
export interface AwsAccount {
  /** As people say it: "the base account", "staging". */
  name: string
  /** Twelve digits. */
  id: string
  user(name: string): Promise<{ arn: string; requestId: string | null } | null>
  /** How many MFA devices are assigned to a user. */
  mfaDevices(user: string): Promise<number>
  role(name: string): Promise<AwsRole | null>
  /**
   * Any other call of IAM, with the session of our role.
   * @param what in words: "read groups"
   * @param lacks what our role must be allowed: "iam:GetGroup"
   * @returns `null` where AWS says that there is nobody and nothing of that name. Throws SystemFailure
   */
  iam<T>(what: string, lacks: string, call: (client: IAMClient) => Promise<T>): Promise<T | null>
  /** Tries the credentials. Throws SystemFailure where they do not reach the role. */
  tryOut(): Promise<void>
}

export interface AwsRole {
  name: string
  /** As IAM answers it: JSON, percent-encoded. */
  trustPolicy: string
  /** How long a session lasts at most, in milliseconds; `null` = not told. */
  longestSessionMs: number | null
  requestId: string | null
}

export interface AccountParts extends StsParts {
  name: string
  /** ARN of the role that we assume there. */
  readAs: string
  /** What the role is for, in words; without it, reading. */
  roleWords?: { does: string; ours: string }
  iamUrl: string
}

/** IAM is one for all regions, and takes signatures for this one. */
const IAM_REGION = 'us-east-1'
/** AWS allows 8 MFA devices for each user, so more pages than this are not about one. */
const MOST_PAGES = 3

const metadata = z.object({ $metadata: z.object({ requestId: z.string().optional() }) })
const userAnswer = metadata.extend({ User: z.object({ UserName: z.string(), Arn: z.string() }) })
const roleAnswer = metadata.extend({
  Role: z.object({
    RoleName: z.string(),
    Arn: z.string(),
    AssumeRolePolicyDocument: z.string(),
    MaxSessionDuration: z.number().optional(),
  }),
})
const devicesAnswer = z.object({
  MFADevices: z.array(z.object({ UserName: z.string(), SerialNumber: z.string() })),
  IsTruncated: z.boolean().optional(),
  Marker: z.string().optional(),
})
const identityAnswer = z.object({ Account: z.string(), Arn: z.string() })

export function checked<T>(schema: z.ZodType<T>, answer: unknown): T {
  const read = schema.safeParse(answer)
  if (!read.success) throw notUnderstood()
  return read.data
}

/** The account's number and the rest of an ARN. */
export const accountOf = (arn: string) => arn.split(':')[4] ?? ''

/**
 * Calls one account. Calls are repeated only once, and only where our session there had ended early: whoever asks knows
 * how long to wait after everything else.
 */
export function createAwsAccount(parts: AccountParts): AwsAccount {
  const { name, readAs, roleWords = { does: 'reads', ours: 'our reading role' } } = parts
  const id = accountOf(readAs)
  let kept: Promise<Session> | null = null

  async function session(): Promise<Session> {
    const mine = kept ?? assumeRole(parts, `${roleWords.does} ${name}`, readAs)
    kept = mine
    try {
      const current = await mine
      if (current.endsAt > parts.now().getTime()) return current
    } catch (error) {
      if (kept === mine) kept = null
      throw error
    }
    if (kept === mine) kept = null
    return session()
  }

  /** @returns `null` where AWS says that there is nobody and nothing of that name */
  function ask<T>(what: string, lacks: string, call: (session: Session) => Promise<T>): Promise<T | null> {
    // AWS counts reads and changes alike.
    return parts.guard.run('POST', () => asked(what, lacks, call))
  }

  async function asked<T>(what: string, lacks: string, call: (session: Session) => Promise<T>): Promise<T | null> {
    for (let again = true; ; again = false) {
      const current = await session()
      try {
        return await call(current)
      } catch (error) {
        if (isNotThere(error)) return null
        if (!hasRunOut(error) || !again) throw awsFailure(error, `${what} in ${name}`, lacks, roleWords.ours)
        kept = null
      }
    }
  }

  const iam = ({ credentials }: Session) =>
    new IAMClient({
      region: IAM_REGION,
      endpoint: parts.iamUrl,
      credentials,
      maxAttempts: 1,
      requestHandler: wayOut(parts.iamUrl, parts.guard, parts.timeOutMs),
    })

  return {
    name,
    id,
    async user(wanted) {
      const found = await ask('read users', 'iam:GetUser', (current) =>
        iam(current).send(new GetUserCommand({ UserName: wanted })),
      )
      if (!found) return null
      const { User, $metadata } = checked(userAnswer, found)
      if (User.UserName !== wanted || accountOf(User.Arn) !== id) throw aboutSomebodyElse()
      return { arn: User.Arn, requestId: $metadata.requestId ?? null }
    },
    async mfaDevices(user) {
      let count = 0
      let marker: string | undefined
      for (let page = 1; page <= MOST_PAGES; page += 1) {
        const found: ListMFADevicesCommandOutput | null = await ask('read MFA devices', 'iam:ListMFADevices', (one) =>
          iam(one).send(new ListMFADevicesCommand({ UserName: user, ...(marker ? { Marker: marker } : {}) })),
        )
        if (!found) return 0
        const { MFADevices, IsTruncated, Marker } = checked(devicesAnswer, found)
        if (MFADevices.some((device) => device.UserName !== user)) throw aboutSomebodyElse()
        count += MFADevices.length
        marker = Marker
        if (!IsTruncated || !marker) break
      }
      return count
    },
    async role(wanted) {
      const found = await ask('read roles', 'iam:GetRole', (current) =>
        iam(current).send(new GetRoleCommand({ RoleName: wanted })),
      )
      if (!found) return null
      const { Role, $metadata } = checked(roleAnswer, found)
      if (Role.RoleName !== wanted || accountOf(Role.Arn) !== id) throw aboutSomebodyElse()
      return {
        name: Role.RoleName,
        trustPolicy: Role.AssumeRolePolicyDocument,
        longestSessionMs: Role.MaxSessionDuration ? Role.MaxSessionDuration * 1000 : null,
        requestId: $metadata.requestId ?? null,
      }
    },
    iam: (what, lacks, call) => ask(what, lacks, (current) => call(iam(current))),
    async tryOut() {
      const found = await ask('say who we are', 'sts:GetCallerIdentity', ({ credentials }) =>
        new STSClient({
          region: parts.region,
          endpoint: parts.stsUrl,
          credentials,
          maxAttempts: 1,
          requestHandler: wayOut(parts.stsUrl, parts.guard, parts.timeOutMs),
        }).send(new GetCallerIdentityCommand({})),
      )
      const { Account } = checked(identityAnswer, found)
      if (Account !== id) throw aboutSomebodyElse()
    },
  }
}
