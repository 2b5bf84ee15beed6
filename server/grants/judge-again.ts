import { DAY } from '../clock.ts'
import type { StepRow, World } from '../requests/act.ts'
import { absenceStanding } from '../rules/absence.ts'
import type { Finding, TurnRole } from '../rules/types.ts'
import { isGivenBy } from './ledger.ts'

/** Why a step may not change anything now. */
export interface Fence {
  code: 'stopped' | 'paused' | 'left' | 'absent' | 'not-met' | 'unknown' | 'revoking' | 'account-changed' | 'too-old'
  /** For everybody on the board: names no private matter. */
  sentence: string
  remedy: string
  turn: TurnRole
  /** Ends by itself once its reason is gone, so that the step only waits; any other asks the sponsor to let it go on. */
  lifts: boolean
}

const noPrivateMatter = {
  sentence: 'A condition no longer holds. Nothing more is changed until it is settled.',
  remedy: 'The sponsor looks at the request, then lets it go on or undoes it.',
  turn: 'sponsor' as const,
  lifts: false,
}

/** For everybody on the board, whichever fact it is. */
export const notKnownAnyMore =
  'Something that was known at the approval is not known any more. Nothing more is changed meanwhile.'

/** Whether something is unknown that the approval rested on, by the register or by the approver's own word. */
export function isAnythingForgotten({ findings, approval, ruleSet }: World): boolean {
  const answers = approval?.answers
  const isAnswered = ({ id }: Finding) => {
    const condition = ruleSet.conditions[id]
    const ofClearance = condition !== undefined && 'fact' in condition && condition.fact === 'clearance'
    return (ofClearance && answers?.clearanceSeen != null) || answers?.notApplicable[id] !== undefined
  }
  return findings.some(
    (finding) =>
      finding.outcome === 'unknown' &&
      (finding.holdsUpReady ||
        // What the approver saw or wrote down is none of the register's, and cannot be forgotten by it.
        (finding.kind === 'register' && finding.holdsUpApproval && answers !== undefined && !isAnswered(finding))),
  )
}

/** What was approved was another account. @param first the engineer's first name */
export function accountChangedFence(first: string): Fence {
  return {
    code: 'account-changed',
    sentence: `${first}’s account for this step changed after the approval. Nothing was changed.`,
    remedy: 'The sponsor checks the new account and approves again.',
    turn: 'sponsor',
    lifts: false,
  }
}

/**
 * The stop conditions, judged again right before every changing grant step: left, absent over the limit, a condition
 * now *not met* or not known any more, a revocation open, account changed, approval too old. Revocations are never held up by them.
 * @param validDays how many days an approval holds
 */
export function fenced(world: World, step: StepRow, validDays: number): Fence | null {
  const { request, engineer, ruleSet, today, now } = world
  if (step.direction === 'revoke') return null
  if (!request || !engineer)
    return { code: 'stopped', sentence: 'The request is gone.', remedy: 'Ask again.', turn: 'engineer', lifts: false }
  if (request.paused_because)
    return {
      code: 'paused',
      sentence: request.paused_because,
      remedy: 'Say whether the request continues or is withdrawn.',
      turn: 'sponsor',
      lifts: true,
    }
  if (request.state !== 'granting')
    return {
      code: 'stopped',
      sentence: 'The request was stopped.',
      remedy: 'The sponsor lets it go on, or undoes it.',
      turn: 'sponsor',
      lifts: false,
    }
  if (world.revoking || isGoingElsewhere(world, step))
    return {
      code: 'revoking',
      sentence: 'Other access of the engineer is being revoked. Nothing more is given meanwhile.',
      remedy: 'The sponsor approves again once that is finished.',
      turn: 'sponsor',
      lifts: false,
    }
  if (engineer.left?.value) return { code: 'left', ...noPrivateMatter }
  if (absenceStanding(engineer.absences?.value ?? [], today, ruleSet.absence.limitDays).is === 'over-limit')
    return { code: 'absent', ...noPrivateMatter }
  if (world.findings.some((finding) => finding.outcome === 'not-met')) return { code: 'not-met', ...noPrivateMatter }
  // What was known at the approval and is not known any more: unknown never grants, and never looks like no.
  if (isAnythingForgotten(world))
    return {
      code: 'unknown',
      sentence: notKnownAnyMore,
      remedy: 'A register keeper updates the record. Then it goes on by itself.',
      turn: 'keeper',
      lifts: true,
    }
  if (engineer.accounts[step.plan.account.kind]?.id !== step.plan.account.id)
    return accountChangedFence(engineer.firstName)
  const decidedAt = decidedOn(world, step)
  if (decidedAt && now.getTime() - decidedAt.getTime() > validDays * DAY)
    return {
      code: 'too-old',
      sentence: `The approval is more than ${validDays} days old. Nothing more is changed.`,
      remedy: 'The sponsor looks again and approves again.',
      turn: 'sponsor',
      lifts: false,
    }
  return null
}

/** The same thing is on its way out of another request, which goes on giving the rest of its own. */
function isGoingElsewhere({ othersRevokes }: World, { key, plan }: StepRow): boolean {
  return othersRevokes.some((one) => one.key === key && one.plan.account.id === plan.account.id)
}

/**
 * When this step was decided. A lower value in place of what was held a moment ago is no new grant, so its lowering is
 * what must not be old; whatever stood before that stands under its approval, also where it is granted again.
 */
function decidedOn({ request, holdings }: World, step: StepRow): Date | null {
  const { lowered_at = null, approved_at = null } = request ?? {}
  if (lowered_at === null) return approved_at
  return holdings.some((one) => isGivenBy(one, step) && one.since < lowered_at) ? approved_at : lowered_at
}
