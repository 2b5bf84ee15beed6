import type { WholeRevocation } from '../../grants/revoke-person.ts'
import type { NewLink } from '../../people/new-links.ts'
import type { Actor, Refusal, StepRow, World } from '../../requests/act.ts'
import { refusedToName } from '../../requests/acts/attach.ts'
import { type ActName, authorisation, refusedByTable } from '../../requests/authorisation.ts'
import { writeSeenOfCard } from '../../requests/seen.ts'
import type { Field, StepPanel, WindowView } from '../api.ts'
import { levelOf, type Told } from './blocks.ts'
import { opens, type Viewer, viewerOn } from './viewer.ts'
import { approveWindow } from './windows/approve.ts'
import { askForm, attachForm, claimForm, helpForm, namesForm } from './windows/asking.ts'
import {
  changesForm,
  declineForm,
  lineManagerForm,
  recordLineManagerForm,
  reviewForm,
  stopForm,
  withdrawForm,
} from './windows/deciding.ts'
import type { Form } from './windows/fields.ts'
import { hastenForm } from './windows/hastening.ts'
import { lowerLevelForm } from './windows/lowering.ts'
import { updateRecordForm } from './windows/recording.ts'
import { forCauseForm, keepAccessForm, reviewAccessForm } from './windows/reviewing-access.ts'
import { revokeForm, undoForm } from './windows/revoking.ts'
import { answerHelpForm, cannotForm, handOverForm, stepForm, yourSteps } from './windows/steps.ts'

/** Every window, by name. The server decides its words, its fields and what its button carries out. */

export interface WindowExtra {
  /** What stands on the screen, sent back with the act. */
  seen: string
  /** What this viewer typed before and did not send. */
  draft: Record<string, unknown>
  /** For "I am …": people whom nobody has linked yet. */
  unlinked: { id: string; fullName: string }[]
  /** For "Name the engineer": people who could be meant, card members first. */
  candidates: { id: string; fullName: string; hint: string | null }[]
  attempts: StepPanel['attempts']
  /** Card that nobody knows yet: the level is asked too. */
  levels: { id: string; name: string }[]
  /** Whom we asked to decide, and when. */
  told?: Told | null
  /** For whoever approves: accounts of the engineer that no import has confirmed. */
  newLinks?: NewLink[]
  /** Everything that the engineer holds, of every request: for whoever decides about all of it. */
  whole?: WholeRevocation | null
}

export const windowNames = [
  'ask',
  'names',
  'claim',
  'attach',
  'approve',
  'review',
  'changes',
  'decline',
  'withdraw',
  'stop',
  'undo',
  'revoke',
  'help',
  'answer-help',
  'step',
  'your-steps',
  'cannot-step',
  'hand-over-step',
  'line-manager',
  'record-line-manager',
  'update-record',
  'review-access',
  'keep-access',
  'revoke-for-cause',
  'lower-level',
] as const
export type WindowName = (typeof windowNames)[number]

export function isWindowName(text: string): text is WindowName {
  return windowNames.some((name) => name === text)
}

/** A window with nothing in it yet. */
export function emptyWindow(name: string, subject: string): WindowView {
  return {
    name,
    title: '',
    lines: [],
    changed: [],
    parts: [],
    act: '',
    subject,
    seen: '',
    basis: '',
    submit: { text: 'Send', tone: 'primary' },
    buttons: [],
    refusal: null,
    afterwards: 'close',
  }
}

/** The window of a name for one viewer; `subject` is what the act will be about. Who may not, reads why and who can. */
export function windowView(
  name: WindowName,
  world: World,
  actor: Actor,
  step: StepRow | null,
  extra: WindowExtra,
): WindowView {
  const viewer = viewerOn(world, actor)
  const base = emptyWindow(name, step?.id ?? world.request?.id ?? world.card.id)
  if (viewer.relations.has('unlinked') && name !== 'claim' && name !== 'ask')
    return {
      ...base,
      title: 'Tell us who you are',
      refusal: refusedByTable('ask', viewer.relations),
      buttons: [opens('Tell us who you are', 'claim', world.card.id, 'primary')],
    }
  if (!world.request && name !== 'ask' && name !== 'claim' && name !== 'attach')
    return { ...base, title: levelOf(world), refusal: 'Nobody has asked for access on this card yet.' }
  const form = formOf(name, world, actor, step, extra)
  const refusal = form.refusal ?? refusalOf(name, form.act, viewer, step, refusedToName(world, actor))
  if (refusal !== null) return { ...base, title: form.title, act: form.act, refusal }
  return withDraft({ ...base, ...form, ...restsOn(name, form.act, world, viewer, extra) }, extra.draft)
}

