import type { Updateable } from 'kysely'
import { append } from '../audit/append.ts'
import type { EventType, NewEvent } from '../audit/events.ts'
import { type Clock, DAY, MINUTE } from '../clock.ts'
import type { Database } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { StepTable } from '../db/schema.ts'
import type { NewNotice, StepRow, World } from '../requests/act.ts'
import { newId } from '../requests/ids.ts'
import { writeNotices } from '../requests/notices.ts'
import { loadWorld, type Office } from '../requests/world.ts'
import { afterFailure } from './failure.ts'
import { faultPoint } from './fault-point.ts'
import { judgeAgain } from './judge-again.ts'
import { keepLedger } from './ledger.ts'
import { stuckNotice } from './notices.ts'
import { settleSteps } from './settle-steps.ts'
import { type Adapters, adapterFor, isClosed } from './steps.ts'
import { type Observation, type Receipt, type StepOrder, type SystemAdapter, SystemFailure } from './system.ts'

/** A worker that dies is followed by another after this long; no single call to a system takes longer. */
const LEASE = 2 * MINUTE
const AT_ONCE = 4

export interface Worker {
  /** Carries out what is due. Answers how many steps were looked at. */
  runDue(): Promise<number>
  /** Tells about steps that have been stuck for a day. */
  sweep(): Promise<void>
  /** Ends the leases of a process that is gone. Only where this process is the database's single owner. */
  takeOver(): Promise<void>
}

export interface WorkerParts {
  db: Database
  office: Office
  adapters: Adapters
  clock: Clock
  approvalValidDays: number
  /** How soon a step that waits for somebody outside is looked at again, in milliseconds. */
  lookAgainMs: number
  /** After every commit, so that open frames learn of it. */
  changed(cardId: string): void
  /** A failure that is ours and not a system's: for the process log, without personal details. */
  report(error: unknown): void
}

interface Claimed {
  step: StepRow
  cardId: string
}

/**
 * Carries out steps: read first, act only if needed, read back. Intent stands in a transaction of its own before any
 * call goes out, so that whoever takes over after a kill knows to look before acting.
 */
