import type { Actor, World } from '../../requests/act.ts'
import { type ActName, refusedByTable } from '../../requests/authorisation.ts'
import { refusedAfterLeaving } from '../../requests/letting-stand.ts'
import { type Relation, relationsOf } from '../../requests/relations.ts'
import type { TurnRole } from '../../rules/types.ts'
import type { Button } from '../api.ts'

/** Who sees how much, and which buttons work for them. */
export interface Viewer {
  relations: Set<Relation>
  sees: 'little' | 'plan' | 'steps' | 'all'
  isEngineer: boolean
  may(act: ActName): boolean
  /** Why they may not, and who can; `null` where they may. */
  refused(act: ActName): string | null
  /** Names in other systems are for those who need them; anybody else reads the first name in their place. */
  plain(text: string): string
}

/** How one actor stands to one card. Private facts are for the engineer, possible sponsors and keepers only. */
export function viewerOn(world: World, actor: Actor): Viewer {
  const relations = relationsOf(actor, world.engineer, world.sponsors)
  const has = (...some: Relation[]) => some.some((relation) => relations.has(relation))
  const sees = relations.has('unlinked')
    ? 'little'
    : has('engineer', 'sponsor', 'keeper')
      ? 'all'
      : has('second-line', 'senior-tech', 'tech-lead', 'holds-admin')
        ? 'steps'
        : 'plan'
  const hidden = sees === 'steps' || sees === 'all' ? [] : accountNames(world)
  const first = world.engineer?.firstName ?? 'the engineer'
  const refused = (act: ActName) =>
    refusedByTable(act, relations) ?? (act === 'keep-access' ? refusedAfterLeaving(world.engineer, relations) : null)
  return {
    relations,
    sees,
    isEngineer: relations.has('engineer'),
    may: (act) => refused(act) === null,
    refused,
    plain: (text) => hidden.reduce((left, name) => left.replaceAll(name, first), text),
  }
}

/** Longest first, so that no part of a name is left standing. */
function accountNames(world: World): string[] {
  const accounts = [...Object.values(world.engineer?.accounts ?? {}), ...world.steps.map((step) => step.plan.account)]
  return [...new Set(accounts.flatMap(({ id, name }) => [id, name]))]
    .filter((name) => name !== '')
    .toSorted((a, b) => b.length - a.length)
}

/** Whether it is this viewer's own turn. */
export function isTurnOf(viewer: Viewer, role: TurnRole): boolean {
  switch (role) {
    case 'engineer':
      return viewer.isEngineer
    case 'sponsor':
      return viewer.relations.has('sponsor')
    case 'senior-tech':
      return viewer.relations.has('senior-tech') && !viewer.isEngineer
    case 'second-line':
      return viewer.relations.has('second-line') && !viewer.isEngineer
    case 'keeper':
      return viewer.relations.has('keeper')
    case 'line-manager':
      return viewer.relations.has('line-manager')
    case 'second-person':
    case 'reviewer':
    case 'us':
    case 'nobody':
      return false
  }
}

export function opens(
  text: string,
  window: string,
  subject: string,
  tone: Button['tone'] = 'plain',
  label?: string,
): Button {
  return { text, tone, does: { opens: window, args: { subject } }, ...(label ? { label } : {}) }
}

/** A button that saves a file. The address is one of ours, and asks again who may have it. */
export function downloads(text: string, address: string, file: string, said: string, label?: string): Button {
  return { text, tone: 'plain', does: { downloads: address, file, said }, ...(label ? { label } : {}) }
}

export function acts(
  text: string,
  act: ActName,
  subject: string,
  input: unknown = {},
  tone: Button['tone'] = 'plain',
  label?: string,
): Button {
  return { text, tone, does: { act, subject, input }, ...(label ? { label } : {}) }
}
