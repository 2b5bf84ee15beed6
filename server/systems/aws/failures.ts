import { SystemFailure } from '../../grants/system.ts'
import { failuresOf } from '../http/failures.ts'
import { isRefusedAnswer } from '../http/outgoing.ts'

/** AWS's answers as typed failures. Codes are those that IAM and STS document; texts of AWS are never shown. */

const again = 'This is tried again. If it stays, look at AWS’s status page.'

const throttling = [
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'SlowDown',
  'PriorRequestNotComplete',
  'LimitExceededException',
]
const expired = ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired']
const refusedCredentials = [
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'IncompleteSignature',
  'MissingAuthenticationToken',
  'AuthFailure',
  'OptInRequired',
  'RegionDisabledException',
]
const notAllowed = ['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'NotAuthorized']

/** What an error of the SDK says of itself, as far as we use it. */
function said(error: unknown): { name: string; status: number | null } {
  if (typeof error !== 'object' || error === null) return { name: '', status: null }
  const name = 'name' in error && typeof error.name === 'string' ? error.name : ''
  const metadata = '$metadata' in error ? error.$metadata : null
  const status =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata ? metadata.httpStatusCode : null
  return { name, status: typeof status === 'number' ? status : null }
}

/** Whether a session of ours ended before we thought it would. */
export function hasRunOut(error: unknown): boolean {
  return expired.includes(said(error).name)
}

/** Whether a quota is full, which waiting does not mend. */
export function isFull(error: unknown): boolean {
  return ['LimitExceeded', 'LimitExceededException'].includes(said(error).name)
}

export function isNotThere(error: unknown): boolean {
  return ['NoSuchEntity', 'NoSuchEntityException'].includes(said(error).name)
}

/**
 * The typed failure behind whatever the SDK threw.
 * @param what the call in words: "read roles in staging"
 * @param lacks what our role, or whoever assumes it, must be allowed: "iam:GetRole"
 * @param ours our role in words
 */
export function awsFailure(error: unknown, what: string, lacks: string, ours = 'our reading role'): SystemFailure {
  if (error instanceof SystemFailure) return error
  if (isRefusedAnswer(error)) return failuresOf('AWS').refusedAnswer()
  const { name, status } = said(error)
  if (throttling.includes(name) || status === 429)
    return new SystemFailure('throttled', 'AWS asks us to slow down.', 'This is tried again by itself.')
  if (expired.includes(name))
    return new SystemFailure(
      'unauthorised',
      'The credentials with which we read AWS have run out.',
      'Whoever runs this server renews them, then tries again.',
    )
  if (refusedCredentials.includes(name) || status === 401)
    return new SystemFailure(
      'unauthorised',
      'AWS does not accept our credentials.',
      'Whoever runs this server renews the credentials with which it reads AWS, then tries again.',
    )
  if (notAllowed.includes(name) || status === 403)
    return new SystemFailure(
      'forbidden',
      `AWS does not let us ${what}.`,
      `Whoever keeps the AWS accounts allows ${ours} ${lacks}, then tries again.`,
    )
  if (name === 'CredentialsProviderError')
    return new SystemFailure(
      'unauthorised',
      'This server has no AWS credentials.',
      'Whoever runs this server gives it a role or keys, as the AWS SDK looks for them, then tries again.',
    )
  if (status !== null && status >= 500) return new SystemFailure('transient', 'AWS has a problem of its own.', again)
  if (status !== null && status >= 400)
    return new SystemFailure(
      'invalid',
      `AWS does not understand how we ${what}.`,
      'Look at the attempts, or let people do it by hand.',
    )
  // No status: no answer came, or one that breaks off.
  return new SystemFailure('transient', 'AWS could not be reached, or its answer broke off.', again)
}

/** For answers that are not what they should be; nothing is built on them. */
export const notUnderstood = () =>
  new SystemFailure(
    'invalid',
    'We do not understand what AWS answered.',
    'Look at the attempts, or let people do it by hand.',
  )
export const aboutSomebodyElse = () =>
  new SystemFailure(
    'invalid',
    'AWS answered about somebody or something else.',
    'Look at the attempts. Nothing was changed after that answer.',
  )
