import { goingElsewhere } from '../../grants/held-elsewhere.ts'
import { isLowering } from '../../grants/of-level.ts'
import { goingBeside } from '../../grants/one-while-granting.ts'
import { isClosed } from '../../grants/steps.ts'
import type { StepRow, World } from '../../requests/act.ts'
import type { TurnRole } from '../../rules/types.ts'
import { stepsOf } from './blocks.ts'
import { roleWords, state, type Turn, turn } from './turn.ts'
import { count } from './words.ts'

/** Whose turn it is while a plan is carried out, or run backwards: by what is stuck, and by who has which steps. */

export function progress(world: World, direction: 'grant' | 'revoke' = 'grant'): { closed: number; all: number } {
  const steps = stepsOf(world, direction)
  const elsewhere = direction === 'revoke' ? goingElsewhere(world).length : 0
  return { closed: steps.filter(isClosed).length, all: steps.length + elsewhere }
}

export function carrying(world: World): Turn[] {
  const revoking = world.request?.state === 'revoking'
  const turns = [...peoplesTurns(world, revoking), ...(revoking ? [] : besideTurns(world))]
  if (turns.length > 0) return turns
  const { closed, all } = progress(world, revoking ? 'revoke' : 'grant')
  return [
    {
      ...state(
        `${isLowering(world) ? 'Lowering' : revoking ? 'Revoking' : 'Granting'} ${closed} of ${all}`,
        'sky',
        world.request?.state_since ?? world.now,
      ),
      role: 'us',
    },
  ]
}

/** Whose turn it is about what is taken back while the rest is still given. */
export function besideTurns(world: World): Turn[] {
  return goingBeside(world).length > 0 ? peoplesTurns(world, true) : []
}

function peoplesTurns(world: World, revoking: boolean): Turn[] {
  const steps = stepsOf(world, revoking ? 'revoke' : 'grant')
  const open = steps.filter((step) => !isClosed(step))
  const { closed, all } = progress(world, revoking ? 'revoke' : 'grant')
  const turns: Turn[] = []
  const stuck = open.filter((step) => step.state === 'stuck')
  const [firstStuck] = stuck
  if (firstStuck) {
    const text = revoking
      ? `Revoke stuck: ${firstStuck.plan.systemName}`
      : `Stuck: ${firstStuck.plan.systemName}, ${closed} of ${all}`
    turns.push({
      kind: 'stuck',
      role: firstStuck.turn,
      color: 'red',
      text,
      shorter: revoking ? 'Revoke stuck' : `Stuck: ${firstStuck.plan.systemName}`,
      since: oldest(world, stuck),
      steps: stuck,
      help: null,
      review: null,
    })
  }
  const fenced = open.filter((step) => step.state === 'stopped')
  if (fenced.length > 0 && !revoking)
    turns.push({ ...turn('sponsor', 'Sponsor: approve again', oldest(world, fenced)), kind: 'stuck', steps: fenced })
  const waiting = Map.groupBy(
    open.filter(
      (step) => step.state !== 'stuck' && step.state !== 'stopped' && step.turn !== 'us' && step.turn !== 'nobody',
    ),
    (step) => step.turn,
  )
  for (const [role, own] of waiting)
    turns.push({ ...turn(role, '', oldest(world, own)), ...stepTexts(role, own, revoking), steps: own })
  return turns
}

/** What a badge says of one role's steps, and what it says where that is too long. */
function stepTexts(role: TurnRole, steps: StepRow[], revoking: boolean): { text: string; shorter: string } {
  const who = roleWords[role]
  const [first] = steps
  const systems = new Set(steps.map((step) => step.plan.systemName))
  const many = count(steps.length, 'step')
  const verb = role === 'second-person' ? 'check ' : revoking && role !== 'reviewer' ? 'revoke ' : ''
  if (role === 'engineer') {
    const number = `${who}: ${steps.length} to do`
    const part = steps.length === 1 ? first?.plan.engineer?.short : undefined
    return { text: part ? `${who}: ${part}` : number, shorter: number }
  }
  // Which fact it waits for is nobody's business on a board.
  if (role === 'keeper') return { text: 'Keeper: update record', shorter: 'Keeper: update record' }
  const system = systems.size === 1 ? (first?.plan.systemName ?? many) : many
  const named = steps.length === 1 ? (first?.plan.words.short ?? many) : system
  return { text: `${who}: ${verb}${named}`, shorter: `${who}: ${verb}${named === system ? many : system}` }
}

/** Since when a step waits: what is being revoked was due before anybody could be asked to do it. */
export function waitsSince({ revokeDue }: World, { direction, since }: StepRow): Date {
  if (direction === 'grant' || revokeDue === null) return since
  const due = new Date(`${revokeDue}T12:00:00Z`)
  return due < since ? due : since
}

function oldest(world: World, steps: StepRow[]): Date {
  return new Date(Math.min(...steps.map((step) => waitsSince(world, step).getTime())))
}
