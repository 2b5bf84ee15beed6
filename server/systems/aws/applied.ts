import { HOUR } from '../../clock.ts'
import { type Evidence, type StepOrder, SystemFailure } from '../../grants/system.ts'
import type { AwsRole } from './account.ts'
import { aboutSomebodyElse } from './failures.ts'
import { type ReadPlace, rolesBy } from './reading.ts'
import { checkArn, isSamePerson, localIn } from './rules.ts'
import { type Trust, trustIn } from './trust-policy.ts'

/** Whether what the lists say was applied: the roles that they make for one user, with their trust policies. */
export interface Applied {
  /** As the order wants it: every role trusts exactly this user with MFA, or none trusts them. */
  is: boolean
  /** A sentence about the first role that is not as wanted, or about all of them. */
  detail: string
  evidence: Evidence
  /** How long sessions that began before may last, in milliseconds. */
  longestSessionMs: number
}

/** `max_session_duration` of the roles that the lists make, where a role is gone and says nothing. */
export const SESSION_MS = 8 * HOUR

interface Seen {
  name: string
  role: AwsRole | null
  trust: Trust | 'no-role'
}

/** @throws SystemFailure also where a trust policy says what we cannot weigh */
export async function readApplied(place: ReadPlace, order: StepOrder): Promise<Applied> {
  const { account, direction, lastSeen } = order
  checkArn(account.id)
  const list = rolesBy(order.wanted)
  const roles = place.rolesOf(list, localIn(account.id))
  // Whoever is revoked is there under any spelling and from any account: all of them open the same role.
  const isThem = (one: string) => (direction === 'grant' ? one === account.id : isSamePerson(one, account.id))
  const seen: Seen[] = []
  for (const name of roles) {
    const role = await place.account.role(name)
    if (role && role.name !== name) throw aboutSomebodyElse()
    seen.push({ name, role, trust: role ? trustIn(role.trustPolicy, account.id, isThem) : 'no-role' })
  }
  const unclear = seen.find(({ trust }) => trust === 'cannot-tell')
  if (unclear) throw cannotWeigh(unclear.name, place.account.name)
  const wanted = (trust: Seen['trust']) => (direction === 'grant' ? trust === 'with-mfa' : !stillNamed.includes(trust))
  const wrong = seen.find(({ trust }) => !wanted(trust))
  const told = wrong ?? seen[0]
  if (!told) throw noRoles(place.account.name)
  const sessions = seen.map(({ role }) => role?.longestSessionMs ?? 0)
  const known = lastSeen?.['longestSessionMs']
  const longestSessionMs = Math.max(...sessions) || (typeof known === 'number' ? known : SESSION_MS)
  const where = `${told.name} in ${place.account.name}`
  return {
    is: wrong === undefined,
    detail: trustWords[told.trust](where, account.name),
    evidence: {
      awsAccount: place.account.name,
      roles: roles.join(', '),
      trust: told.trust,
      longestSessionMs,
      awsRequestId: told.role?.requestId ?? null,
    },
    longestSessionMs,
  }
}

/** What lets somebody in, or would again once the other statement goes. */
const stillNamed: Seen['trust'][] = ['with-mfa', 'without-mfa', 'denied']

/** What a role makes of somebody, for the reader. */
export const trustWords: Record<Seen['trust'], (where: string, who: string) => string> = {
  'no-role': (where) => `There is no role ${where}.`,
  'with-mfa': (where, who) => `The role ${where} trusts ${who}, with MFA.`,
  'without-mfa': (where, who) =>
    `The role ${where} trusts ${who} without asking for MFA. Applying again puts it right.`,
  orphaned: (where, who) =>
    `The role ${where} trusts a user that was deleted, and not ${who} of today. If the user was made again, the list has to be applied again.`,
  denied: (where, who) => `The role ${where} names ${who} and refuses them by another statement.`,
  others: (where, who) => `The role ${where} does not trust ${who}.`,
  'cannot-tell': (where) => `The trust policy of the role ${where} cannot be weighed.`,
}

function cannotWeigh(role: string, account: string): SystemFailure {
  return new SystemFailure(
    'managed-elsewhere',
    `The trust policy of the role ${role} in ${account} says more than we can weigh, so it counts neither as there nor as gone.`,
    'Whoever owns the role makes its policy plain again, or people do this step by hand.',
  )
}

function noRoles(account: string): SystemFailure {
  return new SystemFailure(
    'invalid',
    `No role is named for this list in ${account}.`,
    'Name the roles that the list makes in the installation file, under awsRead.',
  )
}
