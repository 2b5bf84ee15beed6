import type { NewNotice, StepRow, World } from '../requests/act.ts'
import { isClosed } from './steps.ts'

/** Comments about carrying out: one for all of the engineer's steps, one for the doers, one when it is granted. */

function base(world: World): Pick<NewNotice, 'requestId' | 'cardId'> {
  return { requestId: world.request?.id ?? '', cardId: world.card.id }
}

function listed(parts: string[]): string {
  // A part with a comma of its own would run into the next.
  if (parts.some((part) => part.includes(','))) return parts.join('; ')
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

export function engineerStepsNotice(world: World): NewNotice | null {
  const parts = world.steps
    .filter((step) => step.direction === 'grant' && step.plan.engineer && !isClosed(step))
    .map((step) => lower(step.plan.engineer?.text ?? ''))
  const own = [...new Set(parts)]
  if (own.length === 0 || !world.engineer) return null
  const count = own.length === 1 ? '1 thing' : `${own.length} things`
  return {
    ...base(world),
    kind: 'your-steps',
    text: `${count} only you can do: ${listed(own)}. Open this card on a computer for the links.`,
    mentions: [world.engineer.id],
  }
}

/** One comment for everything that 2nd line (or Senior Tech, where nothing is 2nd line's) will do: later turns bring none. */
export function doersNotice(world: World, steps: StepRow[]): NewNotice | null {
  const open = steps.filter((step) => step.direction === 'grant' && !isClosed(step))
  const namesOf = (some: StepRow[]) => [...new Set(some.map((step) => step.plan.words.short))]
  const theirs = open.some((step) => step.turn === 'second-line') ? 'second-line' : 'senior-tech'
  const now = namesOf(open.filter((step) => step.turn === theirs))
  if (now.length === 0) return null
  const later = namesOf(
    open.filter((step) => step.turn !== theirs && step.method === 'task' && step.plan.task?.doer === theirs),
  ).filter((name) => !now.includes(name))
  const who = world.engineer?.fullName ?? 'The engineer'
  const level = world.plan?.levelName ?? 'production access'
  const whose = theirs === 'second-line' ? '2nd line' : 'Senior Tech'
  const then = later.length > 0 ? `, later ${listed(later)}` : ''
  return {
    ...base(world),
    kind: theirs === 'second-line' ? 'doers' : 'senior-tech',
    text: `${who} was approved for ${level}. Steps for ${whose}: now ${listed(now)}${then}. One of you does each, the other looks at it. Open this card or the access queue on a computer.`,
    mentions: pairOf(world, theirs),
  }
}

/** Who does and who looks: both learn of it in one comment, so that no later turn of theirs needs another. */
function pairOf(world: World, theirs: 'second-line' | 'senior-tech'): string[] {
  const notEngineer = (id: string) => id !== world.engineer?.id
  if (theirs === 'second-line') return world.secondLine.filter(notEngineer).slice(0, 2)
  return seniorTech(world).slice(0, 2)
}

/** Senior Tech, whoever approved first: they know the request. */
function seniorTech(world: World): string[] {
  const senior = world.sponsors.filter((id) => world.people.get(id)?.seniorTech?.value === true)
  return senior.toSorted((a, b) => Number(b === world.request?.approved_by) - Number(a === world.request?.approved_by))
}

/** Steps that become Senior Tech's after 2nd line was told of theirs; one comment for all of them. */
export function seniorNotice(world: World): NewNotice | null {
  const open = world.steps.filter((step) => step.direction === 'grant' && !isClosed(step))
  const namesOf = (some: StepRow[]) => [...new Set(some.map((step) => step.plan.words.short))]
  const now = namesOf(open.filter((step) => step.turn === 'senior-tech'))
  if (now.length === 0) return null
  const later = namesOf(
    open.filter(
      (step) => step.turn !== 'senior-tech' && step.method === 'task' && step.plan.task?.doer === 'senior-tech',
    ),
  ).filter((name) => !now.includes(name))
  const then = later.length > 0 ? `, later ${listed(later)}` : ''
  return {
    ...base(world),
    kind: 'senior-tech',
    text: `steps for Senior Tech: now ${listed(now)}${then}. One of you does each, the other looks at it. Open this card or the access queue on a computer.`,
    mentions: pairOf(world, 'senior-tech'),
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
    text: 'nothing more is given here until you look at it again. Open this card on a computer.',
    mentions: sponsorOf(world),
  }
}

/** Whoever approved while they still may, else the first who may now. */
function sponsorOf({ request, sponsors }: World): string[] {
  const approver = request?.approved_by
  return approver && sponsors.includes(approver) ? [approver] : sponsors.slice(0, 1)
}

export function grantedNotice(world: World): NewNotice {
  const level = world.plan?.levelName ?? 'production access'
  return {
    ...base(world),
    kind: 'granted',
    text: `you have ${level} now. Every step is verified, or seen by a second person.`,
    mentions: world.engineer ? [world.engineer.id] : [],
  }
}

export function stuckNotice(world: World, step: StepRow): NewNotice {
  return {
    ...base(world),
    kind: `stuck:${step.key}`,
    text: `the step ${step.plan.words.short} has been stuck for a day. Open this card or the access queue on a computer for what to do.`,
    mentions: whoseTurn(world, step),
  }
}

function whoseTurn(world: World, { turn }: StepRow): string[] {
  switch (turn) {
    case 'engineer':
      return world.engineer ? [world.engineer.id] : []
    case 'sponsor':
      return sponsorOf(world)
    case 'senior-tech':
      return seniorTech(world).slice(0, 1)
    default:
      return world.secondLine.slice(0, 1)
  }
}

/** Somebody revokes everything at once: another learns of it, without why. */
export function toldOfCauseNotice(world: World, second: string | null): NewNotice {
  return {
    ...base(world),
    kind: 'for-cause',
    text: 'access is being revoked at once, and you are told as a second person. Open this card on a computer to see what is still there.',
    mentions: second ? [second] : [],
  }
}

export function revokedNotice(world: World, whole: boolean): NewNotice {
  const level = world.plan?.levelName ?? 'production access'
  return {
    ...base(world),
    kind: 'revoked',
    text: whole
      ? `${level} was revoked. Nothing of it is left.`
      : `part of ${level} was revoked. Open this card on a computer to see which.`,
    mentions: world.engineer ? [world.engineer.id] : [],
  }
}
