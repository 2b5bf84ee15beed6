import { refusedNow } from '../../grants/acts/revoke-holding.ts'
import type { World } from '../../requests/act.ts'
import type { Button, Row } from '../api.ts'
import { line, stepsOf } from './blocks.ts'
import { revokeButton } from './ending.ts'
import { opens, type Viewer } from './viewer.ts'
import { lowerButton } from './windows/lowering.ts'

/** What of one request can be revoked or given back, wherever it is read: a button where the act allows it, and no other. */

/** One thing. @param step the one that gave it */
export function oneBackButton(
  world: World,
  viewer: Viewer,
  step: { id: string; key: string; short: string },
): Button[] {
  if (!viewer.may('revoke-holding') || refusedNow(world, step.key) !== null) return []
  const verb = viewer.isEngineer ? 'Give back' : 'Revoke'
  return [opens(verb, 'revoke', step.id, 'link', `${verb} ${step.short} for ${world.engineer?.fullName ?? ''}`)]
}

/** Why there is no such button and what to do instead, for whoever could press it; `null` where there is one, or nothing to take. */
export function notBackWords(world: World, viewer: Viewer, key: string): string | null {
  if (!viewer.may('revoke-holding')) return null
  const given = world.steps.find((step) => step.direction === 'grant' && step.key === key)
  const refusal = refusedNow(world, key)
  if (!refusal || !given || given.plan.nothingToUndo || refusal.code === 'not-held') return null
  return refusal.sentence
}

/** All of it, or a lower level in its place, away from the card. */
export function wholeBackButtons(world: World, viewer: Viewer): Button[] {
  const { request, engineer } = world
  if (!request || !viewer.may('undo-granted')) return []
  const whose = `${world.ruleSet.levels[request.level]?.name ?? request.level}, ${engineer?.fullName ?? ''}`
  if (request.state !== 'granted') return revokeButton(world, viewer, whose).map((one) => ({ ...one, tone: 'link' }))
  const text = viewer.isEngineer ? 'Give all of it back' : 'Revoke all of it'
  return [opens(text, 'undo', request.id, 'link', `${text}: ${whose}`), ...lowerButton(world, viewer)]
}

/** While a part is revoked: what is held still, and can go with it. */
export function stillHeldRows(world: World, viewer: Viewer): Row[] {
  return stepsOf(world, 'grant').flatMap(({ id, key, plan }) => {
    const buttons = oneBackButton(world, viewer, { id, key, short: plan.words.short })
    return buttons.length > 0 ? [line(`held-${id}`, 'yes', '', plan.words.short, null, buttons)] : []
  })
}
