import { type Observation, type StepOrder, SystemFailure } from '../../grants/system.ts'
import type { AwsAccount } from './account.ts'
import { checkArn, userNameIn } from './rules.ts'

/** The IAM user in the base account, on whom every role of the lists depends. */

interface IamUser {
  requestId: string | null
}

/** @returns `null` where there is no such user. @throws SystemFailure also where the user has another ARN */
async function userOf(base: AwsAccount, { account }: StepOrder): Promise<IamUser | null> {
  checkArn(account.id)
  const found = await base.user(userNameIn(account.id))
  if (found && found.arn !== account.id)
    throw new SystemFailure(
      'unusable-account',
      `The IAM user ${account.name} has another ARN than the one that was approved.`,
      'The engineer gives their AWS user name again. Then the sponsor approves again.',
    )
  return found
}

/** Only the engineer can ask for their user and assign its MFA device. */
export async function readIamUser(base: AwsAccount, order: StepOrder): Promise<Observation> {
  const { name, id } = order.account
  const user = await userOf(base, order)
  const mfaDevices = user ? await base.mfaDevices(userNameIn(id)) : 0
  const evidence = {
    awsAccount: base.name,
    user: id,
    exists: user !== null,
    mfaDevices,
    awsRequestId: user?.requestId ?? null,
  }
  if (mfaDevices > 0) return { is: 'present', detail: `The IAM user ${name} is there, with MFA.`, evidence }
  const detail = user
    ? `The IAM user ${name} has no MFA device: assign one under Security credentials.`
    : `There is no IAM user ${name} in ${base.name}: ask for one with the AWS access form.`
  return { is: 'waiting', waitsFor: 'engineer', detail, link: null, who: null, evidence }
}

/**
 * Before anything is proposed for somebody: a trust policy that names a missing user is refused by AWS, and the apply
 * stops for everybody. @throws SystemFailure where the user is not there
 */
export async function needsIamUser(base: AwsAccount, order: StepOrder): Promise<void> {
  if (await userOf(base, order)) return
  const { name } = order.account
  throw new SystemFailure(
    'unknown-person',
    `There is no IAM user ${name} in ${base.name}. A role for a missing user would stop the apply for everybody, so nothing was proposed.`,
    `${order.engineerName} asks for an AWS user, or gives the right name. Then somebody tries again.`,
  )
}
