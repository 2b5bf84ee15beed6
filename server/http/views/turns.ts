import { wasTaken } from '../../grants/held-elsewhere.ts'
import { isAnythingForgotten } from '../../grants/judge-again.ts'
import { isOfLevel } from '../../grants/of-level.ts'
import { isClosed } from '../../grants/steps.ts'
import type { RequestRow, World } from '../../requests/act.ts'
import type { RuleSet } from '../../rules/rule-set.ts'
import { besideTurns, carrying, progress } from './step-turns.ts'
import { state, type Turn, turn } from './turn.ts'

/** Whose turn it is on one card, whatever stands on it. */

/** "Deploy" of "Production Deploy". */
export function shortLevel(world: World): string {
  return shortName(world.ruleSet, world.request?.level ?? world.card.level)
}

export function shortName(ruleSet: Pick<RuleSet, 'levels'>, level: string): string {
  return (ruleSet.levels[level]?.name ?? level).replace(/^Production /, '')
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
    return [turn('sponsor', 'Sponsor: continue or not', request.updated_at), ...reviewTurns(world), ...helpTurns(world)]
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
      return [...reviewTurns(world), ...carrying(world), ...helps]
    case 'granting':
      return [...reviewTurns(world), ...factTurns(world), ...carrying(world), ...helps]
    case 'stopped': {
      const { closed, all } = progress(world)
      const stopped = state(`Stopped at ${closed} of ${all}`, 'red', since)
      const first: Turn = { ...stopped, kind: 'stuck', role: 'sponsor' }
      return [first, ...besideTurns(world), ...reviewTurns(world), ...helps]
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
      return [state(wasTaken(world) ? 'Revoked' : 'Ended', 'light-gray', since), ...reviewTurns(world)]
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
export function reviewTurns(world: World): Turn[] {
  const { review, request, holdings } = world
  const own = holdings.filter((one) => one.request_id === request?.id)
  const isAsked = request?.state === 'revoking' ? own.some((one) => !isGoing(world, one.grant_key)) : own.length > 0
  if (!review || !isAsked) return []
  return [
    {
      ...turn('sponsor', 'Sponsor: review access', review.opened_at, 'Sponsor: review'),
      color: 'purple',
      review: review.id,
    },
  ]
}

/** Of a request that is being revoked, what stands all the while is decided about all the same. */
function isGoing({ steps }: World, key: string): boolean {
  return steps.some(
    (step) => step.key === key && (step.direction === 'revoke' ? !isClosed(step) : step.plan.nothingToUndo),
  )
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
export function partlyRevoked(world: World): boolean {
  return world.steps.some((step) => step.direction === 'revoke' && isClosed(step) && isOfLevel(world, step))
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

/** The short name of a step by its key, from the steps or the plan. */
export function shortOf(world: World, key: string): string {
  const step = world.steps.find((one) => one.key === key)?.plan ?? world.plan?.steps.find((one) => one.key === key)
  return step?.words.short ?? key
}
