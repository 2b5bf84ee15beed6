import { withIncludedLevels } from '../included-levels.ts'
import { waysOf } from '../instead.ts'
import type { Grant, RuleSetData } from '../rule-set-schema.ts'
import { environmentsOf, targetsOf } from '../targets.ts'
import { unknownPlaceholders } from '../words.ts'
import { type Complain, mustHave, refuseCircle, satisfiedByChain } from './complain.ts'

/** Entitlements and grants: every name points somewhere, each entitlement is given, and every plan can be carried out. */
export function checkGrants(data: RuleSetData, complain: Complain): void {
  for (const [name, one] of Object.entries(data.grants)) {
    mustHave(data.levels, one.level, ['grants', name, 'level'], 'level', complain)
    for (const [i, other] of one.serves.entries())
      mustHave(data.entitlements, other, ['grants', name, 'serves', i], 'entitlement', complain)
    for (const [i, other] of one.after.entries())
      mustHave(data.grants, other, ['grants', name, 'after', i], 'grant', complain)
    if (one.satisfiedBy !== undefined)
      mustHave(data.grants, one.satisfiedBy, ['grants', name, 'satisfiedBy'], 'grant', complain)
    checkMethods(data, name, one, complain)
    const [placeholder] = waysOf(one).flatMap(unknownPlaceholders)
    if (placeholder !== undefined)
      complain(
        ['grants', name],
        `the words of "${name}" name {${placeholder}}, which is not known`,
        'Use {account}, {id}, {local}, {name}, {first}, {email}, {environment}, {apps} or {target.…}.',
      )
  }
  for (const [name, one] of Object.entries(data.entitlements)) {
    mustHave(data.levels, one.level, ['entitlements', name, 'level'], 'level', complain)
    const included = withIncludedLevels(data, one.level)
    if (!Object.values(data.grants).some((grant) => grant.serves.includes(name) && included.includes(grant.level)))
      complain(
        ['entitlements', name],
        `nothing grants the entitlement "${name}"`,
        'Name it in the "serves" of a grant of its level.',
      )
  }
  checkHighestValue(data, complain)
  checkOrder(data, complain)
}

function checkMethods(data: RuleSetData, name: string, one: Grant, complain: Complain): void {
  const at = ['grants', name]
  if (one.owner === 'terraform' && one.methods.includes('api'))
    complain(
      [...at, 'methods', one.methods.indexOf('api')],
      `Terraform owns the list of "${name}", so "api" would fight it`,
      'Use pull-request or task.',
    )
  if (one.nothingToUndo && one.undoTask)
    complain(
      [...at, 'nothingToUndo'],
      `the grant "${name}" has nothing to undo and says how`,
      'Remove "nothingToUndo" or "undoTask".',
    )
  if (one.onLeaving && !one.nothingToUndo)
    complain(
      [...at, 'onLeaving'],
      `the grant "${name}" ends on leaving, and with every revocation too`,
      'Give it "nothingToUndo: true", or remove "onLeaving".',
    )
  if (one.copy && !one.copiedBy)
    complain([...at, 'copy'], `the grant "${name}" has a copy and says not when it comes`, 'Give it "copiedBy" too.')
  // Also where no method is a task: an installation that is not connected to the system has people do it.
  if (!one.task || !(one.undoTask || one.nothingToUndo))
    complain(at, `the grant "${name}" has no clicks for people`, 'Give it both "task" and "undoTask".')
  if (one.byHand && !one.methods.includes('follows'))
    complain(
      [...at, 'byHand'],
      `the grant "${name}" comes with nothing, so nobody has it without that`,
      'Remove "byHand", or permit the method "follows".',
    )
  if (!one.methods.includes('follows')) return
  const leader = one.after.find((other) => data.grants[other] && closedBy(data, other).includes(one.follows ?? ''))
  if (leader === undefined)
    complain(
      one.follows === undefined ? at : [...at, 'follows'],
      `the grant "${name}" follows nothing`,
      'Give "follows" the target that it comes with, and name the grant of that target in "after".',
    )
}

/** Targets that are there once a grant is closed: its own and those of everything before it. */
function closedBy(data: RuleSetData, name: string, seen: string[] = []): string[] {
  const one = data.grants[name]
  if (!one || seen.includes(name)) return []
  return [...targetsOf(one), ...one.after.flatMap((other) => closedBy(data, other, [...seen, name]))]
}

/** One value per account: grants on one target say which of them contains the other. */
function checkHighestValue(data: RuleSetData, complain: Complain): void {
  refuseCircle(
    Object.entries(data.grants).map(([name, one]) => [name, one.satisfiedBy === undefined ? [] : [one.satisfiedBy]]),
    (name) =>
      complain(
        ['grants', name, 'satisfiedBy'],
        `the grant "${name}" is satisfied by itself in a circle`,
        'Remove one "satisfiedBy".',
      ),
  )
  const meet = (one: Grant, other: Grant) =>
    one.account === other.account && targetsOf(one).some((target) => targetsOf(other).includes(target))
  for (const [name, one] of Object.entries(data.grants)) {
    const over = data.grants[one.satisfiedBy ?? '']
    if (over && !meet(one, over))
      complain(
        ['grants', name, 'satisfiedBy'],
        `the grant "${name}" is satisfied by "${one.satisfiedBy}", which is on another target or account`,
        'Name a grant on the same target, or remove "satisfiedBy".',
      )
    for (const [other, two] of Object.entries(data.grants)) {
      if (name >= other || !meet(one, two)) continue
      if (satisfiedByChain(data, name).includes(other) || satisfiedByChain(data, other).includes(name)) continue
      complain(
        ['grants', other, 'target'],
        `the grants "${name}" and "${other}" set two values on one target`,
        'Say with "satisfiedBy" which of them contains the other.',
      )
    }
  }
}

/** No circle, also where a higher value stands in for a prerequisite; and no prerequisite that a plan would lack. */
function checkOrder(data: RuleSetData, complain: Complain): void {
  refuseCircle(
    Object.entries(data.grants).map(([name, one]) => [
      name,
      one.after.flatMap((other) => [other, ...satisfiedByChain(data, other).filter((over) => over !== name)]),
    ]),
    (name) =>
      complain(
        ['grants', name, 'after'],
        `the grant "${name}" waits for itself in a circle`,
        'Remove one of the prerequisites.',
      ),
  )
  for (const [name, one] of Object.entries(data.grants)) {
    const included = withIncludedLevels(data, one.level)
    for (const [i, other] of one.after.entries()) {
      const before = data.grants[other]
      if (!before) continue
      const everywhere = environmentsOf(one).every(
        (environment) => environment === null || (before.environments ?? [environment]).includes(environment),
      )
      if (!included.includes(before.level) || !everywhere)
        complain(
          ['grants', name, 'after', i],
          `the grant "${name}" waits for "${other}", which its plan does not have in every environment`,
          'Give both the same level and environments, or remove the prerequisite.',
        )
    }
  }
}
