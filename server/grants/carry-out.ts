import { MINUTE, SECOND } from '../clock.ts'
import { json } from '../db/json.ts'
import type { StepRow, World } from '../requests/act.ts'
import { loadWorld } from '../requests/world.ts'
import { accountDigest, isAsSigned } from './as-signed.ts'
import { tried } from './attempts.ts'
import { faultPoint } from './fault-point.ts'
import { type Claimed, type Hand, inMs } from './hand.ts'
import { isInLine, standsBefore } from './in-turn.ts'
import { type Fence, fenced } from './judge-again.ts'
import { afterHigher, type Decide, keepSteps, type StepChange } from './keep-steps.ts'
import { release, renewing } from './lease.ts'
import { higherFirst } from './left-by-higher.ts'
import { afterLooking, isRevoked, stoppedByRevoking } from './observed.ts'
import { orderOf } from './order.ts'
import { readPeoples } from './read-peoples.ts'
import { adapterFor, isHandWork, isPeoples } from './steps.ts'
import { stopUnsigned, unsigned } from './stop-unsigned.ts'
import type { Observation, SystemAdapter } from './system.ts'

/** How soon at least the steps of one batch look for each other again. */
const GATHER_EVERY = 1 * SECOND

/**
 * Carries out steps that go out together: read first, act only if needed, read back. Intent stands in a transaction of
 * its own before any call goes out, so that whoever takes over after a kill knows to look before acting.
 */
export async function carryOut(hand: Hand, group: Claimed[]): Promise<void> {
  const [first] = group
  if (!first) return
  const adapter = adapterFor(hand.adapters, first.step.plan.system, first.step.method)
  const done = renewing(hand, group)
  try {
    const world = await loadWorld(hand.db.kysely, hand.office, first.cardId)
    if (!world) return
    const ours = group.filter(({ step }) => !isPeoples(step))
    const later = ours.filter(({ step }) => higherFirst(world, step) !== null)
    const now = ours.filter((one) => !later.includes(one))
    if (later.length > 0)
      await keepSteps(hand, first.cardId, rowsOf(later), (step, then) => afterHigher(hand, step, then))
    for (const one of group) if (isPeoples(one.step)) await readPeoples(hand, one, world)
    if (adapter) await lookAndAct(hand, adapter, now, world)
    else await keepSteps(hand, first.cardId, rowsOf(now), notConnected)
  } catch (error) {
    // Ours, not the system's: the lease ends and somebody looks again, reading first.
    hand.report(error)
    for (const { step } of group) await release(hand, step, inMs(hand, MINUTE)).catch(hand.report)
  } finally {
    done()
  }
}

const rowsOf = (group: Claimed[]) => group.map(({ step }) => step)

function notConnected(step: StepRow): StepChange {
  return {
    type: 'step-stuck',
    set: {
      state: 'stuck',
      turn: 'second-line',
      sentence: `${step.plan.systemName} is not connected any more.`,
      remedy: 'Whoever runs this server connects it again, or people do it by hand.',
      next_check_at: null,
    },
  }
}

async function lookAndAct(hand: Hand, adapter: SystemAdapter, group: Claimed[], world: World): Promise<void> {
  const toDo: StepRow[] = []
  let unread = 0
  const cardId = world.card.id
  for (const { step } of group) {
    if (await withdrawn(hand, adapter, cardId, step, world)) continue
    const seen = await tried(hand, cardId, [step], 'read', () => adapter.read(orderOf(step, world)))
    if (!seen) unread += 1
    else if (isMissing(step, seen) && step.method !== 'follows') toDo.push(step)
    else await record(hand, cardId, step, seen, false)
  }
  if (toDo.length === 0) return
  // All files of one request travel in one pull request, so nobody of a batch leaves alone.
  const others = await othersDue(hand, toDo)
  if (unread > 0 || others !== null) {
    const soon = inMs(hand, GATHER_EVERY)
    // At one moment with the last of them: steps that look at moments of their own never meet.
    const next = others !== null && others > soon ? others : soon
    for (const step of toDo) await release(hand, step, next)
    return
  }
  await act(hand, adapter, cardId, toDo)
}

/** Somebody elsewhere still has to accept it: a pull request, or an invitation that waits for the engineer. */
function isOnOffer({ method, state, turn }: StepRow): boolean {
  return method === 'pull-request' || (method === 'api' && state === 'waiting' && turn === 'engineer')
}

/**
 * A grant that may not go on takes back what it only proposed, before somebody accepts it: an open pull request of a
 * stopped request would give access that nobody follows. What was accepted meanwhile is told as it is.
 * @returns whether this step is settled for now
 */
