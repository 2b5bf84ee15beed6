import { isAnythingForgotten } from '../../grants/judge-again.ts'
import { isClosed } from '../../grants/steps.ts'
import type { RequestRow, StepRow, World } from '../../requests/act.ts'
import type { RuleSet } from '../../rules/rule-set.ts'
import type { TurnRole } from '../../rules/types.ts'
import type { Colour } from '../api.ts'
import { capital, count } from './words.ts'

/** Whose turn it is on one card. Badges, the section and the queue all read from this one list. */
export interface Turn {
  /** Stuck first; then people's turns; then how it stands when it is nobody's turn. */
  kind: 'stuck' | 'turn' | 'state'
  role: TurnRole
  color: Colour
  text: string
  /** Stands in `text`’s place where that and its age do not fit on a badge. */
  shorter: string
  since: Date
  steps: StepRow[]
  help: string | null
  /** The access review that asks for a decision. */
  review: string | null
}

/** "Deploy" of "Production Deploy". */
export function shortLevel(world: World): string {
  return shortName(world.ruleSet, world.request?.level ?? world.card.level)
}

export function shortName(ruleSet: Pick<RuleSet, 'levels'>, level: string): string {
  return (ruleSet.levels[level]?.name ?? level).replace(/^Production /, '')
}

export function progress(world: World, direction: 'grant' | 'revoke' = 'grant'): { closed: number; all: number } {
  const steps = world.steps.filter((step) => step.direction === direction)
  return { closed: steps.filter(isClosed).length, all: steps.length }
}

const roleWords: Record<TurnRole, string> = {
  engineer: 'Engineer',
  sponsor: 'Sponsor',
  'senior-tech': 'Senior Tech',
  keeper: 'Keeper',
  'line-manager': 'Line manager',
  'second-line': '2nd line',
  'second-person': '2nd person',
  reviewer: 'PR reviewer',
  us: 'We',
  nobody: 'Nobody',
}

export function roleWord(role: TurnRole): string {
  return roleWords[role]
}

const colours: Record<TurnRole, Colour> = {
  engineer: 'yellow',
  sponsor: 'blue',
  'senior-tech': 'orange',
  keeper: 'orange',
  'line-manager': 'orange',
  'second-line': 'orange',
  'second-person': 'orange',
  reviewer: 'orange',
  us: 'sky',
  nobody: 'sky',
}

/** All turns on a card, the most pressing first. Empty for the template. */
export function turnsOf(world: World): Turn[] {
  const weight = { stuck: 0, turn: 1, state: 2 }
  return unsorted(world).toSorted((a, b) => weight[a.kind] - weight[b.kind] || a.since.getTime() - b.since.getTime())
}

function unsorted(world: World): Turn[] {
  const { request, card } = world
  if (card.kind === 'template') return []
  if (request && isPaused(request))
    return [turn('sponsor', 'Sponsor: continue or not', request.updated_at), ...helpTurns(world)]
  if (!request) return [state('Not started', 'light-gray', card.read_at)]
  if (request.state === 'candidate')
    return [
      // Somebody else put their name here: they have something to do, and know it from their queue too.
      request.attached_by === request.person_id
        ? state('Not started', 'light-gray', request.state_since)
        : turn('engineer', 'Engineer: ask for access', request.state_since),
    ]
  const since = request.state_since
  const helps = helpTurns(world)
  switch (request.state) {
    case 'open':
      return [...collecting(world, since), ...helps]
    case 'changes-asked':
      return [turn('engineer', 'Engineer: changes asked', since), ...helps]
    case 'ready':
      return [ready(world, since), ...helps]
    case 'revoking':
      return [...carrying(world), ...helps]
    case 'granting':
      return [...reviewTurns(world), ...factTurns(world), ...carrying(world), ...helps]
    case 'stopped': {
      const { closed, all } = progress(world)
      const stopped = state(`Stopped at ${closed} of ${all}`, 'red', since)
      return [{ ...stopped, kind: 'stuck', role: 'sponsor' }, ...reviewTurns(world), ...helps]
    }
    case 'granted':
      return [
        partlyRevoked(world)
          ? state('Partly revoked', 'light-gray', since)
          : state(`${shortLevel(world)} granted`, 'green', since),
        ...reviewTurns(world),
        ...helps,
      ]
    case 'ended':
      return [state('Revoked', 'light-gray', since)]
    case 'declined':
      return [state('Declined', 'light-gray', since)]
    case 'withdrawn':
      return [state('Withdrawn', 'light-gray', since)]
    case 'expired':
      return [state('Expired', 'light-gray', since)]
  }
}

