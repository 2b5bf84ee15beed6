import { endingIn, endingWords } from './ending.ts'
import { methodByHand, methodOf } from './installation-check.ts'
import { grantAt } from './instead.ts'
import { keyOf, type Place } from './plan-places.ts'
import type { Grant, RuleSet } from './rule-set.ts'
import { targetIn } from './targets.ts'
import type { AccountKind, Installation, PersonFacts, PlanStep, RequestFacts } from './types.ts'
import { type Fill, filledParameters, filledTask, filler, linkOrNull } from './words.ts'

const placeholder: Record<AccountKind, string> = {
  github: 'the GitHub username',
  aws: 'the AWS user',
  email: 'the work email',
}

/** One place of a plan with this engineer's account, this installation's names and method, and every word filled in. */
export function stepOf(
  question: { ruleSet: RuleSet; engineer: PersonFacts; request: RequestFacts; installation: Installation },
  place: Place,
): PlanStep {
  const { ruleSet, engineer, request, installation } = question
  const { name, environment, key, serves, after, follows } = place
  const target = targetIn(place.grant, environment)
  const grant = grantAt(place.grant, target, installation)
  // What follows another target is read there, so its parameters are part of what is wanted.
  const parameters = { ...installation.targets[grant.follows ?? ''], ...installation.targets[target] }
  const account = engineer.accounts[grant.account] ?? { kind: grant.account, id: '', name: placeholder[grant.account] }
  const apps = appsOf(grant, request.signonApps[environment ?? 'production'] ?? [])
  const method = methodOf(name, grant, target, installation)
  const fill = filler({ account, engineer, environment, parameters, apps })
  const listed = filledParameters({ ...parameters, ...grant.params }, fill)
  const wanted = { value: grant.value, params: { ...listed, ...(grant.askApps ? { apps } : {}) } }
  const readByUs = installation.reads?.({ system: grant.system, environment, wanted }) ?? false
  const ending = method === 'api' && installation.ends?.(grant.system) ? endingIn(wanted.params) : null
  const verifiedBy = checkedBy(grant, method, readByUs, fill(grant.words.verifiedBy))
  return {
    key,
    grant: name,
    serves,
    system: grant.system,
    systemName: grant.systemName,
    environment,
    account,
    wanted,
    method,
    proof: grant.proof,
    after,
    follows,
    ...(grant.byHand
      ? { byHand: { ...byHandOf(grant.byHand, fill), method: methodByHand(grant, target, installation) } }
      : {}),
    batch: grant.batch ?? null,
    words: {
      change: `${fill(grant.words.change)}${ending ? endingWords(ending) : ''}`,
      purpose: grant.words.purpose ? fill(grant.words.purpose) : null,
      undo: fill(grant.words.undo),
      short: fill(grant.words.short),
      works: serves.flatMap((id) => ruleSet.entitlements[id]?.name ?? []),
      verifiedBy,
      cannotSee: grant.words.cannotSee ? fill(grant.words.cannotSee) : null,
    },
    task: grant.task ? filledTask(grant.task, fill) : null,
    undoTask: grant.undoTask ? filledTask(grant.undoTask, fill) : null,
    nothingToUndo: grant.nothingToUndo,
    ...(grant.onLeaving ? { onLeaving: onLeavingOf(grant.onLeaving, fill) } : {}),
    engineer: engineerPart(grant, fill),
    selfCheck: selfCheckOf(grant, fill),
    alsoAppearsIn: grant.alsoAppearsIn ? fill(grant.alsoAppearsIn) : null,
    ...(grant.copiedBy ? { copiedBy: grant.copiedBy } : {}),
    ...(grant.copy ? { copy: copyOf(name, grant.copy, fill) } : {}),
    ...(grant.sessionHours ? { sessionHours: grant.sessionHours } : {}),
    hint: grant.hint ? fill(grant.hint) : null,
    ...(grant.onReturn ? { onReturn: fill(grant.onReturn) } : {}),
  }
}

/** How a step is checked here: the rule set’s words, unless people do what it would read back, or we read what they do. */
function checkedBy({ proof, systemName }: Grant, method: PlanStep['method'], readByUs: boolean, words: string): string {
  if (method === 'api' || method === 'follows') return words
  if (readByUs)
    return proof === 'read-back'
      ? `read back from ${systemName}`
      : `read back from ${systemName} where it shows, else ${words}`
  return method === 'task' && proof === 'read-back' ? `a second person looks in ${systemName}` : words
}

/** A set, whatever the order in which somebody typed it: the same applications are the same plan. */
function appsOf(grant: Grant, asked: string[]): string[] {
  return grant.askApps ? [...new Set([...grant.appsIncluded, ...asked])].sort() : []
}

function engineerPart({ engineer }: Grant, fill: Fill): PlanStep['engineer'] {
  if (!engineer) return null
  return {
    text: fill(engineer.text),
    short: engineer.short,
    link: linkOrNull(fill(engineer.link ?? '')),
    trap: engineer.trap ? fill(engineer.trap) : null,
    seenByUs: engineer.seenByUs,
    when: engineer.when,
  }
}

function onLeavingOf(
  { value, undo, undoTask }: NonNullable<Grant['onLeaving']>,
  fill: Fill,
): NonNullable<PlanStep['onLeaving']> {
  return { value, undo: fill(undo), undoTask: filledTask(undoTask, fill) }
}

function byHandOf({ undo, undoTask }: NonNullable<Grant['byHand']>, fill: Fill) {
  return { undo: fill(undo), undoTask: filledTask(undoTask, fill) }
}

function copyOf(name: string, copy: NonNullable<Grant['copy']>, fill: Fill): NonNullable<PlanStep['copy']> {
  const { environment, short, undo, undoTask } = copy
  return {
    key: keyOf(name, environment),
    environment,
    short: fill(short),
    undo: fill(undo),
    undoTask: filledTask(undoTask, fill),
  }
}

function selfCheckOf({ selfCheck }: Grant, fill: Fill): PlanStep['selfCheck'] {
  const url = linkOrNull(fill(selfCheck?.url ?? ''))
  return selfCheck && url ? { text: fill(selfCheck.text), url } : null
}
