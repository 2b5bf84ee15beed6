import type { Kysely } from 'kysely'
import type { Schema } from '../../db/schema.ts'
import { DOERS } from '../../grants/doers-notices.ts'
import { isClosed } from '../../grants/steps.ts'
import type { NoticeRow, World } from '../../requests/act.ts'
import type { Unreached } from '../views/unreached.ts'

/** Comments whose turn is over once the request has moved on. */
const waitsIn: Record<string, RegExp> = {
  open: /^(?:line-manager|keeper|help:.*)$/,
  ready: /^(?:ready|line-manager|help:.*)$/,
  granting: new RegExp(`^(?:${DOERS}.*|your-steps|needs:.*|handed-over:.*|stuck:.*|help:.*|review-.*)$`),
  stopped: /^(?:stopped|help:.*|review-.*)$/,
  revoking: new RegExp(`^(?:${DOERS}.*|needs:.*|handed-over:.*|stuck:.*|help:.*|for-cause|review-.*)$`),
  granted: /^(?:review-.*|help:.*)$/,
  ended: /^review-.*$/,
}

/** Whom a comment asked for something, in vain: nobody is mentioned on a board that they are not on. */
export async function unreachedOf(db: Kysely<Schema>, world: World): Promise<Unreached[]> {
  const { request } = world
  const waits = waitsIn[request?.state ?? '']
  if (!request || !waits) return []
  const notices = await db
    .selectFrom('notice')
    .selectAll()
    .where('request_id', '=', request.id)
    .orderBy('created_at', 'desc')
    .execute()
  const found = new Map<string, Unreached>()
  for (const notice of notices) {
    const { kind, text, mentions, reason } = notice
    if (!waits.test(kind) || !isTheTurn(world, notice) || !reason?.startsWith('Not on the board')) continue
    for (const id of mentions) {
      const person = world.people.get(id)
      if (person && reason.includes(id) && !found.has(id))
        found.set(id, { personId: id, fullName: person.fullName, firstName: person.firstName, text })
    }
  }
  return [...found.values()]
}

/** Whether the turn that a comment told of still is: nobody is sent a message about what is over. */
function isTheTurn(world: World, { kind, step_id, turn_since, mentions }: NoticeRow): boolean {
  if (kind.startsWith('review-'))
    return [world.review, ...world.otherReviews].some((review) => review && kind.endsWith(`:${review.due_day}`))
  if (turn_since === null) return true
  const same = (date: Date | null | undefined) => date?.getTime() === turn_since.getTime()
  if (kind.startsWith('help:')) return world.helps.some((help) => help.answered_at === null && same(help.asked_at))
  if (step_id === null) return same(world.request?.state_since)
  const step = world.steps.find((one) => one.id === step_id)
  if (!step || isClosed(step)) return false
  if (kind.startsWith('handed-over:')) return same(step.taken_at) && mentions.some((id) => id === step.taken_by)
  return same(step.since)
}
