import type { NewEvent } from '../audit/events.ts'
import type { Clock } from '../clock.ts'
import type { Tx } from '../db/database.ts'
import type { NewNotice, RequestRow, World } from '../requests/act.ts'
import { changeRequest } from '../requests/acts/common.ts'
import { newVersion } from '../requests/new-version.ts'
import { isTold } from '../requests/notices.ts'
import { loadWorld, type Office, type Shared } from '../requests/world.ts'
import { settleCopies, writeLateCopies } from './copies.ts'
import { DOERS, doersNotice } from './doers-notices.ts'
import { goingElsewhere, heldElsewhere } from './held-elsewhere.ts'
import { type Ended, engineerStepsNotice, grantedNotice, heldNotice, refusedNotice, revokedNotice } from './notices.ts'
import { goingBeside } from './one-while-granting.ts'
import { type Adapters, adapterFor, isClosed, unlock } from './steps.ts'
import type { Direction } from './system.ts'

interface Hand {
  tx: Tx
  clock: Clock
  log(event: NewEvent): void
  notify(notice: NewNotice): void
  /** Another card changed too. */
  touched?(cardId: string): void
}

/**
 * After a step changed: what may begin now begins, and the request is granted, ended or goes on. Called in the
 * transaction of the change; the caller appends the events.
 * @param known who everybody is, where this transaction read it already
 */
export async function settleSteps(
  hand: Hand,
  office: Office,
  adapters: Adapters,
  cardId: string,
  known: Shared | null = null,
): Promise<World | null> {
  const world = await settleOne(hand, office, adapters, cardId, known)
  // Also what goes beside others that are still being given.
  if (world?.request && world.steps.some(({ direction }) => direction === 'revoke'))
    for (const card of await standingBeside(hand.tx, world.request)) {
      await settleOne(hand, office, adapters, card, world)
      hand.touched?.(card)
    }
  return world
}

/** What both had was revoked here: what waited for that may be over too, and what has nothing left is. */
async function standingBeside(tx: Tx, { id, person_id }: RequestRow): Promise<string[]> {
  const rows = await tx
    .selectFrom('request')
    .select('card_id')
    .where('person_id', '=', person_id)
    .where('id', '!=', id)
    .where('state', 'in', ['revoking', 'granted'])
    .orderBy('id')
    .execute()
  return rows.map(({ card_id }) => card_id)
}

async function settleOne(
  hand: Hand,
  office: Office,
  adapters: Adapters,
  cardId: string,
  known: Shared | null,
): Promise<World | null> {
  const { tx, clock } = hand
  const first = await loadWorld(tx, office, cardId, null, known)
  if (!first?.request) return null
  const begun = await followOn(hand, adapters, first.request, first)
  const world = begun > 0 ? await loadWorld(tx, office, cardId, null, first) : first
  if (!world?.request) return null
  const { request } = world
  const grants = world.steps.filter((step) => step.direction === 'grant')
  const revokes = world.steps.filter((step) => step.direction === 'revoke')
  const event = {
    actor: 'system',
    requestId: request.id,
    personId: request.person_id,
    stepId: null,
    boardId: request.board_id,
  }
  if (request.state === 'granting' && grants.length > 0 && grants.every(isClosed)) {
    // Granted again where a part was missing: since when they have it stays, and nobody is told a second time.
    const first = request.granted_at === null
    await changeRequest(hand, request, first ? { granted_at: clock.calendar() } : {}, 'granted')
    const proofs = Object.fromEntries(
      ['verified', 'seen', 'done'].map((state) => [state, grants.filter((step) => step.state === state).length]),
    )
    hand.log({ ...event, type: 'granted', data: { level: request.level, proofs } })
    if (first || request.lowered_from !== null) await tellOnce(hand, grantedNotice(world))
    await goOnRevoking(hand, adapters, { ...request, state: 'granted' }, world)
  } else if (request.state === 'granting') {
    await tellDoers(hand, request, world)
    await tellEngineer(hand, adapters, world)
    for (const notice of [refusedNotice(world), heldNotice(world)]) await tellOnce(hand, notice)
  }
  if (goingBeside(world).length > 0 && !grants.every(isClosed)) await tellDoers(hand, request, world, 'revoke')
  // A grant that is under way may still close, and is then revoked like the rest.
  const underWay = grants.some((step) => step.state === 'acting')
  // All of it was taken by another request that had it too.
  const isEmpty = revokes.length > 0 && isWholeGone(world, request) && heldElsewhere(world).length === 0
  if (request.state === 'granted' && revokes.every(isClosed) && isEmpty)
    await goOnRevoking(hand, adapters, request, world)
  else if (request.state === 'revoking' && !underWay && revokes.every(isClosed) && goingElsewhere(world).length === 0)
    await endRevoking(hand, adapters, request, world)
  else if (request.state === 'revoking') await tellDoers(hand, request, world)
  await newVersion(tx, request.id, clock)
  return world
}

