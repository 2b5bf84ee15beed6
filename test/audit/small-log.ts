import { randomBytes } from 'node:crypto'
import { append } from '../../server/audit/append.ts'
import type { NewEvent } from '../../server/audit/events.ts'
import type { Clock } from '../../server/clock.ts'
import type { Database } from '../../server/db/database.ts'
import { canonical, digestOf, writeChallenge } from '../../server/requests/challenge.ts'
import { createTokenSigner } from '../local-trello/signer.ts'

/** A small log with everything in it that the verifier looks at: Sam approves Priya's request. */

const at = new Date('2026-03-02T09:00:00.000Z')
export const clock: Clock = { wall: () => at, calendar: () => at }
export const signer = createTokenSigner(() => at)
export const samsMember = '5f0000000000000000000001'

const about = { requestId: 'r-1', personId: 'p-priya', stepId: null, boardId: 'board-1' }

export function opened(requestId = 'r-1'): NewEvent {
  return { ...about, requestId, type: 'request-opened', actor: 'p-priya', data: { level: 'deploy' } }
}

/** What is kept of one signed approval; `as` swaps who signed the token. */
export async function signedApproval(as = samsMember) {
  const statement = canonical({
    act: 'approve',
    subject: 'r-1',
    by: { member: samsMember, person: 'p-sam', board: 'board-1' },
    input: { confirmed: ['CD2'] },
    about: { plan: 'a1b2' },
  })
  const digest = digestOf(statement)
  const challenge = writeChallenge({ act: 'approve', subject: 'r-1', digest, nonce: randomBytes(16).toString('hex') })
  const token = await signer.sign({ idPlugin: 'plugin', idBoard: 'board-1', idMember: as, state: challenge })
  const [publicKey = ''] = signer.publicKeys()
  return {
    id: 'a-1',
    act: 'approve',
    subject: 'r-1',
    digest,
    statement,
    challenge,
    token,
    publicKey,
    memberId: samsMember,
  }
}

export async function writeSmallLog({ transaction }: Database): Promise<void> {
  await transaction((tx) => append(tx, [opened(), { ...opened(), type: 'ready', data: {} }], clock))
  await transaction(async (tx) => {
    const { publicKey, memberId, ...kept } = await signedApproval()
    await tx
      .insertInto('signed_act')
      .values({ ...kept, public_key: publicKey, member_id: memberId, person_id: 'p-sam', at })
      .execute()
    const data = {
      signedAct: kept.id,
      digest: kept.digest,
      planHash: 'a1b2',
      ruleSet: '2024-11',
      ruleSetDigest: 'c3d4',
      relation: 'tech-lead',
      sameAsReviewer: false,
    }
    await append(tx, [{ ...about, type: 'approved', actor: 'p-sam', data }], clock)
  })
  await transaction((tx) =>
    append(
      tx,
      [{ ...opened(), type: 'granted', actor: 'system', data: { level: 'deploy', proofs: { verified: 2 } } }],
      clock,
    ),
  )
}
