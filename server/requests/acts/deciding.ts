import { z } from 'zod'
import { json } from '../../db/json.ts'
import { isSamePerson, isThatPerson } from '../../rules/same-person.ts'
import type { Act } from '../act.ts'
import { beforeApproval, openStates, revokedSinceAsked } from '../life.ts'
import { changesAskedNotice, declinedNotice, withdrawnNotice } from '../notices.ts'
import { about, changeRequest, onlyIn, requestOf } from './common.ts'
import { lineAsked, optionalLine } from './lines.ts'

const reason = lineAsked('Say why, in a line. The engineer and their sponsors can read it.')

const changes = z
  .strictObject({
    what: z.array(z.string().max(200)).default([]),
    line: optionalLine(),
  })
  .refine(({ what, line }) => what.length > 0 || line !== '', {
    path: ['line'],
    message: 'Choose what is missing, or say it in a line.',
  })

/** The sponsor asks for changes: back to the engineer, with the reason in the section and not in the comment. */
export const askForChanges: Act<typeof changes> = {
  name: 'ask-for-changes',
  on: 'request',
  input: changes,
  readsCard: false,
  allows: (world) => onlyIn(world, ['open', 'ready']),
  statement: (world, input) => ({ request: world.request?.id ?? null, ...input }),
  async carryOut(doing, world, { what, line }) {
    const asked = {
      what,
      line: line === '' ? null : line,
      by: doing.actor.person.id,
      at: doing.clock.calendar().toISOString(),
    }
    await changeRequest(doing, requestOf(world), { changes_asked: json(asked) }, 'changes-asked')
    doing.log({ ...about(doing, world), type: 'changes-asked', data: {}, detail: { what, line: asked.line } })
    doing.notify(changesAskedNotice(world))
    return `${world.engineer?.firstName ?? 'The engineer'} was asked for changes.`
  },
}

const why = z.strictObject({ reason })

/** The sponsor says no. Final; a new request links back. */
export const decline: Act<typeof why> = {
  name: 'decline',
  on: 'request',
  input: why,
  readsCard: false,
  allows: (world) => onlyIn(world, beforeApproval),
  statement: (world, input) => ({ request: world.request?.id ?? null, ...input }),
  async carryOut(doing, world, input) {
    const closing = { closing_reason: input.reason, closed_by: doing.actor.person.id }
    await changeRequest(doing, requestOf(world), closing, 'declined')
    doing.log({ ...about(doing, world), type: 'declined', data: {} })
    doing.notify(declinedNotice(world))
    return `The request is declined. ${world.engineer?.firstName ?? 'The engineer'} was told, and can ask again.`
  },
}

const optionalWhy = z.strictObject({ reason: optionalLine() })

/** The engineer or a sponsor takes the request back before anything was granted. */
export const withdraw: Act<typeof optionalWhy> = {
  name: 'withdraw',
  on: 'request',
  input: optionalWhy,
  readsCard: false,
  allows: (world) => onlyIn(world, beforeApproval),
  statement: (world, input) => ({ request: world.request?.id ?? null, ...input }),
  async carryOut(doing, world, input) {
    const closing = { closing_reason: input.reason || null, closed_by: doing.actor.person.id }
    await changeRequest(doing, requestOf(world), closing, 'withdrawn')
    doing.log({ ...about(doing, world), type: 'withdrawn', data: {} })
    const { engineer } = world
    if (!engineer || isSamePerson(engineer, doing.actor.person)) return 'The request is withdrawn. Nothing was granted.'
    doing.notify(withdrawnNotice(world))
    return `The request is withdrawn. Nothing was granted. A comment on the card tells ${engineer.firstName}, who can ask again.`
  },
}

const nothing = z.strictObject({})

/** After a card was archived or moved, or all access was revoked: somebody says that the request goes on. */
export const resumePaused: Act<typeof nothing> = {
  name: 'resume-paused',
  on: 'request',
  input: nothing,
  readsCard: false,
  allows(world, actor) {
    if (
      world.request?.paused_because === revokedSinceAsked &&
      isThatPerson(world.people, world.request.person_id, actor.person)
    )
      return {
        code: 'own-revoked',
        sentence:
          'You cannot continue this because your access was revoked since you asked. A sponsor or 2nd line can.',
        status: 403,
      }
    if (world.request?.paused_because) return onlyIn(world, openStates)
    return { code: 'not-paused', sentence: 'This request is not paused.', status: 409 }
  },
  statement: (world) => ({ request: world.request?.id ?? null, because: world.request?.paused_because ?? null }),
  async carryOut(doing, world) {
    await changeRequest(doing, requestOf(world), { paused_because: null })
    doing.log({ ...about(doing, world), type: 'resumed', data: { because: 'card' } })
    return 'The request goes on.'
  },
}

/** Whatever a person does about a request starts its quiet time again, and this does nothing else. */
export const keepOpen: Act<typeof nothing> = {
  name: 'keep-open',
  on: 'request',
  input: nothing,
  readsCard: false,
  allows: (world) => onlyIn(world, beforeApproval),
  statement: (world) => ({ request: world.request?.id ?? null }),
  async carryOut(doing, world) {
    doing.log({ ...about(doing, world), type: 'kept-open', data: {} })
    return 'The request stays open.'
  },
}
