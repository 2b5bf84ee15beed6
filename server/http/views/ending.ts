import { goesWhole } from '../../grants/revoke.ts'
import type { World } from '../../requests/act.ts'
import { beforeApproval, revokedSinceAsked } from '../../requests/life.ts'
import type { Button } from '../api.ts'
import { acts, opens, type Viewer } from './viewer.ts'

/** The other answer to "does it go on?": withdraw before the approval; stop and revoke after it. */

/** @param whose whose request, where several stand in one list */
export function endingButtons(world: World, viewer: Viewer, whose = ''): Button[] {
  const { request } = world
  if (!request) return []
  if (beforeApproval.includes(request.state))
    return viewer.may('withdraw') ? [opens('Withdraw', 'withdraw', request.id, 'plain', label('Withdraw', whose))] : []
  return [...stopButton(world, viewer, whose), ...revokeButton(world, viewer, whose)]
}

/** Continue what is paused; never for whoever lost all access since they asked. */
export function continueButton(
  { request }: World,
  viewer: Viewer,
  look: 'primary' | 'plain',
  whose = '',
): Button | null {
  if (!request || !viewer.may('resume-paused')) return null
  if (viewer.isEngineer && request.paused_because === revokedSinceAsked) return null
  const of = whose === '' ? undefined : `Continue the request of ${whose}`
  return acts('Continue the request', 'resume-paused', request.id, {}, look, of)
}

/** Stop, while something has not begun yet. */
export function stopButton(world: World, viewer: Viewer, whose = ''): Button[] {
  const begins = world.steps.some(
    (step) => step.direction === 'grant' && (step.state === 'planned' || step.state === 'ready'),
  )
  if (world.request?.state !== 'granting' || !begins || !viewer.may('stop')) return []
  return [opens('Stop', 'stop', world.request.id, 'danger', label('Stop', whose))]
}

/** Revoke what is done, or give it back; where nothing is, the request ends. */
export function revokeButton(world: World, viewer: Viewer, whose = ''): Button[] {
  const { request } = world
  const approved = request?.state === 'granting' || request?.state === 'stopped'
  if (!approved || !viewer.may('undo-granted')) return []
  const done = viewer.isEngineer ? 'Give back what is done' : 'Revoke what is done'
  const text = goesWhole(world).length > 0 ? done : 'End the request'
  return [opens(text, 'undo', request.id, viewer.isEngineer ? 'link' : 'danger', label(text, whose))]
}

/** What is not on its way out can go too, whoever is busy with the rest. */
export function restButton(world: World, viewer: Viewer): Button[] {
  if (!viewer.may('undo-granted') || goesWhole(world).length === 0) return []
  const id = world.request?.id ?? ''
  return viewer.isEngineer
    ? [opens('Give the rest back too', 'undo', id, 'link')]
    : [opens('Revoke the rest too', 'undo', id, 'danger')]
}

function label(text: string, whose: string): string | undefined {
  return whose === '' ? undefined : `${text}: ${whose}`
}
