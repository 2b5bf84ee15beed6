import { createHash } from 'node:crypto'
import type { Actor, StepRow, World } from '../../requests/act.ts'
import type { BadgeView, Button, Fold, Row, SectionView } from '../api.ts'
import { badgeModel, badgesAt } from './badges.ts'
import { candidate, collecting, readyBlock, template } from './before-approval.ts'
import { type Blocks, planFold } from './blocks.ts'
import { stepRow } from './step-view.ts'
import { isClosedStep, partlyRevoked, progress, turnsOf } from './turns.ts'
import { acts, isTurnOf, opens, type Viewer, viewerOn } from './viewer.ts'
import { capital, count, dayWords, listWords, sinceWords, timeWords, whenWords } from './words.ts'

/** What the section needs beyond the world. */
export interface SectionExtra {
  history: { at: Date; text: string }[]
  claims: { personId: string; fullName: string }[]
  /** A sentence while what we show is old; `null` otherwise. */
  old: string | null
  /** People mentioned in a comment who are not on the board. */
  notOnBoard: string | null
}

/** The card-back section for one viewer: where it stands, whose turn it is, what to do now, why not. */
export function sectionView(world: World, actor: Actor, extra: SectionExtra): SectionView {
  const viewer = viewerOn(world, actor)
  const { badges } = badgesAt(badgeModel(world), world.now)
  const blocks = viewer.sees === 'little' ? little(world, badges) : blocksOf(world, viewer, actor)
  const claims = viewer.sees === 'little' ? [] : extra.claims.filter((claim) => claim.personId !== actor.person?.id)
  const asked = claims.map((claim) => claimRow(world, claim))
  const level = world.ruleSet.levels[world.request?.level ?? world.card.level]?.name ?? ''
  const view: Omit<SectionView, 'version'> = {
    kind:
      world.card.kind === 'template'
        ? 'template'
        : world.request && world.request.state !== 'candidate'
          ? 'request'
          : 'candidate',
    title: `${level} access`,
    badges,
    status: {
      headline: blocks.headline,
      since: blocks.since?.toISOString() ?? null,
      sinceWord: blocks.since ? sinceWords(blocks.since, world.now) : null,
      lines: [...blocks.lines, ...(extra.notOnBoard ? [extra.notOnBoard] : [])],
    },
    primary: blocks.primary,
    next: [...asked, ...blocks.next],
    detail: blocks.detail,
    buttons: blocks.buttons,
    folds: [...blocks.folds, ...historyFold(world, viewer, extra)],
    help:
      world.request && viewer.may('ask-help') && !final(world)
        ? opens('Get help', 'help', world.request.id, 'link')
        : null,
    old: extra.old,
    announcement: `${blocks.headline}.`,
    asOf: timeWords(world.now),
  }
  const { asOf: _time, ...seen } = view
  return { ...view, version: createHash('sha256').update(JSON.stringify(seen)).digest('hex').slice(0, 16) }
}

function final(world: World): boolean {
  const state = world.request?.state
  return state === 'declined' || state === 'withdrawn' || state === 'expired' || state === 'ended'
}

/** Somebody unlinked: level, state, whose turn by role, and a way forward. */
function little(world: World, badges: BadgeView[]): Blocks {
  const text = badges.map((badge) => badge.text).join(' · ')
  const template = world.card.kind === 'template'
  return {
    headline: template ? 'This is the template. Copy it to your team’s board' : text || 'Not started',
    since: null,
    lines: template
      ? []
      : ['Tell us who you are to see more. If you are not in the list, ask a register keeper to add you.'],
    primary: template
      ? null
      : opens(world.request ? 'Tell us who you are' : 'Ask for access', 'claim', world.card.id, 'primary'),
    next: [],
    detail: [],
    buttons: [],
    folds: [],
  }
}

