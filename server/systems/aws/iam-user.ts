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

export async function readIamUser(base: AwsAccount, order: StepOrder): Promise<Observation> {
  const { name, id } = order.account
  const user = await userOf(base, order)
  const evidence = { awsAccount: base.name, user: id, awsRequestId: user?.requestId ?? null }
  if (!user)
    return {
      is: 'absent',
      detail: `There is no IAM user ${name} in ${base.name}.`,
      evidence: { ...evidence, exists: false },
    }
  const mfaDevices = await base.mfaDevices(userNameIn(id))
  return mfaDevices === 0
    ? {
        is: 'absent',
        detail: `The IAM user ${name} has no MFA device.`,
        evidence: { ...evidence, exists: true, mfaDevices },
      }
    : {
        is: 'present',
        detail: `The IAM user ${name} is there, with MFA.`,
        evidence: { ...evidence, exists: true, mfaDevices },
      }
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
