import type { Doing, World } from '../../requests/act.ts'
import { requestOf } from '../../requests/acts/common.ts'
import { judgeSponsorship } from '../../rules/sponsorship.ts'
import { toSign } from '../again.ts'

/**
 * What the log says of every approval, the first and any later one alike: its evidence, the plan and rule set that were
 * signed, and as what the sponsor could approve. `npm run verify` compares it with the signed statement.
 * @throws TypeError without a plan or an engineer, which the act's own rules refuse before
 */
export async function approvalData(doing: Doing, world: World): Promise<Record<string, string>> {
  const { plan, engineer } = world
  const signed = toSign(world)
  if (!plan || !signed || !engineer) throw new TypeError('An approval needs a plan.')
  const { digest } = await doing.tx
    .selectFrom('signed_act')
    .select('digest')
    .where('id', '=', doing.signedActId)
    .executeTakeFirstOrThrow()
  const level = requestOf(world).level
  const sponsor = judgeSponsorship({ ...world, level, engineer, viewer: doing.actor.person })
  return {
    signedAct: doing.signedActId,
    digest,
    planHash: signed.hash,
    ruleSet: plan.ruleSet.id,
    ruleSetDigest: plan.ruleSet.digest,
    relation: sponsor.may ? sponsor.relation : 'unknown',
  }
}