function claimRow(world: World, claim: { personId: string; fullName: string }): Row {
  return {
    key: `claim-${claim.personId}`,
    mark: 'person',
    word: '',
    title: `Is this ${claim.fullName}?`,
    detail: 'Somebody on this board says so. Say yes only if you know that it is true.',
    who: null,
    since: null,
    trap: null,
    buttons: [
      acts(
        'Yes',
        'confirm-identity',
        world.card.id,
        { person: claim.personId, answer: 'yes' },
        'plain',
        `Yes, this is ${claim.fullName}`,
      ),
      acts(
        'No',
        'confirm-identity',
        world.card.id,
        { person: claim.personId, answer: 'no' },
        'plain',
        `No, this is not ${claim.fullName}`,
      ),
    ],
    links: [],
  }
}

function blocksOf(world: World, viewer: Viewer, actor: Actor): Blocks {
  const { request } = world
  if (world.card.kind === 'template') return template(world)
  if (!request || request.state === 'candidate') return candidate(world, viewer)
  if (request.paused_because) return paused(world, viewer)
  switch (request.state) {
    case 'open':
    case 'changes-asked':
      return collecting(world, viewer)
    case 'ready':
      return readyBlock(world, viewer, actor)
    case 'granting':
    case 'stopped':
      return granting(world, viewer, actor)
    case 'granted':
      return granted(world, viewer, actor)
    case 'revoking':
      return revoking(world, viewer, actor)
    case 'ended':
      return closed(world, viewer, `Revoked on ${dayWords(request.state_since, world.now)}. Nothing is left`)
    case 'declined':
      return closed(
        world,
        viewer,
        `Declined by ${person(world, request.closed_by)} on ${dayWords(request.state_since, world.now)}`,
      )
    case 'withdrawn':
      return closed(
        world,
        viewer,
        `Withdrawn by ${person(world, request.closed_by)} on ${dayWords(request.state_since, world.now)}`,
      )
    case 'expired':
      return closed(world, viewer, `Expired on ${dayWords(request.state_since, world.now)}`)
  }
}

function person(world: World, id: string | null): string {
  return world.people.get(id ?? '')?.fullName ?? 'somebody'
}

function paused(world: World, viewer: Viewer): Blocks {
  const { request } = world
  const id = request?.id ?? ''
  return {
    headline: 'Paused',
    since: request?.updated_at ?? null,
    lines: [request?.paused_because ?? ''],
    primary: viewer.may('resume-paused') ? acts('Continue the request', 'resume-paused', id, {}, 'primary') : null,
    next: [],
    detail: [],
    buttons: viewer.may('withdraw') && !request?.approved_at ? [opens('Withdraw', 'withdraw', id)] : [],
    folds: [planFold(world)],
  }
}

function stepsOf(world: World, direction: 'grant' | 'revoke'): StepRow[] {
  return world.steps.filter((step) => step.direction === direction)
}

function granting(world: World, viewer: Viewer, actor: Actor): Blocks {
  const { request, now } = world
  const { closed: done, all } = progress(world)
  const turns = turnsOf(world).filter((turn) => turn.steps.length > 0)
  const [first] = turns
  const open = stepsOf(world, 'grant').filter((step) => !isClosedStep(step))
  const mine = (step: StepRow) => isTurnOf(viewer, step.turn) || step.taken_by === actor.person?.id
  const order = open.toSorted(
    (a, b) => Number(mine(b)) - Number(mine(a)) || weight(a) - weight(b) || a.ordinal - b.ordinal,
  )
  const approved = request?.approved_at
    ? `Approved by ${person(world, request.approved_by)}, ${whenWords(request.approved_at, now)}.`
    : ''
  const stopped = request?.state === 'stopped'
  const headline = stopped
    ? `Stopped at ${done} of ${all}. Nothing more begins`
    : first
      ? headlineOf(world, viewer, first.role, first.steps)
      : `${done} of ${all} verified or seen. Nobody needs to do anything`
  const canStop =
    viewer.may('stop') &&
    request?.state === 'granting' &&
    open.some((step) => step.state === 'planned' || step.state === 'ready')
  const fenced = open.some((step) => step.state === 'stopped')
  return {
    headline,
    since: stopped ? (request?.state_since ?? null) : (first?.since ?? request?.state_since ?? null),
    lines: [
      `${done} of ${all} verified or seen. ${approved}`,
      ...(stopped && request?.closing_reason && viewer.sees === 'all' ? [`Why: ${request.closing_reason}`] : []),
    ],
    primary: primaryStep(world, viewer, actor, order),
    next: order.map((step) => stepRow(step, world, viewer, actor)),
    detail: worksRows(world),
    buttons: [
      ...(canStop ? [opens('Stop', 'stop', request?.id ?? '', 'danger')] : []),
      ...(fenced && viewer.may('go-on')
        ? [acts(stopped ? 'Let it go on' : 'Approve again', 'go-on', request?.id ?? '', {}, 'plain')]
        : []),
      ...((stopped || fenced) && viewer.may('undo-granted') && done > 0
        ? [opens('Revoke what is done', 'undo', request?.id ?? '', 'danger')]
        : []),
    ],
    folds: [closedFold(world, viewer, actor), planFold(world)],
  }
}

