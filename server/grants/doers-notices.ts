import type { NewNotice, StepRow, World } from '../requests/act.ts'
import { fitting } from '../requests/notices.ts'
import { isClosed } from './steps.ts'
import type { Direction } from './system.ts'

/** The comment for those who carry out steps, when access is given and when it is revoked. Never why. */

const groups = ['second-line', 'senior-tech'] as const
type Group = (typeof groups)[number]
const groupWords: Record<Group, string> = { 'second-line': '2nd line', 'senior-tech': 'Senior Tech' }

/** Begins the kind of these notices; the groups that were told follow. */
export const DOERS = 'doers:'

/**
 * One comment for everything that 2nd line and Senior Tech will do, once one of them has a turn: later steps bring none.
 * What is stuck is told of by itself.
 * @param told groups that were told already since the request stands as it does
 * @param direction of which steps
 */
export function doersNotice(world: World, told: readonly string[], direction: Direction): NewNotice | null {
  const { request, engineer } = world
  if (!request) return null
  // One thing that goes while the rest is still given is told of by itself.
  const nameOf = (group: Group) => (direction === 'revoke' && request.state !== 'revoking' ? `back-${group}` : group)
  const open = world.steps.filter(
    (step) => step.direction === direction && step.state !== 'stuck' && step.state !== 'done' && !isClosed(step),
  )
  const theirs = groups
    .filter((group) => !told.includes(nameOf(group)))
    .map((group) => ({ group, ...stepsOf(group, open) }))
    .filter(({ now, later }) => now.length + later.length > 0)
  if (!theirs.some(({ now }) => now.length > 0)) return null
  const whose = engineer ? `${engineer.fullName}’s` : 'This'
  const part = request.state === 'revoking' ? `${whose} access` : `Part of ${engineer ? whose : 'this'} access`
  const what =
    direction === 'revoke'
      ? `${part} is being revoked.`
      : `${engineer?.fullName ?? 'The engineer'} was approved for ${world.plan?.levelName ?? 'production access'}.`
  const parts = theirs.map(({ group, now, later }) => `${groupWords[group]}: ${wordsOf(now, later)}.`).join(' ')
  const doers = theirs.map(({ group }) => groupWords[group]).join(' and ')
  const how = 'One of you does each, another looks at it.'
  const queue = 'Open the access queue on a computer.'
  return {
    requestId: request.id,
    cardId: world.card.id,
    kind: `${DOERS}${theirs.map(({ group }) => nameOf(group)).join(',')}`,
    turnSince: request.state_since,
    text: fitting(
      `${what} ${parts} ${how} Open this card or the access queue on a computer.`,
      `${what} ${parts} One does each, another looks. ${queue}`,
      `${what} There are steps for ${doers}. ${queue}`,
    ),
    mentions: [...new Set(theirs.flatMap(({ group }) => pairOf(world, group)))],
  }
}

/** Whose turn a step is now, and what follows for them. */
function stepsOf(group: Group, open: StepRow[]): { now: string[]; later: string[] } {
  const names = (some: StepRow[]) => [...new Set(some.map((step) => step.plan.words.short))]
  const now = names(open.filter((step) => step.turn === group))
  const later = names(
    open.filter((step) => {
      const task = step.direction === 'grant' ? step.plan.task : step.plan.undoTask
      return step.turn !== group && step.method === 'task' && task?.doer === group
    }),
  )
  return { now, later: later.filter((name) => !now.includes(name)) }
}

function wordsOf(now: string[], later: string[]): string {
  if (later.length === 0) return listed(now)
  return now.length === 0 ? `later ${listed(later)}` : `${listed(now)}, later ${listed(later)}`
}

export function listed(parts: string[]): string {
  // A part with a comma of its own would run into the next.
  if (parts.some((part) => part.includes(','))) return parts.join('; ')
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

/** Who does and who looks: both learn of it in one comment, so that no later turn of theirs needs another. */
function pairOf(world: World, group: Group): string[] {
  const some = group === 'second-line' ? world.secondLine : seniorTech(world)
  return some.filter((id) => id !== world.engineer?.id).slice(0, 2)
}

/** Senior Tech, whoever approved first: they know the request. */
export function seniorTech(world: World): string[] {
  const senior = world.sponsors.filter((id) => world.people.get(id)?.seniorTech?.value === true)
  return senior.toSorted((a, b) => Number(b === world.request?.approved_by) - Number(a === world.request?.approved_by))
}
