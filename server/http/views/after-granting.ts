import { goingElsewhere } from '../../grants/held-elsewhere.ts'
import { isGivenBy } from '../../grants/ledger.ts'
import { isLowering } from '../../grants/of-level.ts'
import { isClosed, isHandWork } from '../../grants/steps.ts'
import type { Actor, HoldingRow, StepRow, World } from '../../requests/act.ts'
import { inStagingAt, inStagingBy } from '../../rules/weekday-copy.ts'
import type { Row } from '../api.ts'
import { type Blocks, decidedWords, levelOf, line, person, planFold, sponsorNow, stepsOf } from './blocks.ts'
import { continueButton, endingButtons, restButton } from './ending.ts'
import { oneBackButton, stillHeldRows } from './giving-back.ts'
import { keepButton, reviewStatus, revokingSince } from './reviewing.ts'
import { progress } from './step-turns.ts'
import { proofWords, stepRow } from './step-view.ts'
import { partlyRevoked } from './turns.ts'
import { opens, type Viewer } from './viewer.ts'
import { primaryStep, worksRows, youHave } from './while-granting.ts'
import { lowerButton } from './windows/lowering.ts'
import { agoWords, dayWords, effectiveWords, listWords } from './words.ts'

/** The section once access is granted, while it is revoked, and while a request is paused. */

export function granted(world: World, viewer: Viewer, actor: Actor): Blocks {
  const { request, now } = world
  const id = request?.id ?? ''
  const part = partlyRevoked(world)
  const steps = stepsOf(world, 'grant')
  // What another request gave, and this one found, is held here as well.
  const holdings = world.holdings.filter((one) => one.request_id === id || steps.some((step) => isGivenBy(one, step)))
  const held = new Set(holdings.map((one) => one.grant_key))
  const missing = holdings.filter((one) => one.missing_since !== null)
  const rows = steps.map((step) => ({
    ...stepRow(step, world, viewer, actor),
    ...lookedAt(
      step,
      holdings.find((one) => one.grant_key === step.key),
      world,
      viewer,
    ),
    buttons: oneBackButton(world, viewer, { id: step.id, key: step.key, short: step.plan.words.short }),
  }))
  // What is one's own is given back quietly: the header's red button is for taking back.
  const giveBack =
    viewer.isEngineer && held.size > 0
      ? [
          line('give-back', 'none', '', 'All of it', null, [
            opens('Give all of it back', 'undo', id, 'link'),
            ...lowerButton(world, viewer),
          ]),
        ]
      : []
  const review = reviewStatus(world, viewer)
  // The headline says who approved; after a change, on whose word it stands is said besides.
  const word = request?.lowered_at ? decidedWords(world) : sponsorNow(world)
  // One red button: whoever decides about all of it revokes it there.
  const mayUndo = viewer.may('undo-granted') && !viewer.isEngineer && !review?.primary
  const copies = steps.filter((step) => held.has(step.key)).flatMap((step) => copyWords(step, now))
  return {
    ...(review ?? {
      headline: part
        ? 'Granted, and partly revoked since'
        : request?.lowered_at
          ? `Granted, and lowered on ${dayWords(request.lowered_at, now)} to ${world.plan?.levelName ?? request.level}`
          : `Granted on ${dayWords(request?.granted_at ?? now, now)} by ${person(world, request?.approved_by ?? null)}`,
      since: null,
      lines: [...(word ? [word] : []), ...new Set(copies)].slice(0, 2),
      primary: null,
    }),
    next: [
      ...missing.flatMap((one) => missingRow(world, viewer, one)),
      ...worksRows(world, (step) => held.has(step.key), 'Revoked'),
    ],
    detail: effectiveRows(world),
    buttons: [
      ...keepButton(world, viewer),
      ...(viewer.isEngineer ? [] : lowerButton(world, viewer)),
      ...(mayUndo ? [opens('Revoke all of it', 'undo', id, 'danger')] : []),
    ],
    folds: [{ id: 'proved', title: 'How each step was proved', rows: [...rows, ...giveBack], text: [] }],
  }
}

/** What turns up elsewhere by itself, with the day by which it does; once it is there, nothing more is said of it. */
function copyWords(step: StepRow, now: Date): string[] {
  const { alsoAppearsIn, copiedBy, words } = step.plan
  const changed = step.verified_at ?? step.seen_at ?? step.done_at
  if (alsoAppearsIn === null) return []
  if (copiedBy !== 'weekday-copy' || !changed) return [alsoAppearsIn]
  return inStagingAt(changed) > now ? [`${words.short} in staging: expected by ${inStagingBy(changed)}.`] : []
}

