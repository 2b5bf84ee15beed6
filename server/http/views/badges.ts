import type { World } from '../../requests/act.ts'
import type { BadgeView, Colour, Wait } from '../api.ts'
import type { Turn } from './turn.ts'
import { turnsOf } from './turns.ts'
import { count, daysSince } from './words.ts'

/** What a badge says, without its age: kept in memory and dressed with the age of the day when it is asked for. */
export interface BadgeModel {
  badges: { text: string; shorter: string; color: Colour; since: Date; ages: boolean }[]
  refresh: number
  waits: Wait | null
}

/** Trello cuts longer texts, and people read badges from across a room. */
const LONGEST = 30
const WHILE_MOVING = 15
const AT_REST = 60

/** A card whose request cannot be read or judged: said so, and looked at again like any other. */
export const unknownBadges: BadgeModel = {
  badges: [{ text: 'Status unknown', shorter: 'Status unknown', color: 'light-gray', since: new Date(0), ages: false }],
  refresh: AT_REST,
  waits: null,
}

/** One or two badges, the same for everybody who looks. None for the template. */
export function badgeModel(world: World): BadgeModel {
  const all = turnsOf(world)
  const people = all.filter((turn) => turn.kind !== 'state')
  const turns = people.length > 0 ? people : all
  const kinds = new Set<string>()
  // Two badges only when two kinds of people have a turn.
  const chosen = turns.filter((turn) => {
    const kind = turn.role
    if (kinds.has(kind)) return false
    kinds.add(kind)
    return true
  })
  const moving = world.request?.state === 'granting' || world.request?.state === 'revoking'
  return {
    badges: chosen.slice(0, 2).map(({ text, shorter, color, since, kind }) => ({
      text,
      shorter,
      color,
      since,
      ages: kind !== 'state',
    })),
    refresh: moving ? WHILE_MOVING : AT_REST,
    waits: waitOf(people),
  }
}

/** The first of the turns: stuck ones stand before others, the oldest before the younger. */
function waitOf([first]: Turn[]): Wait | null {
  if (!first) return null
  // Whose word is missing is told to nobody: the line manager's turn sorts like any other record that is waited for.
  const role = first.role === 'line-manager' ? 'keeper' : first.role
  return { turn: first.kind === 'stuck' ? 'stuck' : role, since: first.since.toISOString() }
}

/** The badges as they read now: after one day with their age, never longer than fits. */
export function badgesAt(model: BadgeModel, now: Date): { badges: BadgeView[]; refresh: number; waits: Wait | null } {
  return {
    badges: model.badges.map((badge) => ({ text: aged(badge, now), color: badge.color })),
    refresh: model.refresh,
    waits: model.waits,
  }
}

function aged(badge: BadgeModel['badges'][number], now: Date): string {
  const days = badge.ages ? daysSince(badge.since, now) : 0
  const age = days >= 1 ? `, ${count(days, 'day')}` : ''
  const texts = [badge.text + age, badge.shorter + age, badge.text, badge.shorter]
  return texts.find((text) => text.length <= LONGEST) ?? `${badge.shorter.slice(0, LONGEST - 1)}…`
}
