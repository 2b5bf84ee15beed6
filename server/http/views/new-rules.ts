import type { ReadEvent } from '../../audit/read.ts'
import type { World } from '../../requests/act.ts'
import { beforeApproval } from '../../requests/life.ts'
import { changesIn } from './history.ts'
import type { Viewer } from './viewer.ts'
import { dayWords, listWords } from './words.ts'

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
  return {
    at: new Date(last.at),
    from: String(last.data['from']),
    to: String(last.data['to']),
    changes: changesIn(last),
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

/** What a request that was ready lacks since; `null` while it is ready, was never, or this was erased. */
export interface NotReady {
  at: Date
  changes: string[]
}

/** The last time that it went back to collecting, from its log. */
export function notReadyIn(events: ReadEvent[]): NotReady | null {
  const last = events.findLast(({ type }) => type === 'ready' || type === 'no-longer-ready')
  if (last?.type !== 'no-longer-ready') return null
  return { at: new Date(last.at), changes: changesIn(last) }
}

/** For those who see everything: it can tell of an absence or a clearance. */
export function notReadyLines(world: World, viewer: Viewer, last: NotReady | null): string[] {
  if (!last || last.changes.length === 0 || world.request?.state !== 'open' || viewer.sees !== 'all') return []
  return [`It was ready until ${dayWords(last.at, world.now)}. What changed: ${listWords(last.changes)}.`]
}
