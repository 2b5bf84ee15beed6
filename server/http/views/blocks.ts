import { londonDay } from '../../clock.ts'
import { isOfLevel } from '../../grants/of-level.ts'
import type { Actor, StepRow, World } from '../../requests/act.ts'
import { canonical } from '../../requests/challenge.ts'
import { judgeSponsorship } from '../../rules/sponsorship.ts'
import type { PlanStep } from '../../rules/types.ts'
import type { Button, Fold, Row } from '../api.ts'
import type { Viewer } from './viewer.ts'
import { capital, count, dayWords, onWhoseWord } from './words.ts'

/** The three blocks of one state: status, next, detail. */
export interface Blocks {
  headline: string
  since: Date | null
  lines: string[]
  primary: Button | null
  next: Row[]
  detail: Row[]
  buttons: Button[]
  folds: Fold[]
}

/** The plan as it will be, or was, carried out; grouped only by order, one line for each step. */
export function planFold(world: World, viewer: Viewer): Fold {
  const steps = world.plan?.steps ?? []
  const systems = new Set(steps.map((step) => step.systemName)).size
  return {
    id: 'plan',
    title:
      steps.length > 0
        ? `${viewer.isEngineer ? 'What you will get' : 'The plan'}: ${count(steps.length, 'step')} in ${count(systems, 'system')}`
        : 'What it gives',
    rows: steps.map((step) => ({
      ...line(`plan-${step.key}`, 'none', step.systemName, viewer.plain(step.words.change)),
      detail: stepNotes(world, step),
      who: methodWords(step, steps),
    })),
    text:
      steps.length === 0
        ? Object.values(world.ruleSet.entitlements)
            .filter((one) => world.ruleSet.withIncluded(world.card.level).includes(one.level))
            .map((one) => capital(one.name))
        : [],
  }
}

/** Beside what a step changes: why, what follows by itself, whether it is held already, and how it will be checked. */
export function stepNotes(world: World, step: PlanStep): string {
  return sentences([purposeAndHeld(world, step), step.alsoAppearsIn, checkWords(step), step.words.cannotSee])
}

/** What a decision needs beside the change itself: why, and whether it is held already. Often nothing. */
export function purposeAndHeld(world: World, step: PlanStep): string | null {
  return sentences([step.words.purpose, heldAlready(world, step)]) || null
}

export function checkWords(step: PlanStep): string {
  return `How it is checked: ${step.words.verifiedBy}`
}

export function sentences(notes: (string | null)[]): string {
  return notes.flatMap((note) => (note ? [`${capital(note.replace(/\.$/, ''))}.`] : [])).join(' ')
}

/** What another request gave, of exactly this: shown, and no part of what is signed. */
function heldAlready(world: World, step: PlanStep): string | null {
  const held = world.holdings.find(
    (one) =>
      one.request_id !== world.request?.id &&
      one.grant_key === step.key &&
      one.account.id === step.account.id &&
      canonical(one.wanted) === canonical(step.wanted),
  )
  return held ? `Already held since ${dayWords(held.since, world.now)}` : null
}

/** How a step is carried out, in a word or two: "pull request", "2nd line", "with GitHub". */
export function methodWords(step: PlanStep, steps: PlanStep[]): string {
  switch (step.method) {
    case 'api':
      return 'by us'
    case 'pull-request':
      return 'pull request'
    case 'follows': {
      const leads = steps.find((other) => step.follows === other.key)
      return leads ? `with ${leads.systemName}` : 'with another'
    }
    case 'task':
      return step.task?.doer === 'senior-tech' ? 'Senior Tech' : '2nd line'
  }
}

/** A row that only says something. */
export function line(
  key: string,
  mark: Row['mark'],
  word: string,
  title: string,
  detail: string | null = null,
  buttons: Button[] = [],
): Row {
  return { key, mark, word, title, detail, who: null, since: null, trap: null, buttons, links: [] }
}

/** Whom a comment asked to decide, and when. */
export interface Told {
  firstName: string
  at: Date
}

/** Why this viewer cannot approve, or why they can, in one sentence. */
export function sponsorSentence(
  world: World,
  actor: Actor,
  told: Told | null = null,
): { may: boolean; sentence: string } {
  const { engineer, request, ruleSet, people, today } = world
  if (!engineer || !request || !actor.person) return { may: false, sentence: '' }
  const answer = judgeSponsorship({ ruleSet, level: request.level, engineer, viewer: actor.person, people, today })
  const added =
    told && !answer.may && answer.reason === 'admin-needs-senior-tech'
      ? ` We told ${told.firstName} on ${dayWords(told.at, world.now)}.`
      : ''
  return { may: answer.may, sentence: answer.sentence + added }
}

export function whoOf(world: World): string {
  return world.engineer?.fullName ?? 'the engineer'
}

/** "Production Deploy" */
export function levelOf(world: World): string {
  const level = world.request?.level ?? world.card.level
  return world.ruleSet.levels[level]?.name ?? level
}

/** Somebody's full name; "somebody" where the register does not know them any more. */
export function person(world: World, id: string | null): string {
  return world.people.get(id ?? '')?.fullName ?? 'somebody'
}

/** On whose word it stands, as a sentence; empty before anybody approved. */
export function decidedWords(world: World): string {
  const { request, now } = world
  if (!request?.approved_at) return ''
  const approved = { by: person(world, request.approved_by), at: request.approved_at }
  const word = `${onWhoseWord(approved, { by: person(world, request.lowered_by), at: request.lowered_at }, now)}.`
  return [word, sponsorNow(world) ?? ''].join(' ').trim()
}

/** Who answers for it since the engineer moved; `null` where whoever approved it still does, or nobody knows who leads them. */
export function sponsorNow({ engineer, people, request, sponsors }: World): string | null {
  const lead = people.get(engineer?.techLead?.value ?? '')
  if (!engineer?.moved?.value || !lead || !request?.approved_at || lead.id === request.approved_by) return null
  if (londonDay(request.approved_at) > engineer.moved.date) return null
  return `${sponsors.includes(lead.id) ? 'Sponsor' : 'Tech lead'} from now on: ${lead.fullName}.`
}

/** What a step that stays is for, of a level: "AWS read-only in production". */
export function staysWords({ ruleSet }: World, { words, environment, nothingToUndo }: PlanStep, level: string): string {
  const ofLevel = ruleSet.withIncluded(level)
  const works = Object.values(ruleSet.entitlements).filter(
    (one) => ofLevel.includes(one.level) && words.works.includes(one.name),
  )
  if (nothingToUndo || works.length === 0) return words.short
  return works.map(({ name }) => name).join(' · ') + (environment ? ` in ${environment}` : '')
}

/** What was granted of a level that the request has no more is left out. */
export function stepsOf(world: World, direction: 'grant' | 'revoke'): StepRow[] {
  const steps = world.steps.filter((step) => step.direction === direction)
  return direction === 'grant' ? steps.filter((step) => isOfLevel(world, step)) : steps
}
