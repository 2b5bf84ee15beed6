import type { Kysely } from 'kysely'
import type { NewEvent } from '../audit/events.ts'
import type { Database, Tx } from '../db/database.ts'
import type { Schema } from '../db/schema.ts'
import {
  type AccountLookup,
  type Act,
  type Actor,
  ActRefused,
  type Doing,
  type LinkedActor,
  type OfficeAct,
  type Refusal,
  type StepRow,
  type World,
} from './act.ts'
import { loadActor, type Presented } from './actor.ts'
import { type ActName, refusedByTable, relationsOf } from './authorisation.ts'
import { HostFailure } from './card-host.ts'
import { canonical, digestOf } from './challenge.ts'
import { type ChallengeRow, issueChallenge, useChallenge } from './challenges.ts'
import { newId } from './ids.ts'
import { locate } from './locate.ts'
import { writeNotices } from './notices.ts'
import { changesSince, readSeen, seenNow } from './seen.ts'
import { settle } from './settle.ts'
import { keepSignedAct } from './signed-acts.ts'
import { loadWorld, type Office } from './world.ts'

/**
 * The one way in which anybody changes anything: prepare (judge, write down what is to be signed, hand out a challenge),
 * then carry out (use the challenge up, read the card again, judge again, act and log in one transaction).
 */

/** One act, by how much it knows of its subject. */
export type AnyAct =
  | { about: 'card'; act: Act }
  /** The one act of somebody unlinked. */
  | { about: 'stranger'; act: Act<Act['input'], Actor> }
  | { about: 'office'; act: OfficeAct }

/** Cards as the composition keeps them; reading goes to the host itself and throws HostFailure. */
export interface Cards {
  /** Reads the card again and writes down what it finds, before somebody decides on it. */
  refresh(cardId: string): Promise<void>
  /** Takes in a card that is no copy of a template, because somebody who may attaches it by hand. */
  adopt(cardId: string, boardId: string, level: string): Promise<void>
}

export interface Performing {
  prepare(presented: Presented, asked: Asked): Promise<{ challenge: string; expiresAt: string }>
  carryOut(presented: Presented): Promise<Done>
}

export interface Asked {
  act: string
  subject: string
  input: unknown
  /** What stood on the screen, from the window; empty for a button without one. */
  seen: string
}

export interface Done {
  said: string
  cardId: string | null
}

export interface PerformingParts {
  db: Database
  office: Office
  acts: AnyAct[]
  accounts: AccountLookup
  cards: Cards
  append(tx: Tx, events: NewEvent[]): Promise<void>
  /** After the commit: open frames and the workers learn of it. */
  changed(cardId: string | null): void
}

/** Everything known about one act on one subject, at one moment. */
interface Case {
  actor: Actor
  world: World | null
  step: StepRow | null
}

