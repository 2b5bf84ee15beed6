import { z } from 'zod'
import type { Act, Refusal, StepRow, World } from '../../requests/act.ts'
import { about, requestOf } from '../../requests/acts/common.ts'
import { lineAsked } from '../../requests/acts/lines.ts'
import type { Office } from '../../requests/world.ts'
import { isShared, neededBy } from '../needed-by.ts'
import { isStillGiving, openBeside, refusedWhileGranting } from '../one-while-granting.ts'
import { goesWith, openRevocation } from '../revoke.ts'
import { settleSteps } from '../settle-steps.ts'
import { type Adapters, isClosed } from '../steps.ts'
import type { Wake } from '../wake.ts'

const input = z.strictObject({
  /** Key of the step that gave it, such as `github-production-deploy`. */
  key: z.string().min(1, 'Choose what is revoked.').max(120),
  reason: lineAsked(),
})

/** Takes back one thing that somebody holds, with its own signed statement; what follows it goes with it. */
export function revokeHoldingAct(parts: {
  office: Office
  adapters: Adapters
  wake: Pick<Wake, 'send'>
}): Act<typeof input> {
  return {
    name: 'revoke-holding',
    on: 'request',
    input,
    readsCard: false,
    allows: (world, _actor, { key }) => refusedNow(world, key),
    statement: (world, { key, reason }) => ({
      request: world.request?.id ?? null,
      reason,
      revokes: goesWith(world, key).map(({ key, account, wanted }) => ({ key, account: account.id, wanted })),
    }),
    async carryOut(doing, world, { key, reason }) {
      const signed = await doing.tx
        .selectFrom('signed_act')
        .select('digest')
        .where('id', '=', doing.signedActId)
        .executeTakeFirstOrThrow()
      doing.log({
        ...about(doing, world),
        type: 'revocation-opened',
        data: { signedAct: doing.signedActId, digest: signed.digest, holding: key },
        detail: { reason },
      })
      if (isStillGiving(world)) await openBeside(doing, world, goesWith(world, key), parts)
      else await openRevocation(doing, { ...world, request: requestOf(world) }, goesWith(world, key), parts)
      await settleSteps(doing, parts.office, parts.adapters, world.card.id)
      return 'Revoking. It is read back, and you see here when it is gone.'
    },
  }
}

/** Why this one thing cannot be revoked now; `null` where it can, also while other steps of its request still give. */
export function refusedNow(world: World, key: string): Refusal | null {
  return isStillGiving(world) ? (refusedWhileGranting(world, key) ?? refusedAnyway(world, key)) : refusedOne(world, key)
}

/** The same for a request that is through; `null` where it can go, also beside others that are on their way out. */
export function refusedOne(world: World, key: string): Refusal | null {
  const { request } = world
  if (request?.state !== 'granted' && request?.state !== 'revoking')
    return {
      code: 'not-granted',
      sentence: 'Only access that is granted can be revoked one by one. Give back or revoke all of it.',
      status: 409,
    }
  const begins = world.steps.some(
    ({ direction, state }) => direction === 'grant' && (state === 'planned' || state === 'ready'),
  )
  if (request.state === 'revoking' && begins)
    return {
      code: 'lowering',
      sentence: 'The level is being lowered. Wait until that is finished, then revoke this.',
      status: 409,
    }
  return refusedAnyway(world, key)
}

/** Whatever else goes on in its request; `null` where it can go. */
export function refusedAnyway(world: World, key: string): Refusal | null {
  const of = (direction: StepRow['direction']) => world.steps.filter((step) => step.direction === direction)
  if (of('revoke').some((step) => step.key === key && !isClosed(step)))
    return { code: 'going', sentence: 'This is being revoked already.', status: 409 }
  const given = of('grant').find((step) => step.key === key)
  if (given && neededBy(world, given) && goesWith(world, key).length === 0) {
    const other = `another request of ${world.engineer?.firstName ?? 'the engineer'}`
    const sentence = isShared(world, given)
      ? `This was given by ${other}. Revoke it there: then it is gone for both.`
      : `This stays because something of ${other} needs it. Revoke or lower that one first.`
    return { code: 'needed-elsewhere', sentence, status: 409 }
  }
  if (goesWith(world, key).length === 0)
    return { code: 'not-held', sentence: 'This is not held any more.', status: 409 }
  return null
}
