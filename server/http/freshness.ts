import type { Database } from '../db/database.ts'
import type { RestHealth } from '../trello/rest.ts'
import { dayWords, timeWords } from './views/words.ts'

/** Why what is shown of a board may be old, and whose turn it is; as `experience.md` words it. */
const reasons: Record<Exclude<RestHealth['state'], 'ok'> | 'board', { what: string; turn: string }> = {
  unreachable: { what: 'We cannot reach Trello.', turn: 'This updates by itself.' },
  limited: { what: 'Trello asks us to slow down.', turn: 'This updates by itself.' },
  refused: {
    what: 'Trello does not let us read cards at the moment.',
    turn: 'Whoever runs this server looks at it. You need not do anything.',
  },
  board: {
    what: 'We cannot read this board.',
    turn: 'A board admin or a register keeper adds our service member to the board again.',
  },
}

/**
 * A sentence while what stands on a board's cards may be old, or `null`: what was true when, whether anything is lost, and
 * whose turn it is.
 */
export function createFreshness(parts: {
  db: Database
  trello(): RestHealth
  now(): Date
}): (boardId: string) => Promise<string | null> {
  return async (boardId) => {
    const board = await parts.db.kysely
      .selectFrom('board')
      .select(['problem', 'checked_at'])
      .where('id', '=', boardId)
      .executeTakeFirst()
    const { state } = parts.trello()
    const reason = state !== 'ok' ? reasons[state] : board?.problem ? reasons.board : null
    if (!reason) return null
    const at = board?.checked_at ?? null
    const stood = at ? ` This is how it stood ${moment(at, parts.now())}.` : ''
    return `${reason.what}${stood} Nothing is lost. ${reason.turn}`
  }
}

function moment(at: Date, now: Date): string {
  const today = dayWords(at, now) === dayWords(now, now)
  return today ? `at ${timeWords(at)}` : `on ${dayWords(at, now)} at ${timeWords(at)}`
}
