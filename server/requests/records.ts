import { type Kysely, sql } from 'kysely'
import type { Schema } from '../db/schema.ts'
import type { Day, Installation } from '../rules/types.ts'
import type { HoldingRow, RequestRow, StepRow, World } from './act.ts'
import { expiryOf } from './expiry-day.ts'
import { freed } from './freed.ts'
import { approvedStates } from './life.ts'
import { hasStanding } from './still-held.ts'

/** What a world holds of the record: of its own request, and of what stands beside it. */

/** What revoking one request must know of the others, and of what no record has. */
export async function besideRecords(
  db: Kysely<Schema>,
  request: RequestRow | null,
  holdings: HoldingRow[],
): Promise<Pick<World, 'othersSteps' | 'othersRevokes' | 'takenOver' | 'alsoFound'>> {
  const nothing = { othersSteps: [], othersRevokes: [], takenOver: [], alsoFound: [] }
  if (!request) return nothing
  if (request.state === 'ended') return { ...nothing, othersRevokes: await goingBeside(db, request) }
  if (!approvedStates.includes(request.state)) return nothing
  const othersSteps = await stepsBeside(db, request)
    .where('request.state', 'in', [...approvedStates])
    .where((eb) => eb.or([eb('request.state', '!=', 'revoking'), hasStanding]))
    .where('step.direction', '=', 'grant')
    .where(standsThere)
    .execute()
  const othersRevokes = await goingBeside(db, request)
  const ids = holdings.filter((one) => one.request_id === request.id).map((one) => one.step_id)
  const takenOver =
    ids.length === 0
      ? []
      : await db
          .selectFrom('step')
          .selectAll()
          .where('id', 'in', ids)
          .where('request_id', '!=', request.id)
          .orderBy('ordinal')
          .execute()
  const alsoFound = await db.selectFrom('also_found').selectAll().where('request_id', '=', request.id).execute()
  return { othersSteps, othersRevokes, takenOver, alsoFound }
}

/** Steps by which things go that the same person's other requests held. */
function goingBeside(db: Kysely<Schema>, request: RequestRow): Promise<StepRow[]> {
  return stepsBeside(db, request)
    .where('step.direction', '=', 'revoke')
    .where('step.state', 'not in', ['verified', 'seen'])
    .execute()
}

/** Steps of the same person's other requests. */
export function stepsBeside(db: Kysely<Schema>, { id, person_id }: RequestRow) {
  return db
    .selectFrom('step')
    .innerJoin('request', 'request.id', 'step.request_id')
    .selectAll('step')
    .where('request.person_id', '=', person_id)
    .where('request.id', '!=', id)
}

/** Of a grant step: the request did not revoke it by itself since, and does not now, or holds it again. */
const standsThere = sql<boolean>`(
  not exists (select 1 from step as going
    where going.request_id = request.id and going.direction = 'revoke' and going.key = step.key
    and going.state not in ('verified', 'seen'))
  and (not exists (select 1 from step as taken
    where taken.request_id = request.id and taken.direction = 'revoke' and taken.key = step.key)
  or exists (select 1 from holding as held
    where held.request_id = request.id and held.grant_key = step.key and held.ended_at is null)))`

/** What the record has of one request alone. */
export async function ownRecords(
  db: Kysely<Schema>,
  installation: Installation,
  request: RequestRow,
  today: Day,
): Promise<Pick<World, 'steps' | 'helps' | 'leftOver' | 'approval' | 'expires'>> {
  const steps = await db
    .selectFrom('step')
    .selectAll()
    .where('request_id', '=', request.id)
    .orderBy('direction')
    .orderBy('ordinal')
    .execute()
  const helps = await db
    .selectFrom('help')
    .selectAll()
    .where('request_id', '=', request.id)
    .orderBy('asked_at')
    .execute()
  const approval = request.approval_id
    ? await db.selectFrom('signed_act').selectAll().where('id', '=', request.approval_id).executeTakeFirst()
    : null
  return {
    leftOver: request.state === 'ended' ? await leftOver(db, request.person_id) : [],
    steps: await freed(db, steps, today),
    helps,
    approval: approval ?? null,
    expires: await expiryOf(db, request, installation),
  }
}

/** What a comparison found of them that no revocation took. */
async function leftOver(db: Kysely<Schema>, personId: string): Promise<string[]> {
  const found = await db
    .selectFrom('drift_finding')
    .select('sentence')
    .where('person_id', '=', personId)
    .where('kind', '=', 'extra')
    .where('settled_at', 'is', null)
    .orderBy('key')
    .execute()
  return found.map(({ sentence }) => sentence)
}
