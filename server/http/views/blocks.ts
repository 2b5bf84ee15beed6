import type { Actor, World } from '../../requests/act.ts'
import { judgeSponsorship } from '../../rules/sponsorship.ts'
import type { Button, Fold, Row } from '../api.ts'
import { capital, count } from './words.ts'

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
export function planFold(world: World): Fold {
  const steps = world.plan?.steps ?? []
  const systems = new Set(steps.map((step) => step.systemName)).size
  const methods = { api: 'by us', 'pull-request': 'pull request', task: 'by people', follows: 'comes with another' }
  return {
    id: 'plan',
    title:
      steps.length > 0
        ? `What you will get: ${count(steps.length, 'step')} in ${count(systems, 'system')}`
        : 'What you will get',
    rows: steps.map((step) => ({
      key: `plan-${step.key}`,
      mark: 'none',
      word: step.systemName,
      title: step.words.change,
      detail: [step.words.purpose, step.alsoAppearsIn].filter(Boolean).join('. ') || null,
      who: methods[step.method],
      since: null,
      trap: null,
      buttons: [],
      links: [],
    })),
    text:
      steps.length === 0
        ? Object.values(world.ruleSet.entitlements)
            .filter((one) => world.ruleSet.withIncluded(world.card.level).includes(one.level))
            .map((one) => capital(one.name))
        : [],
  }
}

/** Why this viewer cannot approve, or why they can, in one sentence. */
export function sponsorSentence(world: World, actor: Actor): { may: boolean; sentence: string } {
  const { engineer, request, ruleSet, people, today } = world
  if (!engineer || !request || !actor.person) return { may: false, sentence: '' }
  const answer = judgeSponsorship({ ruleSet, level: request.level, engineer, viewer: actor.person, people, today })
  return { may: answer.may, sentence: answer.sentence }
}
