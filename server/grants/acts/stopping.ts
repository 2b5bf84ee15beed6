import { z } from 'zod'
import type { Act, Refusal } from '../../requests/act.ts'
import { about, changeRequest, onlyIn, requestOf } from '../../requests/acts/common.ts'
import { optionalLine } from '../../requests/acts/lines.ts'
import { currentRequest } from '../../requests/current.ts'
import type { Office } from '../../requests/world.ts'
import { isThatPerson } from '../../rules/same-person.ts'
import { goesOn, needsApprovalAgain, planDiffers, stoppedSteps } from '../again.ts'
import { settleRemoved } from '../found-extras.ts'
import { goOnFrom } from '../go-on-from.ts'
import { handOn, handOnUnseen } from '../needed-by.ts'
import { stoppedNotice } from '../notices.ts'
import { otherAccountHeld } from '../other-account.ts'
import { goesWhole, openRevocation } from '../revoke.ts'
import { settleSteps } from '../settle-steps.ts'
import { type Adapters, lookAtProposals } from '../steps.ts'
import type { Wake } from '../wake.ts'

const why = z.strictObject({ reason: optionalLine() })
const nothing = z.strictObject({})

/** Ends further steps at once. What is only proposed is withdrawn, what is under way finishes; nothing is undone by this. */
export const stop: Act<typeof why> = {
  name: 'stop',
  on: 'request',
  input: why,
  readsCard: false,
  allows: (world) => onlyIn(world, ['granting']),
  statement: (world, input) => ({ request: world.request?.id ?? null, ...input }),
  async carryOut(doing, world, { reason }) {
    const request = requestOf(world)
    await changeRequest(doing, request, { closing_reason: reason || null, closed_by: doing.actor.person.id }, 'stopped')
    await doing.tx
      .updateTable('step')
      .set({
        state: 'stopped',
        since: doing.clock.calendar(),
        turn: 'sponsor',
        sentence: 'Stopped before it began.',
        next_check_at: null,
      })
      .where('request_id', '=', request.id)
      .where('direction', '=', 'grant')
      .where((eb) =>
        eb.or([eb('state', '=', 'planned'), eb.and([eb('state', '=', 'ready'), eb('intent_at', 'is', null)])]),
      )
      .execute()
    await lookAtProposals(doing.tx, request.id, doing.clock.wall())
    doing.log({ ...about(doing, world), type: 'stopped', data: { because: 'act' } })
    const stopped = await currentRequest(doing.tx, world.card.id)
    const notice = stoppedNotice(world, stopped?.state_since ?? doing.clock.calendar())
    if (notice.mentions.some((id) => isThatPerson(world.people, id, doing.actor.person)))
      return 'Stopped. Nothing more begins. Let it go on later, or revoke what is done.'
    doing.notify(notice)
    const sponsor = world.people.get(notice.mentions[0] ?? '')?.fullName ?? 'a sponsor'
    return `Stopped. Nothing more begins. A comment on the card asks ${sponsor} whether it goes on or is revoked.`
  },
}

/**
 * The sponsor lets a request go on that was only stopped: all is as it was approved, so the approval stands. Where
 * anything differs it is looked at and approved again, by `approve`.
 */
export function goOnAct(parts: { office: Office; adapters: Adapters; wake: Pick<Wake, 'send'> }): Act<typeof nothing> {
  return {
    name: 'go-on',
    on: 'request',
    input: nothing,
    readsCard: true,
    allows(world): Refusal | null {
      if (world.request?.state !== 'stopped' && stoppedSteps(world).length === 0)
        return { code: 'not-stopped', sentence: 'Nothing is stopped here.', status: 409 }
      if (world.findings.some((finding) => finding.outcome === 'not-met'))
        return { code: 'not-met', sentence: 'This cannot go on because a condition is not met any more.', status: 409 }
      const held = otherAccountHeld(world) ?? planDiffers(world)
      if (held) return held
      if (needsApprovalAgain(world))
        return {
          code: 'approve-again',
          sentence: 'This cannot go on as it was, because something changed. Check the change and approve again.',
          status: 409,
        }
      return onlyIn(world, ['stopped'])
    },
    statement: (world) => ({
      request: world.request?.id ?? null,
      approval: world.request?.approval_id ?? null,
      goesOn: goesOn(world).map(({ step }) => step.key),
    }),
    async carryOut(doing, world) {
      await changeRequest(doing, requestOf(world), { closing_reason: null, closed_by: null }, 'granting')
      doing.log({ ...about(doing, world), type: 'resumed', data: { because: 'act' } })
      await goOnFrom(doing, world, parts)
      return 'It goes on.'
    },
  }
}

/** Undoes everything that an approved request had done so far; where nothing was, the request ends with this. */
export function undoGrantedAct(parts: {
  office: Office
  adapters: Adapters
  wake: Pick<Wake, 'send'>
}): Act<typeof why> {
  return {
    name: 'undo-granted',
    on: 'request',
    input: why,
    readsCard: false,
    // One thing that is on its way out, for as long as nobody takes it, keeps nobody from revoking the rest.
    allows: (world): Refusal | null =>
      world.request?.state === 'revoking' && goesWhole(world).length > 0
        ? null
        : onlyIn(world, ['granting', 'granted', 'stopped']),
    statement: (world, input) => ({
      request: world.request?.id ?? null,
      ...input,
      revokes: goesWhole(world).map(({ key, account, wanted }) => ({ key, account: account.id, wanted })),
    }),
    async carryOut(doing, world, { reason }) {
      const signed = await doing.tx
        .selectFrom('signed_act')
        .select('digest')
        .where('id', '=', doing.signedActId)
        .executeTakeFirstOrThrow()
      doing.log({
        ...about(doing, world),
        type: 'undo-opened',
        data: { signedAct: doing.signedActId, digest: signed.digest },
        ...(reason === '' ? {} : { detail: { reason } }),
      })
      const goes = goesWhole(world)
      const kept = await handOn(doing, world, about(doing, world))
      await handOnUnseen(doing, world, about(doing, world))
      await openRevocation(doing, world, goes, parts)
      const { person_id: personId } = requestOf(world)
      const removed = await settleRemoved(doing.tx, {
        personId,
        goes,
        by: doing.actor.person.id,
        now: doing.clock.calendar(),
      })
      for (const found of removed)
        doing.log({
          ...about(doing, world),
          type: 'drift-removal-opened',
          data: { signedAct: doing.signedActId, digest: signed.digest, ...found },
        })
      // What was found is in the statement and in the steps now.
      await doing.tx
        .deleteFrom('also_found')
        .where('request_id', '=', world.request?.id ?? '')
        .execute()
      await settleSteps(doing, parts.office, parts.adapters, world.card.id)
      if (goes.length === 0 && kept > 0)
        return 'The request has ended. What it gave stays, because another request needs it.'
      if (goes.length === 0) return 'The request has ended. Nothing had been given, so nothing is revoked.'
      return 'Revoking. Every system is read back, and you see here what is still there.'
    },
  }
}