/** Builds the two halves of every act. Throws ActRefused with a sentence; refusals to linked people are logged. */
export function createPerforming(parts: PerformingParts): Performing {
  const { db, office } = parts
  const byName = new Map<string, AnyAct>(parts.acts.map((any) => [any.act.name, any]))

  function find(name: string): AnyAct {
    const found = byName.get(name)
    if (!found) throw new ActRefused({ code: 'unknown-act', sentence: 'We do not know this act.', status: 404 })
    return found
  }

  async function look(on: Kysely<Schema>, any: AnyAct, presented: Presented, subject: string, input: unknown) {
    const actor = await loadActor(on, office, presented)
    if (any.about === 'office') return { actor, world: null, step: null }
    const place = await locate(on, subject)
    if (!place)
      throw new ActRefused({
        code: 'unknown-subject',
        sentence: 'We do not know this card or step any more.',
        status: 404,
      })
    if (presented.cardId !== null && presented.cardId !== place.cardId)
      throw new ActRefused({
        code: 'token-of-another-card',
        sentence: 'This belongs to another card. Open that card and try again.',
        status: 403,
      })
    const engineer =
      any.about === 'stranger'
        ? (any.act.engineerOf?.(actor, input) ?? null)
        : actor.person
          ? (any.act.engineerOf?.({ ...actor, person: actor.person }, input) ?? null)
          : null
    const world = await loadWorld(on, office, place.cardId, engineer)
    if (!world)
      throw new ActRefused({ code: 'unknown-subject', sentence: 'We do not know this card any more.', status: 404 })
    const step = world.steps.find((row) => row.id === place.stepId) ?? null
    return { actor, world, step }
  }

  async function mayNot(on: Tx, any: AnyAct, found: Case, subject: string, input: unknown): Promise<Refusal | null> {
    const about = found.world?.engineer ?? null
    const person = any.about === 'office' && any.act.on === 'person' ? { id: subject } : null
    const relations = relationsOf(found.actor, about, found.world?.sponsors ?? [])
    if (person && person.id === found.actor.person?.id) relations.add('engineer')
    const sentence = refusedByTable(any.act.name, relations)
    if (sentence !== null) {
      // A sponsor's "why not" is more than the table knows: the act itself says it, with names.
      const own =
        any.about === 'card' && found.world && found.actor.person
          ? any.act.allows(found.world, { ...found.actor, person: found.actor.person }, input, found.step)
          : null
      return own?.status === 403 ? own : { code: 'not-allowed', sentence, status: 403 }
    }
    switch (any.about) {
      case 'stranger':
        return found.world ? any.act.allows(found.world, found.actor, input, found.step) : null
      case 'card':
        return found.world ? any.act.allows(found.world, linked(found.actor), input, found.step) : null
      case 'office':
        return any.act.allows(linked(found.actor), subject, input, on)
    }
  }

  function statementOf(any: AnyAct, subject: string, found: Case, presented: Presented, input: unknown) {
    const { world } = found
    const about = any.about !== 'office' && world ? any.act.statement(world, input, found.step) : null
    const card = world && { id: world.card.id, shortLink: world.card.short_link, request: world.request?.id ?? null }
    const basis = world && any.about === 'card' && any.act.readsCard ? seenNow(world) : null
    const by = { member: presented.memberId, person: found.actor.person?.id ?? null, board: presented.boardId }
    return { act: any.act.name, subject, by, card, input, about, basis }
  }

  /** A refusal is an event too, for linked people; strangers only move a counter, so that a flood cannot hold the chain. */
  async function refuse(refusal: Refusal, presented: Presented, act: string, cardId: string | null): Promise<never> {
    await db.transaction(async (tx) => {
      const actor = await loadActor(tx, office, presented)
      if (!actor.person) return
      const request = cardId
        ? await tx
            .selectFrom('request')
            .select('id')
            .where('card_id', '=', cardId)
            .orderBy('created_at', 'desc')
            .executeTakeFirst()
        : undefined
      await parts.append(tx, [
        {
          type: 'refused',
          actor: actor.person.id,
          requestId: request?.id ?? null,
          personId: actor.person.id,
          stepId: null,
          boardId: presented.boardId,
          data: { act, code: refusal.code },
        },
      ])
    })
    throw new ActRefused(refusal)
  }

  async function logged<T>(presented: Presented, act: string, subject: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof HostFailure)
        return refuse({ code: 'host-unreachable', sentence: hostSentence(act), status: 503 }, presented, act, null)
      if (!(error instanceof ActRefused)) throw error
      if (error.refusal.fields) throw error
      const place = await locate(db.kysely, subject)
      return refuse(error.refusal, presented, act, place?.cardId ?? null)
    }
  }

  return {
    prepare: (presented, asked) =>
      logged(presented, asked.act, asked.subject, async () => {
        const any = find(asked.act)
        const parsed = any.act.input.safeParse(asked.input)
        if (!parsed.success) throw new ActRefused(unreadable(parsed.error.issues))
        if (any.about === 'card' && any.act.name === 'attach')
          await adoptWhenUnknown(parts, presented, asked.subject, parsed.data)
        const input =
          any.about === 'office' ? parsed.data : ((await any.act.resolve?.(parsed.data, parts.accounts)) ?? parsed.data)
        return db.transaction(async (tx) => {
          const found = await look(tx, any, presented, asked.subject, input)
          if (found.world && asked.seen !== '') refuseWhenChanged(any.act.name, asked.seen, found.world)
          const refusal = await mayNot(tx, any, found, asked.subject, input)
          if (refusal) throw new ActRefused(refusal)
          const statement = statementOf(any, asked.subject, found, presented, input)
          const what = { act: any.act.name, subject: asked.subject, input, statement }
          return issueChallenge(tx, what, presented, office.clock.wall())
        })
      }),

    async carryOut(presented) {
      const [, act = 'unknown', subject = ''] = (presented.state ?? '').split('.')
      return logged(presented, act, subject, async () => {
        const challenge = await useChallenge(db, presented, office.clock.wall())
        const any = find(challenge.act)
        if (any.about === 'card' && any.act.readsCard) {
          const place = await locate(db.kysely, challenge.subject)
          if (place) await parts.cards.refresh(place.cardId)
        }
        const done = await db.transaction((tx) => perform(tx, any, challenge, presented))
        parts.changed(done.cardId)
        return done
      })
    },
  }

  async function perform(tx: Tx, any: AnyAct, challenge: ChallengeRow, presented: Presented): Promise<Done> {
    const { subject, input } = challenge
    const place = any.about === 'office' ? null : await locate(tx, subject)
    // Two people who decide at the same moment: the second waits here and then sees what the first did.
    if (place) await tx.selectFrom('request').select('id').where('card_id', '=', place.cardId).forUpdate().execute()
    const found = await look(tx, any, presented, subject, input)
    if (any.act.name === 'approve' && found.world)
      refuseWhenBasisChanged(any.act.name, challenge.statement, found.world)
    const refusal = await mayNot(tx, any, found, subject, input)
    if (refusal) throw new ActRefused(refusal)
    const statement = canonical(statementOf(any, subject, found, presented, input))
    if (digestOf(statement) !== challenge.digest) {
      if (found.world) refuseWhenBasisChanged(any.act.name, challenge.statement, found.world)
      throw new ActRefused(changedRefusal(any.act.name, ['Something that this rests on changed.']))
    }
    const signedActId = newId()
    await keepSignedAct(tx, {
      id: signedActId,
      challenge,
      presented,
      personId: found.actor.person?.id ?? null,
      at: office.clock.wall(),
    })
    const events: NewEvent[] = []
    const notices: Parameters<typeof writeNotices>[1] = []
    const doing: Doing<Actor> = {
      tx,
      clock: office.clock,
      actor: found.actor,
      log: (event) => events.push(event),
      notify: (notice) => notices.push(notice),
      signedActId,
    }
    const said = await carry(any, doing, found, subject, input)
    if (place) await settle(doing, office, place.cardId)
    await writeNotices(tx, notices, office.clock)
    await parts.append(tx, events)
    return { said, cardId: place?.cardId ?? null }
  }
}