export function revoking(world: World, viewer: Viewer, actor: Actor): Blocks {
  const steps = stepsOf(world, 'revoke')
  const { closed: gone, all } = progress(world, 'revoke')
  const open = steps.filter((step) => !isClosed(step))
  const done = steps.filter(isClosed)
  const taken = open.filter((step) => step.taken_by === actor.person?.id && isHandWork(step))
  const doing = isLowering(world) ? `Lowering to ${levelOf(world)}` : 'Revoking'
  const stands = `${doing}, ${gone} of ${all} gone`
  const held = stillHeldRows(world, viewer)
  const elsewhere = goingElsewhere(world)
  const still = [...open, ...elsewhere].map((step) => step.plan.words.short)
  return {
    headline: taken.length > 0 ? youHave(taken) : stands,
    since: revokingSince(world, viewer),
    lines: [
      ...(taken.length > 0 ? [`${stands}.`] : []),
      ...(still.length > 0 ? [`Still there: ${listWords(still)}.`] : []),
    ],
    primary: primaryStep(world, viewer, actor, open),
    next: open.map((step) => stepRow(step, world, viewer, actor)),
    detail: [
      ...(elsewhere.length > 0 ? [line('elsewhere', 'moving', 'Going', goesThere(elsewhere))] : []),
      ...(done.length > 0 ? [line('gone', 'yes', 'Gone', listWords(done.map((step) => step.plan.words.short)))] : []),
      ...effectiveRows(world),
    ],
    buttons: restButton(world, viewer),
    folds: [
      ...(held.length > 0 ? [{ id: 'held', title: 'What is still held', rows: held, text: [] }] : []),
      ...(done.length > 0
        ? [
            {
              id: 'proved',
              title: 'How each step was proved',
              rows: done.map((step) => stepRow(step, world, viewer, actor)),
              text: [],
            },
          ]
        : []),
    ],
  }
}

/** How a granted step stands by the last look: nothing is decided by that. */
function lookedAt(step: StepRow, holding: HoldingRow | undefined, world: World, viewer: Viewer): Partial<Row> {
  if (!holding) return { mark: 'no', detail: 'revoked' }
  const proof = viewer.plain(proofWords(step, world))
  const { missing_since, last_seen_at, seen, seen_detail } = holding
  if (missing_since) return { mark: 'warn', detail: `${proof}. Not there since ${dayWords(missing_since, world.now)}` }
  // Before the first look of its own, its proof says when it was seen.
  if (seen === null || !last_seen_at) return { detail: proof }
  const last = `last seen ${agoWords(last_seen_at, world.now)}`
  if (seen === 'present') return { detail: `${proof}, ${last}` }
  return { detail: `${proof}, ${last}. The last look could not tell: ${viewer.plain(seen_detail ?? '')}`.trimEnd() }
}

/** Loud, because it was given and somebody counts on it; what to do about it is for people. */
function missingRow(world: World, viewer: Viewer, holding: HoldingRow): Row[] {
  const step = world.steps.find((one) => one.direction === 'grant' && one.key === holding.grant_key)
  if (!step || !holding.missing_since) return []
  const since = `since ${dayWords(holding.missing_since, world.now)}`
  const title = `${step.plan.systemName} no longer shows this, ${since}: ${step.plan.words.short}`
  const detail = viewer.sees === 'plan' ? null : viewer.plain(holding.seen_detail ?? '')
  return [line(`missing-${holding.id}`, 'warn', 'Not there', title, detail)]
}

/** What two requests gave goes once, on the card of the one that stood highest. */
function goesThere(steps: StepRow[]): string {
  return `${listWords(steps.map((step) => step.plan.words.short))}: with the other request that needed it, on its own card`
}

/** What is gone already and still acts for a while: sessions and copies that nobody can end earlier. */
export function effectiveRows(world: World): Row[] {
  const words = stepsOf(world, 'revoke').flatMap((step) => {
    const effective = isClosed(step) ? effectiveWords(step.effective_by, world.now) : null
    return effective ? [`${step.plan.words.short}, ${effective}`] : []
  })
  return words.length > 0 ? [line('effective', 'moving', 'Still works', words.join('; '))] : []
}

export function paused(world: World, viewer: Viewer): Blocks {
  const { request } = world
  return {
    headline: 'Paused',
    since: request?.updated_at ?? null,
    lines: [request?.paused_because ?? ''],
    primary: continueButton(world, viewer, 'primary'),
    next: [],
    detail: [],
    buttons: endingButtons(world, viewer),
    folds: [planFold(world, viewer)],
  }
}
