import type { Actor, World } from '../../requests/act.ts'
import type { Row } from '../api.ts'
import { decisionButtons, expiryRows } from './before-approval.ts'
import { type Blocks, line, planFold, sponsorSentence, type Told } from './blocks.ts'
import { findingRows, tickRows, untickedFold } from './findings.ts'
import { reviewOutstanding, seniorOnly } from './turns.ts'
import { opens, type Viewer } from './viewer.ts'
import { count } from './words.ts'

/** The section while somebody may decide: why, what is checked, what they confirm, what changes. */

export function readyBlock(world: World, viewer: Viewer, actor: Actor, told: Told | null): Blocks {
  const { request } = world
  const id = request?.id ?? ''
  const who = world.engineer?.fullName ?? 'The engineer'
  const sponsor = sponsorSentence(world, actor, told)
  const review = reviewOutstanding(world)
  const reviewButton =
    review && viewer.may('review-preparedness') && !sponsor.may ? [opens('Review', 'review', id)] : []
  return {
    headline: sponsor.may
      ? `Your turn: ${who} is ready for your decision`
      : `Waiting for ${seniorOnly(world) ? 'Senior Tech' : 'a sponsor'} to ${review ? 'review' : 'approve'}`,
    since: request?.state_since ?? null,
    lines: [sponsor.sentence],
    primary: sponsor.may ? opens(review ? 'Review and approve' : 'Check and approve', 'approve', id, 'primary') : null,
    next: [
      ...expiryRows(world, viewer),
      ...(viewer.sees === 'all' ? [line('why', 'none', 'Why', `“${request?.reason ?? ''}”`)] : []),
      ...findingRows(world, viewer).filter((row) => !row.key.startsWith('later')),
      ...toConfirm(world),
      changesRow(world),
    ],
    detail: tickRows(world, viewer),
    buttons: [...reviewButton, ...decisionButtons(world, viewer, id)],
    folds: [planFold(world, viewer), ...untickedFold(world)],
  }
}

function toConfirm(world: World): Row[] {
  const number = world.findings.filter((one) => one.holdsUpApproval && one.kind === 'attestation').length
  return number > 0 ? [line('confirm', 'later', 'To confirm', `${count(number, 'thing')}, about a minute`)] : []
}

/** "7 steps in 5 systems, 2 of them by people" */
function changesRow(world: World): Row {
  const steps = world.plan?.steps ?? []
  const systems = new Set(steps.map((step) => step.systemName)).size
  const byPeople = steps.filter((step) => step.method === 'task').length
  const words = `${count(steps.length, 'step')} in ${count(systems, 'system')}, ${byPeople} of them by people`
  return line('changes', 'none', 'Changes', words)
}
