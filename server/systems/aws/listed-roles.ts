import { ListRolesCommand } from '@aws-sdk/client-iam'
import { z } from 'zod'
import { type Listed, type Listing, type ListOrder, SystemFailure } from '../../grants/system.ts'
import { allPages, listing } from '../listing.ts'
import { type AwsAccount, accountOf, checked } from './account.ts'
import { trustWords } from './applied.ts'
import { aboutSomebodyElse } from './failures.ts'
import { type InLists, listWords } from './in-lists.ts'
import { type ReadPlace, rolesBy } from './reading.ts'
import { localIn, userNameIn } from './rules.ts'
import { namedIn, type Trust, trustIn } from './trust-policy.ts'

/**
 * Everybody whom a role of one list lets in, by the trust policies of one account. Who is on the list in the repository
 * and in no policy is told as not yet there.
 * @throws SystemFailure; `forbidden` where our role may not list roles
 */
export async function listTrusted(place: ReadPlace, order: ListOrder, lists: InLists): Promise<Listing> {
  const all = await rolesOf(place.account)
  const list = rolesBy(order.wanted)
  const ours = all.flatMap((role) => {
    const local = place.localOf(list, role.name)
    return local === null ? [] : [{ ...role, local, named: namedIn(role.trustPolicy) }]
  })
  // A role of another making may have such a name: one of ours is named after somebody whom a list takes, or whom it trusts.
  const roles = ours.filter(
    ({ local, named }) => local.includes('.') || named.who.some((one) => isSameName(localIn(one), local)),
  )
  const arns = new Map(roles.flatMap(({ named }) => named.who).map((arn) => [arn.toLowerCase(), arn]))
  const there = [...arns.values()].map((arn) => judged(place, list, roles, arn, lists))
  const notYet = lists.own.filter((arn) => !arns.has(arn.toLowerCase())).map((arn) => waiting(place, list, roles, arn))
  const open = roles.filter(({ named }) => named.nameless).map(({ name }) => name)
  const remarks = [lists.cannotSee, open.length > 0 ? openWords(open, place) : null].filter((one) => one !== null)
  return {
    ...listing({ accounts: [...there, ...notYet], nameless: 0 }, remarks.join(' ') || null),
    unlisted: (arn) => unlisted(place, list, ours, arn),
  }
}

/** More than can be named, so that a list of names would be too short. */
function openWords(open: string[], place: ReadPlace): string {
  const roles = open.length === 1 ? `The role ${open[0]}` : `The roles ${open.join(', ')}`
  const [lets, them] = open.length === 1 ? ['lets', 'it'] : ['let', 'them']
  return `${roles} in ${place.account.name} ${lets} in more than we can name, so who else can use ${them} cannot be told.`
}

/**
 * Of somebody whom no policy names, by the roles of their own: others' hide nothing about them. A user made again is not
 * whom such a role still trusts.
 */
function unlisted(
  place: ReadPlace,
  list: string,
  roles: (Role & { named: { nameless: boolean } })[],
  arn: string,
): ReturnType<NonNullable<Extract<Listing, { is: 'listed' }>['unlisted']>> {
  const own = place.rolesOf(list, localIn(arn))
  const [first] = own
  if (localIn(arn) === '' || first === undefined) return null
  const theirs = roles.filter(({ name }) => own.some((one) => isSameName(one, name)))
  const told = theirs.find(({ named }) => named.nameless) ?? theirs[0]
  const name = accountFor(arn).name
  if (!told) return { is: 'absent', detail: trustWords['no-role'](whereOf(place, first), name) }
  const trust = told.named.nameless ? 'cannot-tell' : trustIn(told.trustPolicy, arn)
  return {
    is: trust === 'cannot-tell' ? 'cannot-tell' : 'absent',
    detail: trustWords[trust](whereOf(place, told.name), name),
  }
}

interface Role {
  name: string
  trustPolicy: string
}

