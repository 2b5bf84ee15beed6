/**
 * What an AWS user name must be for the role lists: role names are made from what stands before the `@`, clusters give
 * access only to names with a dot there, and IAM names have at most 64 characters. One wrong name fails the apply for
 * everybody. Source: the lists' public consumer.
 */
export type AwsNameFault = 'no-at' | 'no-dot' | 'too-long'

/** IAM's own limit for names; role names are made from user names. */
const LONGEST_NAME = 64

/** The first thing that is wrong with a user name, or `null`. */
export function awsNameFault(name: string): AwsNameFault | null {
  if (!name.includes('@')) return 'no-at'
  if (!awsLocalPart(name).includes('.')) return 'no-dot'
  return name.length > LONGEST_NAME ? 'too-long' : null
}

/** What role names are made from, in lower case because IAM compares names so. */
export function awsLocalPart(name: string): string {
  return (name.split('@')[0] ?? name).toLowerCase()
}
