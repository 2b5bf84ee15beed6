import type { Kysely } from 'kysely'
import type { Tx } from '../db/database.ts'
import type { Schema } from '../db/schema.ts'
import { loadPerson } from '../people/register.ts'
import type { PersonFacts } from '../rules/types.ts'
import { type Actor, ActRefused, type AnyAct, type LinkedActor, type Refusal, type StepRow, type World } from './act.ts'
import { loadActor, type Presented } from './actor.ts'
import { refusedByTable } from './authorisation.ts'
import { digestOf } from './challenge.ts'
import { locate } from './locate.ts'
import { relationsOf } from './relations.ts'
import { seenNow } from './seen.ts'
import { loadWorld, type Office } from './world.ts'

/** One act of one person on one subject, with everything that is known of it at one moment. */
export interface Case {
  any: AnyAct
  subject: string
  input: unknown
  presented: Presented
  actor: Actor
  world: World | null
  step: StepRow | null
  /** Whose access or facts it is about. */
  engineer: PersonFacts | null
}

/**
 * Looks at the subject as it is now. Pass a transaction to decide in it.
 * @throws ActRefused when there is no such subject, it is not what this act is about, or the token is of another card
 */
export async function look(
  on: Kysely<Schema>,
  office: Office,
  what: { any: AnyAct; subject: string; input: unknown; presented: Presented },
): Promise<Case> {
  const { any, subject, input, presented } = what
  const actor = await loadActor(on, office, presented)
  if (any.about === 'office') {
    const engineer = any.act.on === 'person' ? await loadPerson(on, subject) : null
    return { ...what, actor, world: null, step: null, engineer }
  }
  const place = await locate(on, subject)
  if (!place || place.kind !== any.act.on)
    throw new ActRefused({
      code: 'unknown-subject',
      sentence: 'We do not know this card or step any more. Reload the card and try again.',
      status: 404,
    })
  if (presented.cardId !== null && presented.cardId !== place.cardId)
    throw new ActRefused({
      code: 'token-of-another-card',
      sentence: 'This belongs to another card. Open that card and try again.',
      status: 403,
    })
  const world = await loadWorld(on, office, place.cardId, engineerWithout(any, actor, input))
  if (!world)
    throw new ActRefused({ code: 'unknown-subject', sentence: 'We do not know this card any more.', status: 404 })
  const step = world.steps.find((row) => row.id === place.stepId) ?? null
  // A finished request keeps its id: what is signed about it must never happen to the one that followed it.
  if ((place.kind === 'request' && world.request?.id !== subject) || (place.kind === 'step' && step === null))
    throw new ActRefused({
      code: 'other-request',
      sentence: 'This card has another request now. Reload the card and try again.',
      status: 409,
    })
  return { ...what, actor, world, step, engineer: world.engineer }
}

/** Whose access it is about where the card has no request yet: the act itself says so. */
function engineerWithout(
  any: Exclude<AnyAct, { about: 'office' }>,
  actor: Actor,
  input: unknown,
): string | { anew: string } | null {
  if (any.about === 'stranger') return any.act.engineerOf?.(actor, input) ?? null
  const named = actor.person ? (any.act.engineerOf?.({ ...actor, person: actor.person }, input) ?? null) : null
  return any.act.namesEngineer && named !== null ? { anew: named } : named
}

/** The table's answer. Asked before anything else is said about the subject: whoever may not act learns nothing of it. */
export function refusedByRole(found: Case): Refusal | null {
  const { any, actor, world, input, step } = found
  const relations = relationsOf(actor, found.engineer, world?.sponsors ?? [])
  const sentence = refusedByTable(any.act.name, relations)
  if (sentence === null) return null
  // A sponsor's "why not" is more than the table knows: the act itself says it, with names.
  const own = any.about === 'card' && world && actor.person ? any.act.allows(world, linked(actor), input, step) : null
  return own?.status === 403 ? own : { code: 'not-allowed', sentence, status: 403 }
}

/** Beyond the table: what the act itself asks of state and rules. */
export async function refusedByAct(on: Tx, found: Case): Promise<Refusal | null> {
  const { any, actor, world, input, step } = found
  if (any.about === 'office') return any.act.allows(linked(actor), found.subject, input, on)
  if (!world) return null
  return any.about === 'stranger'
    ? any.act.allows(world, actor, input, step)
    : any.act.allows(world, linked(actor), input, step)
}

/** What is signed: the act, on what, by whom, with what input, and for considered acts what the decision rests on. */
export async function statementOf(on: Tx, found: Case): Promise<unknown> {
  const { any, world, presented, input, subject, step } = found
  const ofOffice = any.about === 'office' ? ((await any.act.statement?.(subject, input, on)) ?? null) : null
  const about = any.about !== 'office' && world ? any.act.statement(world, input, step) : ofOffice
  const card = world && { id: world.card.id, shortLink: world.card.short_link, request: world.request?.id ?? null }
  const basis = world && any.about === 'card' && any.act.readsCard ? seenNow(world) : null
  const by = { member: presented.memberId, person: found.actor.person?.id ?? null, board: presented.boardId }
  return { act: any.act.name, subject, by, card, input: withoutFiles(input), about, basis }
}

/** A statement is kept for good: a file of other people's facts is signed by its digest, and not kept in it. */
function withoutFiles(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || !('csv' in input)) return input
  return { ...input, csv: digestOf(String(input.csv)) }
}

/** The table lets nobody unlinked come this far; this is the compiler's proof and a second lock. */
export function linked(actor: Actor): LinkedActor {
  if (actor.person) return { ...actor, person: actor.person }
  const sentence = refusedByTable('ask', new Set(['unlinked'])) ?? ''
  throw new ActRefused({ code: 'unlinked', sentence, status: 403 })
}
