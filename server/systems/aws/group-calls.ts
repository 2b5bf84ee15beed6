import { AddUserToGroupCommand, GetGroupCommand, RemoveUserFromGroupCommand } from '@aws-sdk/client-iam'
import { z } from 'zod'
import { SystemFailure } from '../../grants/system.ts'
import { allPages } from '../listing.ts'
import { type AwsAccount, accountOf, checked } from './account.ts'
import { aboutSomebodyElse, isFull } from './failures.ts'

/** Groups of IAM users, by the three calls that one needs to change and to read them. */

export interface Members {
  /** As IAM answers them. */
  users: unknown[]
  requestId: string | null
}

/** 5,000 users, which is all that an account may have, at the 100 that IAM puts on a page. */
const MOST_PAGES = 50

const page = z.object({
  Group: z.object({ GroupName: z.string(), Arn: z.string() }),
  Users: z.array(z.unknown()),
  IsTruncated: z.boolean().optional(),
  Marker: z.string().optional(),
  $metadata: z.object({ requestId: z.string().optional() }),
})
const done = z.object({ $metadata: z.object({ requestId: z.string().optional() }) })

/** Everybody in a group, whole. @returns `null` where there is no such group. @throws SystemFailure */
export async function membersOf(account: AwsAccount, group: string): Promise<Members | null> {
  let requestId: string | null = null
  let isThere = true
  const users = await allPages(`The group ${group}`, MOST_PAGES, async (_at, marker) => {
    const found = await account.iam('read groups', 'iam:GetGroup', (client) =>
      client.send(new GetGroupCommand({ GroupName: group, ...(marker ? { Marker: marker } : {}) })),
    )
    if (!found) {
      isThere = false
      return { rows: [], next: null }
    }
    const { Group, Users, IsTruncated, Marker, $metadata } = checked(page, found)
    // IAM tells names apart without their case.
    const isIt = Group.GroupName.toLowerCase() === group.toLowerCase() && accountOf(Group.Arn) === account.id
    if (!isIt) throw aboutSomebodyElse()
    requestId = $metadata.requestId ?? null
    return { rows: Users, next: IsTruncated ? (Marker ?? null) : null }
  })
  return isThere ? { users, requestId } : null
}

/** Adding somebody who is in it already changes nothing. @returns `null` where the group or the user is not there */
export async function addTo(account: AwsAccount, group: string, user: string) {
  const found = await account.iam('add users to groups', 'iam:AddUserToGroup', async (client) => {
    try {
      return await client.send(new AddUserToGroupCommand({ GroupName: group, UserName: user }))
    } catch (error) {
      throw isFull(error) ? tooManyGroups(user) : error
    }
  })
  return found && checked(done, found).$metadata
}

/** @returns `null` where the user was not in it any more, or the group is gone */
export async function removeFrom(account: AwsAccount, group: string, user: string) {
  const found = await account.iam('remove users from groups', 'iam:RemoveUserFromGroup', (client) =>
    client.send(new RemoveUserFromGroupCommand({ GroupName: group, UserName: user })),
  )
  return found && checked(done, found).$metadata
}

function tooManyGroups(user: string): SystemFailure {
  return new SystemFailure(
    'refused-by-rule',
    `${user} is in as many groups as AWS allows for one user.`,
    'Whoever keeps the AWS accounts takes them out of a group that they do not need, then somebody tries again.',
  )
}