/** IAM allows 5,000 roles in an account at most, and answers up to 1,000 at once. */
const MOST_PAGES = 50
const metadata = z.object({ IsTruncated: z.boolean().optional(), Marker: z.string().optional() })
const answer = metadata.extend({
  Roles: z.array(z.object({ RoleName: z.string(), Arn: z.string(), AssumeRolePolicyDocument: z.string().default('') })),
})

function rolesOf(account: AwsAccount): Promise<Role[]> {
  return allPages(account.name, MOST_PAGES, async (_at, Marker) => {
    const command = new ListRolesCommand({ MaxItems: 1000, ...(Marker === null ? {} : { Marker }) })
    const found = checked(answer, await account.iam('list roles', 'iam:ListRoles', (client) => client.send(command)))
    const rows = found.Roles.map(({ RoleName, Arn, AssumeRolePolicyDocument }) => {
      if (accountOf(Arn) !== account.id || !Arn.endsWith(`/${RoleName}`)) throw aboutSomebodyElse()
      return { name: RoleName, trustPolicy: AssumeRolePolicyDocument }
    })
    return { rows, next: found.IsTruncated ? (found.Marker ?? null) : null }
  })
}

function judged(place: ReadPlace, list: string, roles: Role[], arn: string, lists: InLists): Listed {
  const account = accountFor(arn)
  const all = roles.map(({ name, trustPolicy }) => ({ name, trust: trustIn(trustPolicy, arn) }))
  const seen = all.filter(({ trust }) => trust !== 'others' && trust !== 'orphaned')
  const whole = place.rolesOf(list, localIn(arn))
  const lacks = whole.find((name) => !seen.some((one) => isSameName(one.name, name)))
  const odd =
    worst.flatMap((trust) => seen.find((one) => one.trust === trust) ?? [])[0] ??
    seen.find(({ name }) => !whole.some((own) => isSameName(own, name)))
  const told = odd ?? seen[0]
  const said = told ? trustWords[told.trust](whereOf(place, told.name), account.name) : ''
  const lacking = lacks && !odd ? ` The role ${whereOf(place, lacks)} does not.` : ''
  return {
    account,
    has: hasBy(seen, odd !== undefined || lacks !== undefined),
    detail: `${said}${lacking}${listWords(lists, arn)}`,
  }
}

/** What is told first, where several roles name somebody. */
const worst: Trust[] = ['cannot-tell', 'without-mfa', 'denied']

function hasBy(seen: { trust: Trust }[], isOdd: boolean): Listed['has'] {
  if (seen.some(({ trust }) => trust === 'cannot-tell')) return 'unreadable'
  if (seen.every(({ trust }) => trust === 'denied')) return 'less'
  return isOdd ? 'not-whole' : 'wanted'
}

/** On the list, and let in by no role. */
function waiting(place: ReadPlace, list: string, roles: Role[], arn: string): Listed {
  const account = accountFor(arn)
  const own = place.rolesOf(list, localIn(arn))
  const [first = ''] = own
  const role = roles.find(({ name }) => own.some((one) => isSameName(one, name)))
  const trust = role ? trustIn(role.trustPolicy, arn) : 'no-role'
  const said = trustWords[trust](whereOf(place, role?.name ?? first), account.name)
  return { account, has: 'not-yet', detail: `${said} The list in the repository names them: it is not applied yet.` }
}

const whereOf = ({ account }: ReadPlace, role: string) => `${role} in ${account.name}`
/** IAM has no two users and no two roles whose names differ in capitals alone. */
const isSameName = (one: string, other: string) => one.toLowerCase() === other.toLowerCase()

const accountFor = (arn: string): Listed['account'] => ({
  kind: 'aws',
  id: arn,
  name: userNameIn(arn) || arn.split(':').slice(5).join(':') || arn,
})

/** Whether the right to list is all that is missing. */
export function mayNotList(error: unknown): error is SystemFailure {
  return error instanceof SystemFailure && error.kind === 'forbidden'
}
