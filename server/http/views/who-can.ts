import { exportPolicy } from '../../grants/export-states.ts'
import { isInLine } from '../../grants/in-turn.ts'
import { isHandWork } from '../../grants/steps.ts'
import type { StepRow, World } from '../../requests/act.ts'
import type { TurnRole } from '../../rules/types.ts'
import type { Row } from '../api.ts'
import { ownerOf } from './export-owner.ts'
import { roleWord } from './turn.ts'
import type { Viewer } from './viewer.ts'
import { dayWords } from './words.ts'

/** What waits for something outside waits for somebody with a name: who can, and what to send them. */

/**
 * "Alex Green or Jo Bell (2nd line)"; the role alone where nobody has it now.
 * @param not people who have the role, and cannot be meant here
 */
export function whoCan(world: World, role: TurnRole, not: string[] = []): string {
  if (role === 'reviewer') return `${whoCan(world, 'second-line')}, or Senior Tech`
  const names = idsOf(world, role)
    .filter((id) => id !== world.engineer?.id && !not.includes(id))
    .flatMap((id) => world.people.get(id)?.fullName ?? [])
  return namesWithRole(names, role)
}

/** "Alex Green or Jo Bell (2nd line)" */
export function namesWithRole(names: string[], role: TurnRole): string {
  const word = ownWords[role] ?? roleWord(role)
  if (names.length === 0) return ownWords[role] ? `a ${word}` : word
  const [first, second] = names
  if (names.length > 2) return `${first}, ${second} or others (${word})`
  return `${names.join(' or ')} (${word})`
}

function idsOf({ secondLine, sponsors, people, request, keepers, engineer }: World, role: TurnRole): string[] {
  switch (role) {
    case 'second-line':
      return secondLine
    case 'senior-tech':
      return sponsors.filter((id) => people.get(id)?.seniorTech?.value === true)
    case 'keeper':
      return keepers
    case 'line-manager':
      return engineer?.lineManager ? [engineer.lineManager.value] : []
    case 'sponsor':
      return request?.approved_by ? [request.approved_by] : sponsors
    default:
      return []
  }
}

/** In a sentence; a badge has shorter ones. */
const ownWords: Partial<Record<TurnRole, string>> = { keeper: 'register keeper', 'line-manager': 'line manager' }

/** Waits for a merge, or for somebody to apply what is merged. */
export function waitsOutside(step: StepRow): boolean {
  return step.turn === 'reviewer' || (step.state === 'waiting' && isHandWork(step))
}

/** Done, and a newer export would tell what nobody else but a second person can. */
export function waitsForExport(step: StepRow, { installation }: World): boolean {
  if (step.state !== 'done' || step.turn !== 'second-person' || step.plan.copyOf !== undefined) return false
  const { system, environment, wanted } = step.plan
  const isBrought = installation.reads?.({ system, environment, wanted }) ?? false
  return isBrought && (installation.takesExport?.(system) ?? false)
}

/** Who brings it, without those who did the step; `null` where nobody is asked for any. */
export function whoBrings(step: StepRow, world: World): string | null {
  const owner = ownerOf(exportPolicy(world.installation))
  return owner && whoCan(world, owner, step.doers)
}

/** What to send to whoever brings exports. */
export function exportMessage(step: StepRow, world: World): NonNullable<Row['copy']> {
  const { systemName, words } = step.plan
  const who = world.engineer?.fullName ?? 'the engineer'
  const by = world.people.get(step.done_by ?? '')?.fullName ?? 'somebody'
  const since = dayWords(step.done_at ?? step.since, world.now)
  return {
    value: `Can you bring a new export of ${systemName}? The step ${words.short} for ${who}, done by ${by}, has waited for it since ${since}. Import it from the access queue, or from ${world.card.url}.`,
    label: `Copy the message about the export of ${systemName} for ${who}`,
  }
}

/** What to send to whoever can, once for all steps of one proposal; nothing for those who may not read account names. */
export function messageFor(step: StepRow, world: World, viewer: Viewer): Pick<Row, 'copy'> {
  const reads = viewer.sees === 'steps' || viewer.sees === 'all'
  if (reads && waitsForExport(step, world) && whoBrings(step, world)) return { copy: exportMessage(step, world) }
  const together = world.steps.filter((one) => waitsOutside(one) && one.link === step.link && one.turn === step.turn)
  if (!reads || step.link === null || !waitsOutside(step) || together[0]?.id !== step.id) return {}
  const who = world.engineer?.fullName ?? 'the engineer'
  const what = [...new Set(together.map(({ plan }) => plan.words.short))].join(', ')
  const since = dayWords(step.since, world.now)
  const approver = world.people.get(world.request?.approved_by ?? '')?.fullName
  const why = `It is for ${who} (${what})${approver ? `, approved by ${approver}` : ''}, and has waited since ${since}.`
  const value = isInLine(step)
    ? `Can you review and merge ${step.link}? What is for ${who} (${what}) has waited for that since ${since}.`
    : step.turn === 'reviewer'
      ? `Can you review and merge ${step.link}? ${why}`
      : `Can you apply what was merged with ${step.link}? ${why} Then say so on ${world.card.url}.`
  return { copy: { value, label: `Copy the message about ${what} for ${who}` } }
}
