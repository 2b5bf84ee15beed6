import type { LinkedActor, NewNotice, StepRow, World } from '../requests/act.ts'
import { isThatPerson } from '../rules/same-person.ts'
import type { TurnRole } from '../rules/types.ts'
import { seniorTech } from './doers-notices.ts'
import { sponsorOf } from './notices.ts'

/** Comments about one step that became somebody's turn by what another person did with it, or by nobody doing anything. */

function base(world: World, step: StepRow): Pick<NewNotice, 'requestId' | 'cardId' | 'stepId'> {
  return { requestId: step.request_id, cardId: world.card.id, stepId: step.id }
}

export function stuckNotice(world: World, step: StepRow): NewNotice {
  return {
    ...base(world, step),
    kind: `stuck:${step.key}`,
    turnSince: step.since,
    text: `the step ${step.plan.words.short} has been stuck for a day. Open this card or the access queue on a computer for what to do.`,
    mentions: peopleOf(world, step.turn).slice(0, 1),
  }
}

/** Whose turn a step is since somebody gave it up, or let it be tried anew; `null` where nobody else can be asked. Never why. */
export function needsNotice(world: World, step: StepRow, actor: LinkedActor): NewNotice | null {
  // Whoever is of that group knows it, and waits for the system to be back.
  if (world.card.closed || world.card.deleted_at || (step.turn === 'second-line' && actor.roles.secondLine)) return null
  const asked = peopleOf(world, step.turn).find(
    (id) => world.members.has(id) && !isThatPerson(world.people, id, actor.person),
  )
  if (!asked) return null
  const { short } = step.plan.words
  const part = step.turn === 'engineer' ? step.plan.engineer?.text : undefined
  return {
    ...base(world, step),
    kind: `needs:${step.key}`.slice(0, 80),
    turnSince: step.since,
    text: part
      ? `the step ${short} waits for you: ${part.charAt(0).toLowerCase()}${part.slice(1)}. Open this card on a computer for the link.`
      : `the step ${short} for ${world.engineer?.fullName ?? 'the engineer'} needs ${groupOf(step.turn)} now. Open this card or the access queue on a computer.`,
    mentions: [asked],
  }
}

/** For the act's answer: what became of it, and who was asked or where they see it. */
export function needsWords(world: World, step: StepRow, notice: NewNotice | null): string {
  const theirs = step.turn === 'engineer' ? (world.engineer?.fullName ?? 'the engineer') : groupOf(step.turn)
  const asked = world.people.get(notice?.mentions[0] ?? '')?.fullName
  const where = step.turn === 'engineer' ? 'the card shows it' : 'the access queue shows it'
  if (!asked) return `Kept. It is ${theirs}’s turn, and nobody is told: ${where}.`
  if (step.turn === 'engineer') return `Kept. It is ${theirs}’s turn: a comment asks them, and ${where}.`
  return `Kept. It is ${theirs}’s turn: a comment asks ${asked}, and ${where} to all of them.`
}

/** To whoever was given a step by a colleague. @param step as it is now */
export function handedOverNotice(world: World, step: StepRow): NewNotice | null {
  const { taken_by, taken_at } = step
  if (!taken_by || !taken_at) return null
  const what = step.direction === 'revoke' ? `revoke ${step.plan.words.short}` : step.plan.words.short
  return {
    ...base(world, step),
    kind: `handed-over:${step.key}`.slice(0, 80),
    turnSince: taken_at,
    text: `a colleague gave you a step for ${world.engineer?.fullName ?? 'the engineer'}: ${what}. Open this card or the access queue on a computer.`,
    mentions: [taken_by],
  }
}

function groupOf(turn: TurnRole): string {
  return turn === 'senior-tech' ? 'Senior Tech' : '2nd line'
}

function peopleOf(world: World, turn: TurnRole): string[] {
  const engineer = world.engineer?.id
  switch (turn) {
    case 'engineer':
      return engineer ? [engineer] : []
    case 'sponsor':
      return sponsorOf(world)
    case 'senior-tech':
      return seniorTech(world)
    default:
      return world.secondLine.filter((id) => id !== engineer)
  }
}