async function withdrawn(
  hand: Hand,
  adapter: SystemAdapter,
  cardId: string,
  step: StepRow,
  world: World,
): Promise<boolean> {
  const { withdraw } = adapter
  if (!withdraw || step.direction === 'revoke' || !isOnOffer(step)) return false
  const mustStop = (now: World) => {
    const fence = fenced(now, step, hand.approvalValidDays)
    return fence?.lifts === false ? fence : null
  }
  if (!mustStop(world)) return false
  const closed = await tried(hand, cardId, [step], 'apply', () => withdraw(orderOf(step, world)))
  const seen = closed && (await tried(hand, cardId, [step], 'read', () => adapter.read(orderOf(step, world))))
  // Merged, and not applied: there is nothing left to withdraw.
  const isMerged =
    seen?.is === 'merged' || (seen?.is === 'waiting' && isHandWork({ ...step, state: 'waiting', turn: seen.waitsFor }))
  if (seen && (isMerged || seen.is === 'present')) await record(hand, cardId, step, seen, false)
  else if (seen)
    await keepSteps(hand, cardId, [step], (_now, later) => {
      const fence = mustStop(later)
      const anew = { receipt: null, link: null, intent_at: null, attempts: 0 }
      return fence
        ? { type: 'step-stopped', set: { ...anew, state: 'stopped', ...wordsOf(fence), next_check_at: null } }
        : { type: null, set: { ...anew, state: 'ready', next_check_at: hand.clock.wall() } }
    })
  return true
}

const wordsOf = ({ sentence, remedy, turn }: Fence) => ({ sentence, remedy, turn })

const isMissing = (step: StepRow, seen: Observation) => seen.is === (step.direction === 'grant' ? 'absent' : 'present')

/** When the last of those steps of the same batch is due that are about to be carried out and not among these. */
async function othersDue(hand: Hand, steps: StepRow[]): Promise<Date | null> {
  const [first] = steps
  if (!first || first.plan.batch === null) return null
  const others = await hand.db.kysely
    .selectFrom('step')
    .select(['plan', 'next_check_at'])
    .where('request_id', '=', first.request_id)
    .where('direction', '=', first.direction)
    .where('method', '=', first.method)
    .where('state', 'in', ['ready', 'acting'])
    .where(
      'id',
      'not in',
      steps.map((step) => step.id),
    )
    .execute()
  const due = others
    .filter(({ plan }) => plan.batch === first.plan.batch)
    .map(({ next_check_at }) => next_check_at?.getTime() ?? 0)
  return due.length === 0 ? null : new Date(Math.max(...due))
}

async function act(hand: Hand, adapter: SystemAdapter, cardId: string, toDo: StepRow[]): Promise<void> {
  const intended = await keepSteps(hand, cardId, toDo, intention(hand, toDo))
  const steps = intended.filter((step) => step.state === 'acting')
  const [first] = steps
  const world = first ? await loadWorld(hand.db.kysely, hand.office, cardId) : null
  if (!first || !world) return
  await faultPoint('after-intent', first.plan.system)
  const receipt = await tried(hand, cardId, steps, 'apply', () =>
    adapter.apply(steps.map((step) => orderOf(step, world))),
  )
  if (!receipt) return
  await faultPoint('after-apply', first.plan.system)
  const sent = await keepSteps(hand, cardId, steps, () => ({
    type: 'step-receipt',
    set: { receipt: json(receipt), link: receipt.link },
    goesOn: true,
  }))
  for (const step of sent) {
    const seen = await tried(hand, cardId, [step], 'read', () => adapter.read(orderOf(step, world)))
    if (seen) await record(hand, cardId, step, seen, true)
  }
}

/** The stop conditions, judged again in the transaction that records the intent: nothing comes between the two. */
function intention(hand: Hand, group: StepRow[]): Decide {
  return async (step, world, tx) => {
    const { request, steps } = world
    if (!request || !(await isAsSigned(tx, request, steps, step))) {
      await stopUnsigned(tx, step, hand.clock)
      return { type: 'step-not-as-signed', set: unsigned(step.direction) }
    }
    const fence = fenced(world, step, hand.approvalValidDays)
    // What it may have waited for in turn was somebody else's.
    const link = step.receipt?.link ?? null
    const before = fence ? null : await standsBefore(tx, hand, group, world)
    if (before)
      return {
        type: isInLine(step) ? null : 'step-waiting',
        set: {
          ...before,
          state: 'ready',
          turn: 'reviewer',
          remedy: null,
          attempts: 0,
          next_check_at: inMs(hand, hand.lookAgainMs),
        },
      }
    if (!fence)
      return {
        type: 'step-intent',
        data: { account: accountDigest(step), wanted: step.plan.wanted.value },
        set: {
          state: 'acting',
          turn: 'us',
          intent_at: hand.clock.wall(),
          sentence: words(step),
          remedy: null,
          link,
        },
        goesOn: true,
      }
    return fence.lifts
      ? { type: null, set: { state: 'ready', ...wordsOf(fence), link, next_check_at: inMs(hand, hand.lookAgainMs) } }
      : { type: 'step-stopped', set: { state: 'stopped', ...wordsOf(fence), link, next_check_at: null } }
  }
}

async function record(hand: Hand, cardId: string, step: StepRow, seen: Observation, acted: boolean): Promise<void> {
  await faultPoint('before-outcome', step.plan.system)
  await keepSteps(hand, cardId, [step], (now, world) =>
    isRevoked(now, world) ? stoppedByRevoking : afterLooking(hand, now, seen, acted),
  )
  await faultPoint('after-outcome', step.plan.system)
}

function words(step: StepRow): string {
  return step.direction === 'grant' ? step.plan.words.change : step.plan.words.undo
}
