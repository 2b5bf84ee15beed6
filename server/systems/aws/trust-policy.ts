import { z } from 'zod'

/** What a role's trust policy makes of one user. Everything that we cannot weigh is neither yes nor no. */
export type Trust =
  /** Allowed to assume the role, and asked for MFA. */
  | 'with-mfa'
  /** Allowed, and some statement does not ask for MFA. */
  | 'without-mfa'
  /** Not named; AWS shows the id of a user or role that was deleted since. */
  | 'orphaned'
  /** Named, and refused by another statement. */
  | 'denied'
  /** Not named. */
  | 'others'
  /** Not JSON, a condition that is not about MFA, everybody at once, or everything but something. */
  | 'cannot-tell'

const texts = z.union([z.string(), z.array(z.string())]).transform((one) => [one].flat())
const values = z
  .union([z.string(), z.boolean(), z.array(z.union([z.string(), z.boolean()]))])
  .transform((one) => [one].flat().map(String))
const statement = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Action: texts.optional(),
  NotAction: z.unknown().optional(),
  Principal: z.union([z.literal('*'), z.record(z.string(), texts)]).optional(),
  NotPrincipal: z.unknown().optional(),
  Condition: z.record(z.string(), z.record(z.string(), values)).optional(),
})
const policy = z.object({
  Statement: z.union([statement, z.array(statement)]).transform((one) => [one].flat()),
})
type Statement = z.infer<typeof statement>

/** Ids that IAM puts in the place of users and roles that are gone. */
const orphan = /^(AIDA|AROA)[A-Z0-9]+$/

/**
 * @param document as IAM answers it: JSON, percent-encoded
 * @param arn the user's whole ARN
 * @param isThem which ARNs are theirs; letter by letter this one, as IAM compares them
 */
export function trustIn(document: string, arn: string, isThem = (one: string) => one === arn): Trust {
  const read = policy.safeParse(parsed(document))
  if (!read.success) return 'cannot-tell'
  const about = read.data.Statement.filter(coversAssuming)
  if (about.some((one) => one.NotPrincipal !== undefined || one.NotAction !== undefined)) return 'cannot-tell'
  const denies = about.filter((one) => one.Effect === 'Deny' && (names(one, isThem) || namesMany(one, arn)))
  const allows = about.filter((one) => one.Effect === 'Allow')
  if (allows.some((one) => namesMany(one, arn))) return 'cannot-tell'
  const own = allows.filter((one) => names(one, isThem))
  if (own.length === 0)
    return allows.some((one) => principals(one).some((who) => orphan.test(who))) ? 'orphaned' : 'others'
  if (denies.length > 0) return denies.some((one) => one.Condition === undefined) ? 'denied' : 'cannot-tell'
  const conditions = own.map(conditionOf)
  if (conditions.includes('other')) return 'cannot-tell'
  return conditions.includes('none') ? 'without-mfa' : 'with-mfa'
}

/**
 * Whom a policy lets assume the role by name: users, and roles as far as they are no services.
 * @returns `nameless`: it also lets in everybody at once, or whom we cannot weigh. The id of somebody who was deleted is
 * nobody: AWS gives it to no user again, not even to one of the same name.
 */
export function namedIn(document: string): { who: string[]; nameless: boolean } {
  const read = policy.safeParse(parsed(document))
  if (!read.success) return { who: [], nameless: true }
  const about = read.data.Statement.filter(coversAssuming)
  const isUnclear = about.some((one) => one.NotPrincipal !== undefined || one.NotAction !== undefined)
  const allowed = about.filter(({ Effect }) => Effect === 'Allow').flatMap(principals)
  const who = allowed.filter((one) => single.test(one))
  const nameless = isUnclear || allowed.some((one) => !single.test(one) && !orphan.test(one))
  return { who: [...new Set(who)], nameless }
}

/** One user or one role, not the whole account. */
const single = /^arn:[^:]+:(iam|sts)::\d{12}:(user|role|assumed-role)\/[^*]+$/

function parsed(document: string): unknown {
  try {
    return JSON.parse(decodeURIComponent(document))
  } catch {
    return null
  }
}

function coversAssuming({ Action, NotAction }: Statement): boolean {
  if (NotAction !== undefined) return true
  return (Action ?? []).some((action) => {
    const pattern = action
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')
    return new RegExp(`^${pattern}$`, 'i').test('sts:AssumeRole')
  })
}

/** Users, roles and accounts; services and identity providers are not people of ours. */
function principals({ Principal }: Statement): string[] {
  return Principal === '*' ? ['*'] : (Principal?.['AWS'] ?? [])
}

const names = (one: Statement, isThem: (arn: string) => boolean) => principals(one).some(isThem)

/** Everybody, or everybody in the user's account. */
function namesMany(one: Statement, arn: string): boolean {
  const account = arn.split(':')[4] ?? ''
  const many = ['*', account, `arn:aws:iam::${account}:root`]
  return principals(one).some((who) => many.includes(who))
}

/** `BoolIfExists` lets callers in who bring no MFA at all, so it does not ask for MFA. */
function conditionOf({ Condition = {} }: Statement): 'mfa' | 'none' | 'other' {
  const all = Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, wanted]) => ({
      operator: operator.toLowerCase(),
      key: key.toLowerCase(),
      wanted: wanted.map((value) => value.toLowerCase()),
    })),
  )
  if (all.length === 0) return 'none'
  if (all.some(({ key }) => key !== 'aws:multifactorauthpresent')) return 'other'
  const asks = all.some(({ operator, wanted }) => operator === 'bool' && wanted.join() === 'true')
  if (asks) return 'mfa'
  return all.every(({ operator, wanted }) => operator === 'boolifexists' && wanted.join() === 'true') ? 'none' : 'other'
}
