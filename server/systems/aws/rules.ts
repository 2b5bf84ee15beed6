import type { Direction } from '../../grants/system.ts'
import { SystemFailure } from '../../grants/system.ts'
import { type AwsNameFault, awsLocalPart, awsNameFault } from '../../rules/aws-user-name.ts'

/**
 * What the consumer of the role lists expects: it makes one IAM role per person from what stands before the `@`, and
 * one wrong line fails the apply for everybody.
 */

export const userList = 'role_user_user_arns'
export const adminList = 'role_admin_user_arns'

const form = /^arn:aws:iam::(\d{12}):user\/([\w+=,.@-]+)$/

const wrong = (message: string, remedy: string) => new SystemFailure('refused-by-rule', message, remedy)
const unusable = (message: string, remedy: string) => new SystemFailure('unusable-account', message, remedy)

/** The user's name in its ARN. */
export function userNameIn(arn: string): string {
  return form.exec(arn)?.[2] ?? ''
}

/** What names of roles are made from: what stands before the `@` of the user's name. */
export function localIn(arn: string): string {
  return userNameIn(arn).split('@')[0] ?? ''
}

/** @throws SystemFailure for an ARN that would break the lists' consumer */
export function checkArn(arn: string): void {
  const [, , user] = form.exec(arn) ?? []
  if (!user)
    throw unusable(
      'This is not the ARN of an IAM user.',
      'The engineer gives their AWS user name again. Then the sponsor approves again.',
    )
  const fault = awsNameFault(user)
  if (fault) throw unusable(faultWords[fault], remedies[fault])
}

const faultWords: Record<AwsNameFault, string> = {
  'no-at': 'The AWS user name has no @, and role names are made from what stands before it.',
  'no-dot': 'The AWS user name has no dot before the @, and clusters give access only to names with one.',
  'too-long': 'The AWS user name is longer than 64 characters.',
}

const remake =
  'The engineer has the AWS user made again with their work address as its name, and gives the new name here. Then the sponsor approves again.'
const remedies: Record<AwsNameFault, string> = {
  'no-at': remake,
  'no-dot': remake,
  'too-long':
    'The engineer has the AWS user made again with a shorter name, and gives that here. Then the sponsor approves again.',
}

/**
 * Refuses a second ARN for the same person: two role names would be equal, and the plan fails for everybody.
 * @param existing ARNs of all lists that the consumer reads together
 */
export function refuseSamePerson(arn: string, existing: string[]): void {
  if (existing.some((one) => one !== arn && isSamePerson(one, arn)))
    throw wrong(
      'The same person is in the list already under another ARN.',
      'Somebody who owns the repository removes the old one first.',
    )
}

/** Whether the consumer would make roles of one name for both. */
export function isSamePerson(one: string, other: string): boolean {
  return personOf(one) === personOf(other)
}

/** What role names are made from, in lower case because IAM compares names so. */
function personOf(arn: string): string {
  return awsLocalPart(form.exec(arn)?.[2] ?? arn.split('/').at(-1) ?? arn)
}

/** Lists that name the account, as they stand. */
export interface Listed {
  user: boolean
  admin: boolean
}

/** Whether nothing needs to change. The privileged list includes the read-only role. */
export function isAsWanted(direction: Direction, list: string, listed: Listed): boolean {
  if (direction === 'revoke') return list === adminList ? !listed.admin : !listed.user
  return list === adminList ? listed.admin : listed.user || listed.admin
}

export interface Change {
  list: string
  does: 'add' | 'remove'
}

/**
 * The changes that one order means for one file. Whoever leaves the privileged list and keeps read-only access is put
 * on the read-only list in the same step, or that is lost too.
 * @param keeps the list that somebody stays on after a demotion, or `null`
 */
export function changesFor(direction: Direction, list: string, listed: Listed, keeps: string | null): Change[] {
  if (isAsWanted(direction, list, listed)) return []
  if (direction === 'grant') return [{ list, does: 'add' }]
  const lower: Change[] = keeps === userList && list === adminList && !listed.user ? [{ list: keeps, does: 'add' }] : []
  return [...lower, { list, does: 'remove' }]
}
