import type { World } from '../../requests/act.ts'
import type { ReviewReason } from '../../rules/access-review.ts'
import type { WindowPart } from '../api.ts'
import { part } from './windows/fields.ts'
import { count, dayWords } from './words.ts'

/** What somebody who comes back, and whoever approves it, must know. For nobody else: it may say why access was revoked. */

function afterWhat(why: ReviewReason, limitDays: number): string {
  switch (why) {
    case 'absence':
      return ` after more than ${count(limitDays, 'day')} away`
    case 'left':
      return ' after leaving'
    case 'moved':
      return ' after moving team'
  }
}

export function returningPart(world: World): WindowPart[] {
  const { returning, ruleSet, now } = world
  if (!returning) return []
  const name = ruleSet.levels[returning.level]?.name ?? 'Access'
  const level = returning.adopted ? `What was adopted of ${name}` : name
  const how = returning.givenBack ? 'given back' : 'revoked'
  const why = returning.why ? afterWhat(returning.why, ruleSet.absence.limitDays) : ''
  return [
    {
      ...part('Coming back', []),
      text: [
        `${level} was ${how} on ${dayWords(returning.on, now)}${why}. Everything is judged and confirmed anew.`,
        ...returning.onReturn,
      ],
    },
  ]
}
