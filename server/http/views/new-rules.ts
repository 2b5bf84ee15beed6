import type { ReadEvent } from '../../audit/read.ts'
import type { World } from '../../requests/act.ts'
import { beforeApproval } from '../../requests/life.ts'
import type { Viewer } from './viewer.ts'
import { dayWords } from './words.ts'

/** A newer rule set came into force while the request was open. */
export interface NewRules {
  at: Date
  from: string
  to: string
  /** In sentences; empty where nothing changed for this request, or what changed was erased. */
  changes: string[]
}

/** The last time that the request was judged again, from its log. */
export function newRulesIn(events: ReadEvent[]): NewRules | null {
  const last = events.findLast((event) => event.type === 'judged-again')
  if (!last) return null
  const changes = last.detail?.['changes']
  return {
    at: new Date(last.at),
    from: String(last.data['from']),
    to: String(last.data['to']),
    changes: Array.isArray(changes) ? changes.map(String) : [],
  }
}

/** Said until somebody decides. What changed is for those who see everything: it can tell of an apprenticeship. */
export function newRulesLines(world: World, viewer: Viewer, rules: NewRules | null): string[] {
  if (!rules || !world.request || !beforeApproval.includes(world.request.state) || viewer.sees === 'little') return []
  const which = rules.from === rules.to ? rules.to : `${rules.to}, before ${rules.from}`
  const first = `The rules changed on ${dayWords(rules.at, world.now)} (${which}). This request was judged again.`
  if (viewer.sees !== 'all') return [first]
  return [first, ...(rules.changes.length > 0 ? rules.changes : ['Nothing that was judged changed.'])]
}