/** What is being revoked goes on, whatever becomes of the card. */
export function isPaused(request: Pick<RequestRow, 'paused_because' | 'state'>): boolean {
  return request.paused_because !== null && request.state !== 'revoking'
}

/** A decision about what this request gave is due. Never why: a board tells nobody who is away. */
export function reviewTurns({ review, request, holdings }: World): Turn[] {
  if (!review || !holdings.some((one) => one.request_id === request?.id)) return []
  return [
    {
      ...turn('sponsor', 'Sponsor: review access', review.opened_at, 'Sponsor: review'),
      color: 'purple',
      review: review.id,
    },
  ]
}

/** A fact that is not known any more holds everything up; steps that it holds already say so themselves. */
function factTurns(world: World): Turn[] {
  const { steps, request } = world
  if (!request || !isAnythingForgotten(world) || steps.some((step) => step.turn === 'keeper')) return []
  return [turn('keeper', 'Keeper: update record', request.updated_at)]
}

function helpTurns(world: World): Turn[] {
  return world.helps
    .filter((help) => help.answered_at === null)
    .map((help) => ({
      ...turn('second-line', `2nd line: help with ${help.system}`, help.asked_at, '2nd line: help'),
      help: help.id,
    }))
}

/** What went with a level that it is of no more is no part of it. */
export function partlyRevoked({ steps, request, plan }: World): boolean {
  const isOfLevel = ({ key }: StepRow) => !request?.lowered_from || plan?.steps.some((one) => one.key === key)
  return steps.some((step) => step.direction === 'revoke' && isClosed(step) && isOfLevel(step))
}

/** What only the engineer can do before anybody decides; what is confidential is counted and not named to others. */
export function engineerLeft(world: World): { key: string; sentence: string; confidential: boolean }[] {
  const missing = (world.plan?.missing ?? []).map(({ what, sentence }) => ({
    key: what as string,
    sentence,
    confidential: false,
  }))
  const findings = world.findings
    .filter((finding) => finding.turn === 'engineer' && finding.holdsUpReady)
    .map(({ id, label, confidential }) => ({ key: id, sentence: label, confidential }))
  return [...missing, ...findings]
}

function collecting(world: World, since: Date): Turn[] {
  const turns: Turn[] = []
  const own = engineerLeft(world).length
  if (own > 0) turns.push(turn('engineer', `Engineer: ${own} to do`, since))
  const others = world.findings.filter((finding) => finding.holdsUpReady && finding.turn !== 'engineer')
  // Which condition, and whose word is missing, must not be told by a board.
  if (others.some((finding) => finding.turn === 'line-manager'))
    turns.push(turn('line-manager', 'Waiting: a confirmation', since))
  else if (others.length > 0) turns.push(turn('keeper', 'Keeper: update record', since))
  return turns.length > 0 ? turns : [turn('engineer', 'Engineer: check the card', since)]
}

/** Whether a Senior Tech review is still outstanding. */
export function reviewOutstanding(world: World): boolean {
  return world.findings.some((finding) => finding.kind === 'review' && finding.outcome !== 'met')
}

/** Levels that only Senior Tech sponsors. */
export function seniorOnly(world: World): boolean {
  const sponsors = world.ruleSet.levels[world.request?.level ?? world.card.level]?.sponsors ?? []
  return sponsors.every((one) => one.relation === 'senior-tech')
}

function ready(world: World, since: Date): Turn {
  if (!seniorOnly(world)) return turn('sponsor', 'Sponsor: approve', since)
  return turn('sponsor', reviewOutstanding(world) ? 'Senior Tech: review' : 'Senior Tech: approve', since)
}

function carrying(world: World): Turn[] {
  const revoking = world.request?.state === 'revoking'
  const steps = world.steps.filter((step) => step.direction === (revoking ? 'revoke' : 'grant'))
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
  if (turns.length > 0) return turns
  return [
    {
      ...state(
        `${revoking ? 'Revoking' : 'Granting'} ${closed} of ${all}`,
        'sky',
        world.request?.state_since ?? world.now,
      ),
      role: 'us',
    },
  ]
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

function turn(role: TurnRole, text: string, since: Date, shorter = text): Turn {
  return {
    kind: 'turn',
    role,
    color: colours[role],
    text: capital(text),
    shorter,
    since,
    steps: [],
    help: null,
    review: null,
  }
}

function state(text: string, color: Colour, since: Date): Turn {
  return { kind: 'state', role: 'nobody', color, text, shorter: text, since, steps: [], help: null, review: null }
}

/** The short name of a step by its key, from the steps or the plan. */
export function shortOf(world: World, key: string): string {
  const step = world.steps.find((one) => one.key === key)?.plan ?? world.plan?.steps.find((one) => one.key === key)
  return step?.words.short ?? key
}