async function carry(any: AnyAct, doing: Doing<Actor>, found: Case, subject: string, input: unknown): Promise<string> {
  if (any.about === 'office') return any.act.carryOut({ ...doing, actor: linked(doing.actor) }, subject, input)
  if (!found.world) throw new TypeError(`The act ${any.act.name} needs a card.`)
  if (any.about === 'stranger') return any.act.carryOut(doing, found.world, input, found.step)
  return any.act.carryOut({ ...doing, actor: linked(doing.actor) }, found.world, input, found.step)
}

function linked(actor: Actor): LinkedActor {
  // The table lets nobody unlinked come here; this is the compiler's proof and a second lock.
  if (!actor.person)
    throw new ActRefused({
      code: 'unlinked',
      sentence: refusedByTable('ask', new Set(['unlinked'])) ?? '',
      status: 403,
    })
  return { ...actor, person: actor.person }
}

async function adoptWhenUnknown(parts: PerformingParts, presented: Presented, cardId: string, input: unknown) {
  if (await locate(parts.db.kysely, cardId)) return
  const actor = await loadActor(parts.db.kysely, parts.office, presented)
  linked(actor)
  const level = typeof input === 'object' && input !== null && 'level' in input ? String(input.level) : ''
  await parts.cards.adopt(cardId, presented.boardId, level)
}

function refuseWhenChanged(act: ActName, seenText: string, world: World): void {
  const seen = readSeen(seenText)
  const changed = seen ? changesSince(seen, world) : []
  if (changed.length > 0) throw new ActRefused(changedRefusal(act, changed))
}

/** Compares with the basis kept in the statement: what changed between the click and now. */
function refuseWhenBasisChanged(act: ActName, statement: string, world: World): void {
  const kept: unknown = JSON.parse(statement)
  if (typeof kept !== 'object' || kept === null || !('basis' in kept)) return
  refuseWhenChanged(act, canonical(kept.basis), world)
}

const nothingDone: Partial<Record<ActName, string>> = {
  approve: 'Nothing has been approved',
  'revoke-holding': 'Nothing has been revoked',
  decline: 'Nothing has been declined',
  'review-preparedness': 'Nothing has been saved',
}

function nothing(act: string): string {
  return Object.entries(nothingDone).find(([name]) => name === act)?.[1] ?? 'Nothing has been changed'
}

function changedRefusal(act: ActName, changed: string[]): Refusal {
  const [first] = changed
  const what =
    changed.length === 1 && first
      ? `${first.replace(/\.$/, '')} while you were reading.`
      : 'Some things changed while you were reading.'
  const again = act === 'approve' ? 'Check the change and approve again.' : 'Check the change and try again.'
  return {
    code: 'changed',
    sentence: `${nothing(act)}. ${what} ${again} Your other answers are kept.`,
    changed,
    status: 409,
  }
}

function hostSentence(act: string): string {
  return `${nothing(act)} because we could not reach Trello. Your answers are still here. Try again in a minute.`
}

/** Field errors in words; the schemas carry the sentences. */
function unreadable(issues: { path: PropertyKey[]; message: string }[]): Refusal {
  const fields = Object.fromEntries(issues.map((issue) => [String(issue.path[0] ?? ''), issue.message]))
  const { '': whole, ...named } = fields
  const count = Object.keys(named).length
  const sentence =
    count > 0
      ? `There ${count === 1 ? 'is 1 thing' : `are ${count} things`} to put right.`
      : (whole ?? 'We could not read this.')
  return { code: 'input', sentence, fields: named, status: 422 }
}
