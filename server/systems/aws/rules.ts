import { SystemFailure } from '../../grants/system.ts'

/** What an ARN must be, so that one line does not fail the apply for everybody. */

const form = /^arn:aws:iam::(\d{12}):user\/([\w+=,.@-]+)$/
/** IAM's own limit for names; role names are made from user names. */
const LONGEST_NAME = 64

const wrong = (message: string, remedy: string) => new SystemFailure('refused-by-rule', message, remedy)

/** @throws SystemFailure for an ARN that would break the lists' consumer */
export function checkArn(arn: string): void {
  const [, , user] = form.exec(arn) ?? []
  if (!user) throw wrong('This is not the ARN of an IAM user.', 'The engineer gives their AWS user name again.')
  if (!user.includes('@'))
    throw wrong(
      'The AWS user name has no @, and role names are made from what stands before it.',
      'The AWS user is made again with the work address as its name.',
    )
  if (user.length > LONGEST_NAME)
    throw wrong('The AWS user name is longer than 64 characters.', 'The AWS user is made again with a shorter name.')
}

/**
 * Refuses a second ARN for the same person: two role names would be equal, and the plan fails for everybody.
 * @param existing ARNs of all lists that the consumer reads together
 */
export function refuseSamePerson(arn: string, existing: string[]): void {
  const other = existing.find((one) => one !== arn && personOf(one) === personOf(arn))
  if (other)
    throw wrong(
      'The same person is in the list already under another ARN.',
      'Somebody who owns the repository removes the old one first.',
    )
}

function personOf(arn: string): string {
  return (form.exec(arn)?.[2] ?? arn).split('@')[0]?.toLowerCase() ?? arn
}