function weight(step: StepRow): number {
  return step.state === 'stuck' || step.state === 'stopped' ? 0 : step.state === 'planned' ? 2 : 1
}

function headlineOf(world: World, viewer: Viewer, role: string, steps: StepRow[]): string {
  const [first] = steps
  const whats = listWords([...new Set(steps.map((step) => step.plan.words.short))].slice(0, 3))
  const engineer = world.engineer?.firstName ?? 'The engineer'
  if (!first) return 'Granting'
  if (first.state === 'stuck') return `Stuck: ${whats}`
  if (first.state === 'stopped') return `Held: ${whats}`
  if (role === 'engineer')
    return viewer.isEngineer
      ? `Your turn: ${count(steps.length, 'thing')} to do`
      : `${engineer}: ${count(steps.length, 'thing')} to do`
  if (role === 'second-person') return `A second person looks: ${whats}`
  if (role === 'reviewer') return `The pull request for ${whats} waits for its reviewer`
  const who = role === 'second-line' ? '2nd line' : 'Senior Tech'
  return isTurnOf(viewer, first.turn) ? `Your turn (${who}): ${whats}` : `${who}’s turn: ${whats}`
}

function primaryStep(world: World, viewer: Viewer, actor: Actor, order: StepRow[]): Button | null {
  const own = order.filter((step) => step.taken_by === actor.person?.id || isTurnOf(viewer, step.turn))
  const [first] = own
  if (!first) return null
  if (first.turn === 'engineer')
    return viewer.isEngineer ? opens('Do your steps', 'your-steps', world.request?.id ?? '', 'primary') : null
  if (first.state === 'stuck')
    return viewer.may('retry-step') ? acts('Try again', 'retry-step', first.id, {}, 'primary') : null
  if (first.state === 'stopped') return null
  return viewer.may('take-step') ? opens(`Do the ${first.plan.words.short} step`, 'step', first.id, 'primary') : null
}

/** "Works now … / Not yet …" in the rules' words. */
function worksRows(world: World): Row[] {
  const grants = stepsOf(world, 'grant')
  const words = [...new Set(grants.flatMap((step) => step.plan.words.works))]
  const works = words.filter((word) =>
    grants.filter((step) => step.plan.words.works.includes(word)).every(isClosedStep),
  )
  const not = words.filter((word) => !works.includes(word))
  const row = (key: string, mark: Row['mark'], word: string, list: string[]): Row[] =>
    list.length > 0
      ? [
          {
            key,
            mark,
            word,
            title: list.join(' · '),
            detail: null,
            who: null,
            since: null,
            trap: null,
            buttons: [],
            links: [],
          },
        ]
      : []
  return [...row('works', 'yes', 'Works now', works), ...row('not-yet', 'warn', 'Not yet', not)]
}

function closedFold(world: World, viewer: Viewer, actor: Actor): Fold {
  const steps = stepsOf(world, 'grant')
  const done = steps.filter(isClosedStep)
  return {
    id: 'closed',
    title: `${done.length} of ${count(steps.length, 'step')} verified or seen`,
    rows: done.map((step) => stepRow(step, world, viewer, actor)),
    text: done.length === 0 ? ['None yet.'] : [],
  }
}