/** What follows from the steps as they stand: the next ones begin, or a copy is taken too. Answers how many. */
async function followOn(hand: Hand, adapters: Adapters, request: RequestRow, world: World): Promise<number> {
  const { tx, clock } = hand
  const begun = request.state === 'granting' ? await unlock(tx, request, adapters, clock.calendar(), clock.wall()) : 0
  if (request.state !== 'revoking' && goingBeside(world).length === 0) return begun
  await settleCopies(hand, world)
  return begun + (await writeLateCopies(hand, request, world.steps, adapters))
}

/** What was being taken back beside the last steps goes on; where it was all that was given, the request is over. */
async function goOnRevoking(hand: Hand, adapters: Adapters, request: RequestRow, world: World): Promise<void> {
  const revokes = world.steps.filter((step) => step.direction === 'revoke')
  const isOver = revokes.every(isClosed)
  if (revokes.length === 0 || (isOver && !isWholeGone(world, request))) return
  await changeRequest(hand, request, {}, 'revoking')
  if (isOver) await endRevoking(hand, adapters, { ...request, state: 'revoking' }, world)
}

function isWholeGone(world: World, request: RequestRow): boolean {
  const lookedAt = new Set(world.steps.filter((step) => step.plan.nothingToUndo).map((step) => step.key))
  return world.holdings.every((holding) => holding.request_id !== request.id || lookedAt.has(holding.grant_key))
}

async function endRevoking(hand: Hand, adapters: Adapters, request: RequestRow, world: World): Promise<void> {
  const own = world.holdings.filter((holding) => holding.request_id === request.id)
  const whole = isWholeGone(world, request)
  // What takes the place of a higher value was planned with its going, and begins now.
  const begins =
    world.elsewhere === null && world.steps.some((one) => one.direction === 'grant' && one.state === 'planned')
  await changeRequest(hand, request, {}, begins ? 'granting' : whole ? 'ended' : 'granted')
  if (begins) await unlock(hand.tx, request, adapters, hand.clock.calendar(), hand.clock.wall())
  const event = {
    actor: 'system',
    requestId: request.id,
    personId: request.person_id,
    stepId: null,
    boardId: request.board_id,
  }
  const kept = heldElsewhere(world).length
  const taken = world.steps.filter((step) => step.direction === 'revoke' && isClosed(step)).length
  if (whole && !begins) {
    // What ends only when somebody leaves is held until then: nobody took it, and nobody looked.
    const stays = new Set(world.steps.filter((step) => step.plan.onLeaving).map((step) => step.key))
    const over = own.filter((holding) => !stays.has(holding.grant_key))
    for (const holding of over) await endHolding(hand, holding.id)
    for (const holding of over) hand.log({ ...event, type: 'holding-ended', data: { grant: holding.grant_key } })
    hand.log({ ...event, type: 'ended', data: kept > 0 ? { kept, taken } : {} })
  }
  const [told] = await doersTold(hand.tx, request)
  hand.notify(revokedNotice(world, howItEnded({ whole, kept, taken }), told?.id ?? null))
}

function howItEnded({ whole, kept, taken }: { whole: boolean; kept: number; taken: number }): Ended {
  if (!whole) return 'part'
  if (kept === 0) return 'whole'
  return taken === 0 ? 'kept elsewhere' : 'rest kept elsewhere'
}

/** What had only been looked at is held no longer than the rest: it ends with the request. */
async function endHolding({ tx, clock }: Hand, id: string): Promise<void> {
  await tx.updateTable('holding').set({ ended_at: clock.calendar() }).where('id', '=', id).execute()
}

/** One comment for everything that only the engineer can do, once all of it is known. */
async function tellEngineer(hand: Hand, adapters: Adapters, world: World): Promise<void> {
  const theirs = world.steps.some((step) => step.direction === 'grant' && step.turn === 'engineer' && !isClosed(step))
  const unsettled = world.steps.some(
    (step) =>
      step.direction === 'grant' &&
      step.plan.engineer !== null &&
      (step.state === 'ready' || step.state === 'acting') &&
      adapterFor(adapters, step.plan.system, step.method) !== null,
  )
  if (!theirs || unsettled) return
  await tellOnce(hand, engineerStepsNotice(world))
}

/** Whoever was told of their turn finds what comes later in the queue: a phone rings once for each group. */
async function tellDoers(
  hand: Hand,
  request: RequestRow,
  world: World,
  direction: Direction = request.state === 'revoking' ? 'revoke' : 'grant',
): Promise<void> {
  if (doersNotice(world, [], direction) === null) return
  const kinds = (await doersTold(hand.tx, request)).map(({ kind }) => kind.slice(DOERS.length))
  const notice = doersNotice(
    world,
    kinds.flatMap((groups) => groups.split(',')),
    direction,
  )
  if (notice) hand.notify(notice)
}

/** What the doers were told since the request stands as it does, the newest first. */
function doersTold(tx: Tx, { id, state_since }: RequestRow): Promise<{ id: string; kind: string }[]> {
  return tx
    .selectFrom('notice')
    .select(['id', 'kind'])
    .where('request_id', '=', id)
    .where('kind', 'like', `${DOERS}%`)
    .where('turn_since', '=', state_since)
    .orderBy('created_at', 'desc')
    .execute()
}

async function tellOnce(hand: Hand, notice: NewNotice | null): Promise<void> {
  if (notice && !(await isTold(hand.tx, notice))) hand.notify(notice)
}
