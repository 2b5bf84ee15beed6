import type { NewNotice, World } from '../requests/act.ts'
import { fitting } from '../requests/notices.ts'
import { listed } from './doers-notices.ts'
import { isLowering } from './of-level.ts'
import { isTakenSince } from './one-while-granting.ts'
import { isClosed } from './steps.ts'

/** Comments about carrying out, beside the one for the doers: whose turn it is, and when all is granted or revoked. */

function base(world: World): Pick<NewNotice, 'requestId' | 'cardId'> {
  return { requestId: world.request?.id ?? '', cardId: world.card.id }
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

export function engineerStepsNotice(world: World): NewNotice | null {
  const parts = world.steps.flatMap((step) =>
    step.direction === 'grant' && step.plan.engineer && !isClosed(step) ? [step.plan.engineer] : [],
  )
  const whole = [...new Set(parts.map(({ text }) => lower(text)))]
  const short = [...new Set(parts.map(({ short }) => short))]
  if (whole.length === 0 || !world.engineer) return null
  const count = whole.length === 1 ? '1 thing' : `${whole.length} things`
  const where = 'Open this card on a computer for the links.'
  return {
    ...base(world),
    kind: 'your-steps',
    text: fitting(
      `${count} only you can do: ${listed(whole)}. ${where}`,
      `${count} only you can do: ${listed(short)}. ${where}`,
      `${count} only you can do. ${where}`,
    ),
    mentions: [world.engineer.id],
  }
}

/** What a person outside refused, such as a proposal closed without merging: the sponsor asks why. One for each proposal. */
export function refusedNotice(world: World): NewNotice | null {
  const refused = world.steps.find((step) => step.state === 'stuck' && step.turn === 'sponsor')
  if (!refused) return null
  const number = refused.link?.split('/').at(-1) ?? refused.key
  // Loud, and without what was added: names of others have no place on a board.
  if (refused.evidence?.['changed'])
    return {
      ...base(world),
      kind: `changed:${number}`.slice(0, 80),
      text: `somebody changed what was proposed for ${refused.plan.systemName} after you approved it. Nobody should merge or apply it. Open this card on a computer.`,
      mentions: sponsorOf(world),
    }
  const what =
    refused.method === 'pull-request'
      ? `the pull request for ${refused.plan.systemName} was closed without merging`
      : `${refused.plan.systemName} was refused`
  return {
    ...base(world),
    kind: `refused:${number}`.slice(0, 80),
    text: `${what}. Ask why, then try again or stop: open this card on a computer.`,
    mentions: sponsorOf(world),
  }
}

/** Steps that are held until the sponsor looks again. Never why: a board tells no private matter. */
export function heldNotice(world: World): NewNotice | null {
  if (!world.steps.some((step) => step.direction === 'grant' && step.state === 'stopped')) return null
  return {
    ...base(world),
    kind: 'held',
    // Approved again, it may be held again.
    ...(world.request?.approved_at ? { turnSince: world.request.approved_at } : {}),
    text: 'nothing more is given here until you look at it again. Open this card on a computer.',
    mentions: sponsorOf(world),
  }
}

/** Somebody else than the sponsor stopped the request: it is the sponsor's turn. @param since when it was stopped */
export function stoppedNotice(world: World, since: Date): NewNotice {
  return {
    ...base(world),
    kind: 'stopped',
    turnSince: since,
    text: 'this request was stopped. Let it go on, or revoke what is done: open this card on a computer.',
    mentions: sponsorOf(world),
  }
}

/** Whoever approved while they still may, else the first who may now. */
export function sponsorOf({ request, sponsors }: World): string[] {
  const approver = request?.approved_by
  return approver && sponsors.includes(approver) ? [approver] : sponsors.slice(0, 1)
}

export function grantedNotice(world: World): NewNotice {
  const { lowered_from = null, lowered_at = null, approved_at = null } = world.request ?? {}
  const decided = lowered_from === null ? null : (lowered_at ?? approved_at)
  const level = world.plan?.levelName ?? 'production access'
  return {
    ...base(world),
    kind: 'granted',
    // Told once of the approval and once of each lowering since, or what was approved in its place; what is granted again is
    // no news.
    ...(decided ? { turnSince: decided } : {}),
    text: world.steps.some((step) => step.direction === 'grant' && isTakenSince(world, step))
      ? `you have ${level} now, without what was given back or revoked meanwhile. Every step is verified, or seen by a second person.`
      : `you have ${level} now. Every step is verified, or seen by a second person.`,
    mentions: world.engineer ? [world.engineer.id] : [],
  }
}

/** Somebody revokes everything at once: another learns of it, without why; the first of `others` who is on the board. */
export function toldOfCauseNotice(world: World, others: string[]): NewNotice {
  return {
    ...base(world),
    kind: 'for-cause',
    // Why is nobody's business on a board, and so it reads like any revocation.
    text: 'access is being revoked. Open this card on a computer to see what is still there.',
    mentions: others,
    mention: 'first-on-board',
  }
}

/** How a revocation went: what another request of the same person needs stays. */
export type Ended = 'whole' | 'part' | 'kept elsewhere' | 'rest kept elsewhere'

/** @param edits the notice that told the doers: it becomes this one, because nobody is asked for anything */
export function revokedNotice(world: World, how: Ended, edits: string | null): NewNotice {
  const level = world.plan?.levelName ?? 'production access'
  const part = isLowering(world)
    ? `what you had beyond ${level} is gone. ${level} stays.`
    : `part of ${level} was revoked. Open this card on a computer to see which.`
  const kept = `this request for ${level} has ended. What is held of it stays, because another request needs it.`
  return {
    ...base(world),
    // A part told of while Trello is down does not stand for the end.
    kind: how === 'part' ? 'revoked-part' : 'revoked',
    ...(edits === null ? {} : { edits }),
    text: {
      whole: `${level} was revoked. Nothing of it is left.`,
      part,
      'kept elsewhere': kept,
      'rest kept elsewhere': `${level} was revoked. Only what another request needs stays.`,
    }[how],
    mentions: world.engineer ? [world.engineer.id] : [],
  }
}