function granted(world: World, viewer: Viewer, actor: Actor): Blocks {
  const { request, now } = world
  const id = request?.id ?? ''
  const part = partlyRevoked(world)
  const held = new Set(world.holdings.filter((one) => one.request_id === id).map((one) => one.grant_key))
  const steps = stepsOf(world, 'grant')
  const rows = steps.map((step) => ({
    ...stepRow(step, world, viewer, actor),
    ...(held.has(step.key) ? {} : { mark: 'no' as const, detail: 'revoked' }),
    buttons:
      held.has(step.key) && viewer.may('revoke-holding')
        ? [
            opens(
              'Revoke',
              'revoke',
              step.id,
              'link',
              `Revoke ${step.plan.words.short} for ${world.engineer?.fullName ?? ''}`,
            ),
          ]
        : [],
  }))
  const staging = steps.filter((step) => held.has(step.key)).flatMap((step) => step.plan.alsoAppearsIn ?? [])
  return {
    headline: part
      ? 'Granted, and partly revoked since'
      : `Granted on ${dayWords(request?.granted_at ?? now, now)} by ${person(world, request?.approved_by ?? null)}`,
    since: null,
    lines: [...new Set(staging)].slice(0, 2),
    primary: null,
    next: worksRows(world).filter((row) => !part || row.key !== 'not-yet'),
    detail: [],
    buttons: viewer.may('undo-granted') ? [opens('Revoke all of it', 'undo', id, 'danger')] : [],
    folds: [{ id: 'proved', title: 'How each step was proved', rows, text: [] }],
  }
}

function revoking(world: World, viewer: Viewer, actor: Actor): Blocks {
  const steps = stepsOf(world, 'revoke')
  const { closed: gone, all } = progress(world, 'revoke')
  const open = steps.filter((step) => !isClosedStep(step))
  return {
    headline: `Revoking, ${gone} of ${all} gone`,
    since: world.request?.state_since ?? null,
    lines: open.length > 0 ? [`Still there: ${listWords(open.map((step) => step.plan.words.short))}.`] : [],
    primary: primaryStep(world, viewer, actor, open),
    next: open.map((step) => stepRow(step, world, viewer, actor)),
    detail: steps.filter(isClosedStep).map((step) => stepRow(step, world, viewer, actor)),
    buttons: [],
    folds: [],
  }
}

function closed(world: World, viewer: Viewer, headline: string): Blocks {
  const { request } = world
  const private_ = viewer.sees === 'all'
  return {
    headline,
    since: null,
    lines: private_ && request?.closing_reason ? [`Why: ${request.closing_reason}`] : [],
    primary: viewer.isEngineer ? opens('Ask again', 'ask', world.card.id, 'primary') : null,
    next: [],
    detail: [],
    buttons: [],
    folds:
      stepsOf(world, 'revoke').length > 0
        ? [
            {
              id: 'proved',
              title: 'How each step was proved',
              rows: stepsOf(world, 'revoke').map((step) => ({
                key: step.id,
                mark: 'yes' as const,
                word: '',
                title: step.plan.words.undo,
                detail: step.sentence,
                who: null,
                since: null,
                trap: null,
                buttons: [],
                links: [],
              })),
              text: [],
            },
          ]
        : [planFold(world)],
  }
}

function historyFold(world: World, viewer: Viewer, extra: SectionExtra): Fold[] {
  if (viewer.sees !== 'all' && viewer.sees !== 'steps') return []
  if (extra.history.length === 0) return []
  return [
    {
      id: 'history',
      title: 'What has happened',
      rows: [],
      text: extra.history.map(
        ({ at, text }) =>
          `${capital(whenWords(at, world.now))}${whenWords(at, world.now).startsWith('today') ? '' : `, ${timeWords(at)}`}: ${text}`,
      ),
    },
  ]
}
