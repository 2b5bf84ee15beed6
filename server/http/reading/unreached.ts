import type { Kysely } from 'kysely'
import type { Schema } from '../../db/schema.ts'
import type { World } from '../../requests/act.ts'
import type { Unreached } from '../views/unreached.ts'

/** Comments whose turn is over once the request has moved on. */
const waitsIn: Record<string, RegExp> = {
  open: /^line-manager$/,
  ready: /^(?:ready|line-manager)$/,
  granting: /^(?:doers|your-steps|stuck:.*|help:.*)$/,
  revoking: /^(?:doers|stuck:.*)$/,
}

/** Whom a comment asked for something, in vain: nobody is mentioned on a board that they are not on. */
export async function unreachedOf(db: Kysely<Schema>, world: World): Promise<Unreached[]> {
  const { request } = world
  const waits = waitsIn[request?.state ?? '']
  if (!request || !waits) return []
  const notices = await db
    .selectFrom('notice')
    .select(['kind', 'text', 'mentions', 'reason'])
    .where('request_id', '=', request.id)
    .orderBy('created_at', 'desc')
    .execute()
  const found = new Map<string, Unreached>()
  for (const { kind, text, mentions, reason } of notices) {
    if (!waits.test(kind) || !reason?.startsWith('Not on the board')) continue
    for (const id of mentions) {
      const person = world.people.get(id)
      if (person && reason.includes(id) && !found.has(id))
        found.set(id, { personId: id, fullName: person.fullName, firstName: person.firstName, text })
    }
  }
  return [...found.values()]
}