/**
 * What the form rests on holds account names and the outcome of every condition: it goes to those alone who may read
 * them, and never with a refusal. Ticks are about what was on the screen: another plan starts them anew.
 */
function restsOn(
  name: WindowName,
  act: string,
  world: World,
  viewer: Viewer,
  { seen }: WindowExtra,
): Partial<WindowView> {
  if (act === 'attach' || act === 'ask') return { seen: writeSeenOfCard(world) }
  if (viewer.sees !== 'all') return {}
  return { seen, basis: name === 'approve' ? (world.plan?.hash ?? '') : '' }
}

/** Names and values stand in a window, so that who may not act does not get the form either. */
function refusalOf(
  name: WindowName,
  act: string,
  viewer: Viewer,
  step: StepRow | null,
  naming: Refusal | null,
): string | null {
  // Judged by whom they may name, not by the name on the card.
  if (act === 'attach') return naming?.sentence ?? null
  if (isAct(act)) return viewer.refused(act)
  const works = viewer.sees === 'steps' || viewer.sees === 'all'
  if (name === 'your-steps') return viewer.sees === 'all' ? null : authorisation['do-own-part'].refusal
  if (works || (step?.state === 'done' && viewer.may('seen-step'))) return null
  return authorisation['take-step'].refusal
}

function isAct(text: string): text is ActName {
  return Object.hasOwn(authorisation, text)
}

function formOf(name: WindowName, world: World, actor: Actor, step: StepRow | null, extra: WindowExtra): Form {
  switch (name) {
    case 'approve':
      return approveWindow(world, actor, extra.told ?? null, extra.newLinks ?? [])
    case 'ask':
      return actor.person ? askForm(world, actor) : claimForm(world, extra.unlinked)
    case 'names':
      return namesForm(world)
    case 'claim':
      return claimForm(world, extra.unlinked)
    case 'attach':
      return attachForm(world, extra)
    case 'review':
      return reviewForm(world)
    case 'changes':
      return changesForm(world)
    case 'decline':
      return declineForm(world)
    case 'withdraw':
      return withdrawForm(world, viewerOn(world, actor).isEngineer)
    case 'stop':
      return stopForm(world)
    case 'undo':
      return undoForm(world)
    case 'revoke':
      return revokeForm(world, step)
    case 'help':
      return helpForm(world)
    case 'answer-help':
      return answerHelpForm(world)
    case 'step':
      return stepForm(world, actor, step, extra.attempts)
    case 'your-steps':
      return yourSteps(world, actor)
    case 'cannot-step':
      return cannotForm(step)
    case 'hand-over-step':
      return handOverForm(world, actor, step)
    case 'line-manager':
      return lineManagerForm(world)
    case 'record-line-manager':
      return recordLineManagerForm(world)
    case 'update-record':
      return updateRecordForm(world, actor)
    case 'lower-level':
      return lowerLevelForm(world)
    case 'review-access':
      return reviewAccessForm(world, extra.whole ?? null)
    case 'keep-access':
      return keepAccessForm(world, extra.whole ?? null)
    case 'revoke-for-cause':
      return hastenForm(world, extra.whole ?? null) ?? forCauseForm(world, extra.whole ?? null, actor)
  }
}

/** Puts back what this viewer typed before. */
function withDraft(view: WindowView, draft: Record<string, unknown>): WindowView {
  const filled = (one: Field): Field => {
    const value = draft[one.name]
    if (one.kind === 'check') return typeof value === 'boolean' ? { ...one, checked: value } : one
    if (one.kind === 'checks') return Array.isArray(value) ? { ...one, values: value.map(String) } : one
    if (one.kind === 'file' || one.kind === 'hidden') return one
    return typeof value === 'string' && value !== '' ? { ...one, value } : one
  }
  return { ...view, parts: view.parts.map((each) => ({ ...each, fields: each.fields.map(filled) })) }
}
