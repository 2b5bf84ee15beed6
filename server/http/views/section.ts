import type { Actor, World } from '../../requests/act.ts'
import { isThatPerson } from '../../rules/same-person.ts'
import type { BadgeView, SectionView } from '../api.ts'
import { granted, paused, revoking } from './after-granting.ts'
import { badgeModel, badgesAt } from './badges.ts'
import { candidate, collecting, template } from './before-approval.ts'
import { type Blocks, person, type Told } from './blocks.ts'
import { claimRow } from './claims.ts'
import { closed, revokedWords } from './closed.ts'
import { helpRows } from './help.ts'
import { type HistoryLine, historyFold } from './history-fold.ts'
import { type NewRules, type NotReady, newRulesLines, notReadyLines } from './new-rules.ts'
import { readyBlock } from './ready.ts'
import { reviewRows } from './reviewing.ts'
import { isPaused } from './turns.ts'
import { type Unreached, unreachedFold } from './unreached.ts'
import { versionOf } from './version.ts'
import { opens, type Viewer, viewerOn } from './viewer.ts'
import { granting } from './while-granting.ts'
import { dayWords, sinceWords, timeWords } from './words.ts'

/** What the section needs beyond the world. */
export interface SectionExtra {
  history: HistoryLine[]
  claims: { personId: string; memberId: string; fullName: string }[]
  /** Whom this viewer says they are, while no colleague has confirmed it; `typed`: what they ask for waits on this card. */
  claimed?: { fullName: string; typed: boolean } | null
  /** A sentence while what we show is old; `null` otherwise. */
  old: string | null
  /** Whom a comment could not mention, because they are not on the board. */
  unreached: Unreached[]
  /** Whom we asked to decide, and when. */
  told?: Told | null
  /** When a newer rule set was activated while the request was open: what that changed. */
  newRules?: NewRules | null
  /** What changed since it was ready. */
  notReady?: NotReady | null
}

/** The card-back section for one viewer: where it stands, whose turn it is, what to do now, why not. */
export function sectionView(world: World, actor: Actor, extra: SectionExtra): SectionView {
  const viewer = viewerOn(world, actor)
  const { badges } = badgesAt(badgeModel(world), world.now)
  const blocks =
    viewer.sees === 'little'
      ? little(world, badges, extra.claimed ?? null)
      : blocksOf(world, viewer, actor, extra.told ?? null)
  const claims =
    viewer.sees === 'little'
      ? []
      : extra.claims.filter(({ personId }) => !(actor.person && isThatPerson(world.people, personId, actor.person)))
  const others = viewer.sees === 'little' ? [] : extra.unreached.filter((one) => one.personId !== actor.person?.id)
  const asked = claims.map((claim) => claimRow({ ...claim, cardId: world.card.id }))
  const level = world.ruleSet.levels[world.request?.level ?? world.card.level]?.name ?? ''
  const view: Omit<SectionView, 'version'> = {
    kind:
      world.card.kind === 'template'
        ? 'template'
        : world.request && world.request.state !== 'candidate'
          ? 'request'
          : 'candidate',
    title: `${level} access`,
    frameTitle: `${level} access${viewer.sees === 'little' || !world.engineer ? '' : ` for ${world.engineer.fullName}`}`,
    badges,
    status: {
      headline: blocks.headline,
      since: blocks.since?.toISOString() ?? null,
      sinceWord: blocks.since ? sinceWords(blocks.since, world.now) : null,
      lines: [
        ...blocks.lines,
        ...notReadyLines(world, viewer, extra.notReady ?? null),
        ...newRulesLines(world, viewer, extra.newRules ?? null),
      ],
    },
    // Nothing is decided upon what may be old.
    primary: extra.old === null ? blocks.primary : null,
    next: [...asked, ...reviewRows(world, viewer), ...helpRows(world, viewer), ...blocks.next],
    detail: blocks.detail,
    buttons: blocks.buttons,
    folds: [...blocks.folds, ...unreachedFold(world, others), ...historyFold(world, actor, viewer, extra.history)],
    help:
      world.request && viewer.may('ask-help') && !final(world)
        ? opens('Get help', 'help', world.request.id, 'link')
        : null,
    old: extra.old,
    announcement: sentence(blocks.headline),
    asOf: timeWords(world.now),
  }
  const { asOf: _time, ...seen } = view
  return { ...view, version: versionOf(seen) }
}

function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`
}

function final(world: World): boolean {
  const state = world.request?.state
  return state === 'declined' || state === 'withdrawn' || state === 'expired' || state === 'ended'
}

/** Somebody unlinked: level, state, whose turn by role, and a way forward. */
function little(world: World, badges: BadgeView[], claimed: SectionExtra['claimed']): Blocks {
  const text = badges.map((badge) => badge.text).join(' · ')
  const template = world.card.kind === 'template'
  if (claimed && !template)
    return {
      headline: `Waiting for a colleague to confirm that you are ${claimed.fullName}`,
      since: null,
      lines: [
        'Anybody on this board whose account is linked can say yes, on this card or in the access queue.',
        ...(claimed.typed ? ['What you typed is kept and counts from that moment.'] : []),
      ],
      primary: null,
      next: [],
      detail: [],
      buttons: [opens('Change what you said', 'claim', world.card.id)],
      folds: [],
    }
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

function blocksOf(world: World, viewer: Viewer, actor: Actor, told: Told | null): Blocks {
  const { request } = world
  if (world.card.kind === 'template') return template(world, viewer)
  if (request && isPaused(request)) return paused(world, viewer)
  if (!request || request.state === 'candidate') return candidate(world, viewer, actor)
  switch (request.state) {
    case 'open':
    case 'changes-asked':
      return collecting(world, viewer)
    case 'ready':
      return readyBlock(world, viewer, actor, told)
    case 'granting':
    case 'stopped':
      return granting(world, viewer, actor)
    case 'granted':
      return granted(world, viewer, actor)
    case 'revoking':
      return revoking(world, viewer, actor)
    case 'ended':
      return closed(world, viewer, actor, revokedWords(world))
    case 'declined':
      return closed(
        world,
        viewer,
        actor,
        `Declined by ${person(world, request.closed_by)} on ${dayWords(request.state_since, world.now)}`,
      )
    case 'withdrawn':
      return closed(
        world,
        viewer,
        actor,
        `Withdrawn by ${person(world, request.closed_by)} on ${dayWords(request.state_since, world.now)}`,
      )
    case 'expired':
      return closed(world, viewer, actor, `Expired on ${dayWords(request.state_since, world.now)}`)
  }
}
