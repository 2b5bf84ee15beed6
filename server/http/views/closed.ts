import { heldElsewhere, wasTaken } from '../../grants/held-elsewhere.ts'
import { isClosed } from '../../grants/steps.ts'
import type { Actor, World } from '../../requests/act.ts'
import type { Fold, Row } from '../api.ts'
import { effectiveRows } from './after-granting.ts'
import { nameButtons } from './before-approval.ts'
import { type Blocks, line, planFold, stepsOf } from './blocks.ts'
import { proofWords } from './step-view.ts'
import { opens, type Viewer } from './viewer.ts'
import { dayWords, effectiveWords, listWords } from './words.ts'

/** The section when a request is closed: what became of it, what is left, and the next door. */

export function closed(world: World, viewer: Viewer, actor: Actor, headline: string): Blocks {
  const { request } = world
  return {
    headline,
    since: null,
    lines: [
      ...(viewer.sees === 'all' && request?.closing_reason ? [`Why: ${request.closing_reason}`] : []),
      viewer.isEngineer
        ? 'You can ask again on this card. What you typed before is filled in.'
        : `${world.engineer?.fullName ?? 'The engineer'} can ask again on this card.`,
    ],
    primary: viewer.isEngineer
      ? opens(request?.state === 'ended' ? 'Ask to return' : 'Ask again', 'ask', world.card.id, 'primary')
      : null,
    next: [],
    detail:
      request?.state === 'ended' ? [...leftOverRows(world, viewer), ...effectiveRows(world), ...staysRows(world)] : [],
    buttons: nameButtons(world, viewer, actor),
    folds:
      stepsOf(world, 'revoke').length > 0
        ? [
            ...keptFold(world, viewer),
            {
              id: 'proved',
              title: 'How each step was proved',
              rows: stepsOf(world, 'revoke').map((step) =>
                line(step.id, 'yes', '', viewer.plain(step.plan.words.undo), viewer.plain(proofWords(step, world))),
              ),
              text: [],
            },
          ]
        : [planFold(world, viewer)],
  }
}

/** For whoever would ask or approve a return; why it was revoked is said in their windows only. */
function keptFold({ returning, request }: World, viewer: Viewer): Fold[] {
  if (viewer.sees !== 'all' || returning?.request !== request?.id || !returning?.onReturn.length) return []
  return [{ id: 'kept', title: 'Coming back: what is kept', rows: [], text: returning.onReturn }]
}

/** That nothing is left, once nothing acts on any more: until then, by when it is so. */
export function revokedWords(world: World): string {
  const { request, now } = world
  const day = dayWords(request?.state_since ?? now, now)
  const kept = heldElsewhere(world).flatMap(({ step, going }) => (going ? [] : [step.plan.words.short]))
  const on = `${wasTaken(world) ? 'Revoked' : 'Ended'} on ${day}`
  if (kept.length > 0) return `${on}. Another request needs what stays: ${listWords(kept)}`
  if (world.leftOver.length > 0) return `${on}, and something is there that no record has`
  const last = lastEffect(world)
  return last ? `${on}, ${effectiveWords(last, now)}` : `${on}. Nothing is left`
}

/** Found since, or before and not taken: whoever may settle it finds it in the queue. */
function leftOverRows({ leftOver }: World, viewer: Viewer): Row[] {
  if (viewer.sees !== 'all') return []
  return leftOver.map((sentence, n) => line(`left-over-${n}`, 'warn', 'Still there', sentence))
}

/** Part of no access that was given, such as the user in AWS itself. */
function staysRows({ holdings, steps, request }: World): Row[] {
  const names = steps.flatMap(({ direction, key, plan }) =>
    direction === 'grant' && holdings.some((one) => one.request_id === request?.id && one.grant_key === key)
      ? [plan.words.short]
      : [],
  )
  return names.length > 0 ? [line('stays', 'none', 'Stays until they leave', listWords(names))] : []
}

function lastEffect(world: World): Date | null {
  const ends = stepsOf(world, 'revoke').flatMap((step) =>
    isClosed(step) && step.effective_by ? [step.effective_by] : [],
  )
  const last = new Date(Math.max(0, ...ends.map((end) => end.getTime())))
  return last > world.now ? last : null
}