export function createWorker(parts: WorkerParts): Worker {
  const { db, office, adapters, clock } = parts
  const me = newId()

  return {
    async runDue() {
      const claimed = await claim()
      if (claimed.length > 0) await faultPoint('after-claim')
      await Promise.all(groups(claimed).map((group) => carryOut(group)))
      return claimed.length
    },
    sweep: () => tellOfStuck(),
    async takeOver() {
      await db.kysely
        .updateTable('step')
        .set({ lease_until: null, lease_by: null })
        .where('lease_by', 'is not', null)
        .execute()
    },
  }

  /** Takes due steps: revocations before grants, those of one batch together, nobody else's. */
  function claim(): Promise<Claimed[]> {
    return db.transaction(async (tx) => {
      const now = clock.wall()
      const due = await tx
        .selectFrom('step')
        .innerJoin('request', 'request.id', 'step.request_id')
        .selectAll('step')
        .select('request.card_id')
        .where('step.state', 'in', ['ready', 'acting', 'waiting'])
        .where('next_check_at', '<=', now)
        .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<', now)]))
        .orderBy('step.direction', 'desc')
        .orderBy('next_check_at')
        .limit(AT_ONCE * 4)
        .forUpdate(['step'])
        .skipLocked()
        .execute()
      if (due.length === 0) return []
      await tx
        .updateTable('step')
        .set({ lease_until: new Date(now.getTime() + LEASE), lease_by: me })
        .where(
          'id',
          'in',
          due.map((step) => step.id),
        )
        .execute()
      return due.map(({ card_id, ...step }) => ({ step, cardId: card_id }))
    })
  }

  async function carryOut(group: Claimed[]): Promise<void> {
    const [first] = group
    if (!first) return
    const adapter = adapterFor(adapters, first.step.plan.system, first.step.method)
    if (!adapter) {
      for (const { step } of group) await release(step, null)
      return
    }
    try {
      await observeAndAct(adapter, group, first.cardId)
    } catch (error) {
      // Ours, not the system's: the lease ends and somebody looks again, reading first.
      parts.report(error)
      for (const { step } of group) await release(step, new Date(clock.wall().getTime() + MINUTE)).catch(parts.report)
    }
  }

  async function observeAndAct(adapter: SystemAdapter, group: Claimed[], cardId: string): Promise<void> {
    const toDo: StepRow[] = []
    for (const { step } of group) {
      const world = await loadWorld(db.kysely, office, cardId)
      if (!world) return
      const fence = judgeAgain(world, step, parts.approvalValidDays)
      if (fence && step.intent_at === null) {
        await keep(cardId, step, 'step-stopped', {
          state: 'stopped',
          sentence: fence.sentence,
          remedy: fence.remedy,
          turn: fence.turn,
          next_check_at: null,
        })
        continue
      }
      const seen = await tried(cardId, step, 'read', () => adapter.read(orderOf(step, world)))
      if (!seen) continue
      const acts = seen.is === (step.direction === 'grant' ? 'absent' : 'present')
      if (acts && !fence && step.method !== 'follows') toDo.push(step)
      else await record(cardId, step, seen)
    }
    if (toDo.length > 0) await apply(adapter, toDo, cardId)
  }

  async function apply(adapter: SystemAdapter, steps: StepRow[], cardId: string): Promise<void> {
    const world = await loadWorld(db.kysely, office, cardId)
    if (!world) return
    for (const step of steps)
      await keep(cardId, step, 'step-intent', {
        state: 'acting',
        turn: 'us',
        intent_at: clock.wall(),
        sentence: words(step),
      })
    await faultPoint('after-intent')
    const [first] = steps
    if (!first) return
    const receipt = await tried(cardId, steps, 'apply', () => adapter.apply(steps.map((step) => orderOf(step, world))))
    if (!receipt) return
    await faultPoint('after-apply')
    for (const before of steps) {
      const step = { ...before, receipt }
      await keep(cardId, step, 'step-receipt', { receipt: json(receipt), link: receipt.link })
      const seen = await tried(cardId, step, 'read', () => adapter.read(orderOf(step, world)))
      await faultPoint('before-outcome')
      if (seen) await record(cardId, step, seen)
    }
    await faultPoint('after-outcome')
  }

  /** Runs one call and writes down what came of it; a typed failure decides what becomes of its steps. */
  async function tried<T extends Observation | Receipt>(
    cardId: string,
    steps: StepRow | StepRow[],
    what: 'read' | 'apply',
    call: () => Promise<T>,
  ): Promise<T | null> {
    const all = Array.isArray(steps) ? steps : [steps]
    try {
      const done = await call()
      for (const step of all)
        await noteAttempt(step, what, 'is' in done ? done.is : 'sent', done.detail, 'is' in done ? null : done)
      return done
    } catch (error) {
      if (!(error instanceof SystemFailure)) throw error
      for (const step of all) {
        await noteAttempt(step, what, error.kind, error.message, null)
        const tries = step.attempts + 1
        const after = afterFailure(error, tries, Math.random())
        const wait = after.waitMs === null ? null : new Date(clock.wall().getTime() + after.waitMs)
        await keep(cardId, step, after.state === 'stuck' ? 'step-stuck' : null, {
          state: after.state,
          turn: after.turn,
          sentence: after.sentence,
          remedy: after.remedy,
          attempts: tries,
          next_check_at: wait,
          ...(after.state === 'stuck' ? { intent_at: null } : {}),
        })
      }
      return null
    }
  }

  async function record(cardId: string, step: StepRow, seen: Observation): Promise<void> {
    const soon = new Date(clock.wall().getTime() + parts.lookAgainMs)
    const link = 'link' in seen ? seen.link : null
    const common = { link: link ?? step.link, intent_at: null, attempts: 0, remedy: null }
    const wanted = step.direction === 'grant' ? 'present' : 'absent'
    switch (seen.is) {
      case 'present':
      case 'absent':
        if (seen.is === wanted) {
          const change = {
            ...common,
            state: 'verified' as const,
            turn: 'nobody' as const,
            sentence: seen.detail,
            verified_at: clock.calendar(),
            evidence: json(seen.evidence),
            next_check_at: null,
          }
          return keep(cardId, step, 'step-verified', change)
        }
        // Follows something else: it turns up by itself once that is there. After our own act: not visible yet.
        return keep(cardId, step, null, {
          ...common,
          state: 'waiting',
          turn: 'us',
          sentence: seen.detail,
          next_check_at: soon,
          evidence: json(seen.evidence),
        })
      case 'waiting':
        return keep(cardId, step, step.state === 'waiting' && step.turn === seen.waitsFor ? null : 'step-waiting', {
          ...common,
          state: 'waiting',
          turn: seen.waitsFor,
          sentence: seen.detail,
          who: seen.who,
          evidence: json(seen.evidence),
          next_check_at: soon,
        })
      case 'merged': {
        const task = step.direction === 'grant' ? step.plan.task : step.plan.undoTask
        return keep(cardId, step, 'step-waiting', {
          ...common,
          state: 'waiting',
          turn: task?.doer ?? 'second-line',
          sentence: seen.detail,
          remedy: 'Apply it, then say so here. A second person looks.',
          evidence: json(seen.evidence),
          next_check_at: null,
        })
      }
      case 'refused':
        return keep(cardId, step, 'step-stuck', {
          ...common,
          state: 'stuck',
          turn: 'sponsor',
          sentence: seen.detail,
          remedy: 'Ask why, then try again or stop.',
          who: seen.who,
          evidence: json(seen.evidence),
          next_check_at: null,
        })
      case 'cannot-tell':
        return keep(cardId, step, null, { state: 'waiting', turn: 'us', sentence: seen.detail, next_check_at: soon })
    }
  }

  /** Writes one step's new state, what follows from it, and its event, in one transaction. */
  async function keep(
    cardId: string,
    step: StepRow,
    type: EventType | null,
    change: Updateable<StepTable>,
  ): Promise<void> {
    await db.transaction(async (tx) => {
      const before = await tx
        .selectFrom('step')
        .selectAll()
        .where('id', '=', step.id)
        .forUpdate()
        .executeTakeFirstOrThrow()
      // Somebody stopped it, or another worker took over, while the call was under way: theirs stands.
      if (before.lease_by !== me || before.state === 'stopped' || isClosed(before)) return
      const now = clock.calendar()
      const moved = change.state !== undefined && change.state !== before.state
      const since = moved || (change.turn !== undefined && change.turn !== before.turn) ? { since: now } : {}
      const ends = type === 'step-intent' || type === 'step-receipt' ? {} : { lease_until: null, lease_by: null }
      const after = await tx
        .updateTable('step')
        .set({ ...change, ...since, ...ends, updated_at: clock.wall() })
        .where('id', '=', step.id)
        .returningAll()
        .executeTakeFirstOrThrow()
      const events: NewEvent[] = []
      const notices: NewNotice[] = []
      const world = await loadWorld(tx, office, cardId)
      const request = world?.request
      if (type && request)
        events.push({
          type,
          actor: 'system',
          requestId: request.id,
          personId: request.person_id,
          stepId: step.id,
          boardId: request.board_id,
          data: { key: step.key, sentence: after.sentence.slice(0, 500) },
        })
      if (request && isClosed(after)) events.push(...(await keepLedger(tx, request, after, now)))
      const hand = {
        tx,
        clock,
        log: (event: NewEvent) => events.push(event),
        notify: (notice: NewNotice) => notices.push(notice),
      }
      await settleSteps(hand, office, adapters, cardId)
      await writeNotices(tx, notices, clock)
      await append(tx, events, clock)
    })
    parts.changed(cardId)
  }

  async function noteAttempt(
    step: StepRow,
    what: 'read' | 'apply',
    outcome: string,
    detail: string,
    receipt: Receipt | null,
  ): Promise<void> {
    await db.kysely
      .insertInto('attempt')
      .values({
        step_id: step.id,
        at: clock.wall(),
        what,
        outcome,
        detail: detail.slice(0, 1000),
        receipt: receipt ? json(receipt) : null,
      })
      .execute()
  }

  async function release(step: StepRow, next: Date | null): Promise<void> {
    await db.kysely
      .updateTable('step')
      .set({ lease_until: null, lease_by: null, next_check_at: next })
      .where('id', '=', step.id)
      .where('lease_by', '=', me)
      .execute()
  }

  async function tellOfStuck(): Promise<void> {
    const dayAgo = new Date(clock.calendar().getTime() - DAY)
    const stuck = await db.kysely
      .selectFrom('step')
      .innerJoin('request', 'request.id', 'step.request_id')
      .selectAll('step')
      .select('request.card_id')
      .where('step.state', '=', 'stuck')
      .where('step.since', '<', dayAgo)
      .execute()
    for (const { card_id, ...step } of stuck)
      await db.transaction(async (tx) => {
        const world = await loadWorld(tx, office, card_id)
        if (!world) return
        const notice = stuckNotice(world, step)
        const told = await tx
          .selectFrom('notice')
          .select('id')
          .where('request_id', '=', notice.requestId)
          .where('kind', '=', notice.kind)
          .executeTakeFirst()
        if (!told) await writeNotices(tx, [notice], clock)
      })
  }
}

/** Steps of one request, direction and batch go out together; every other step by itself. */
function groups(claimed: Claimed[]): Claimed[][] {
  return [
    ...Map.groupBy(claimed, ({ step }) =>
      step.plan.batch === null ? step.id : `${step.request_id} ${step.direction} ${step.plan.batch} ${step.method}`,
    ).values(),
  ]
}

function words(step: StepRow): string {
  return step.direction === 'grant' ? step.plan.words.change : step.plan.words.undo
}

/** One step as its adapter sees it; the account is the one that was approved, never a newer one. */
export function orderOf(step: StepRow, world: World): StepOrder {
  return {
    requestId: step.request_id,
    stepId: step.id,
    direction: step.direction,
    environment: step.plan.environment,
    account: step.plan.account,
    wanted: step.plan.wanted,
    method: step.method,
    cardUrl: world.card.url,
    engineerName: world.engineer?.fullName ?? '',
    sponsorName: world.people.get(world.request?.approved_by ?? '')?.fullName ?? '',
    sentTo: step.receipt?.link ?? null,
  }
}
