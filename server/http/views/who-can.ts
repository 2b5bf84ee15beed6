import { isHandWork } from '../../grants/steps.ts'
import type { StepRow, World } from '../../requests/act.ts'
import type { TurnRole } from '../../rules/types.ts'
import type { Row } from '../api.ts'
import { roleWord } from './turn.ts'
import type { Viewer } from './viewer.ts'
import { dayWords } from './words.ts'

/** A proposal that waits outside waits for somebody with a name: who can, and what to send them. */

/** "Alex Green or Jo Bell (2nd line)"; the role alone where nobody has it now. */
export function whoCan(world: World, role: TurnRole): string {
  if (role === 'reviewer') return `${whoCan(world, 'second-line')}, or Senior Tech`
  const names = idsOf(world, role)
    .filter((id) => id !== world.engineer?.id)
    .flatMap((id) => world.people.get(id)?.fullName ?? [])
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

/** What to send to whoever can, once for all steps of one proposal; nothing for those who may not read account names. */
export function messageFor(step: StepRow, world: World, viewer: Viewer): Pick<Row, 'copy'> {
  const reads = viewer.sees === 'steps' || viewer.sees === 'all'
  const together = world.steps.filter((one) => waitsOutside(one) && one.link === step.link && one.turn === step.turn)
  if (!reads || step.link === null || !waitsOutside(step) || together[0]?.id !== step.id) return {}
  const who = world.engineer?.fullName ?? 'the engineer'
  const what = [...new Set(together.map(({ plan }) => plan.words.short))].join(', ')
  const since = dayWords(step.since, world.now)
  const approver = world.people.get(world.request?.approved_by ?? '')?.fullName
  const why = `It is for ${who} (${what})${approver ? `, approved by ${approver}` : ''}, and has waited since ${since}.`
  const value =
    step.turn === 'reviewer'
      ? `Can you review and merge ${step.link}? ${why}`
      : `Can you apply what was merged with ${step.link}? ${why} Then say so on ${world.card.url}.`
  return { copy: { value, label: `Copy the message about ${what} for ${who}` } }
}
