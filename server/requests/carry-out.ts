import type { NewEvent } from '../audit/events.ts'
import type { Tx } from '../db/database.ts'
import { type Actor, ActRefused, type AnyAct, type Doing, type NewNotice } from './act.ts'
import type { Presented } from './actor.ts'
import { type Case, linked, look, refusedByAct, refusedByRole, statementOf } from './case.ts'
import { canonical, digestOf } from './challenge.ts'
import type { ChallengeRow } from './challenges.ts'
import { newId } from './ids.ts'
import { keepMoved } from './keep-moved.ts'
import { locate } from './locate.ts'
import { lockForAct, lockPerson } from './locking.ts'
import { writeNotices } from './notices.ts'
import { changedRefusal, refuseWhenBasisChanged } from './refusing.ts'
import { settle } from './settle.ts'
import { settlePeople } from './settle-people.ts'
import { keepSignedAct } from './signed-acts.ts'
import type { Office } from './world.ts'

export interface Done {
  said: string
  cardId: string | null
  /** Every card that looks different now. */
  changed: string[]
}

/**
 * Carries out one signed act in one transaction: judged again as everything is now, compared with what was signed, the
 * evidence kept, done, the request settled, comments owed, and the log written last.
 * @throws ActRefused and nothing of it is kept
 */
export async function carryOut(
  tx: Tx,
  parts: { office: Office; append(tx: Tx, events: NewEvent[]): Promise<void> },
  signed: { any: AnyAct; challenge: ChallengeRow; presented: Presented },
): Promise<Done> {
  const { office } = parts
  const { any, challenge, presented } = signed
  const { subject, input } = challenge
  const place = any.about === 'office' ? null : await locate(tx, subject)
  // Two people who decide at the same moment, or a worker: the second waits here and then sees what the first did.
  if (place) await lockForAct(tx, place.cardId)
  else if (any.about === 'office' && any.act.locksPerson) await lockPerson(tx, subject)
  const found = await look(tx, office, { any, subject, input, presented })
  await refuseUnlessSigned(tx, found, challenge)
  const signedActId = newId()
  const at = office.clock.wall()
  await keepSignedAct(tx, { id: signedActId, challenge, presented, personId: found.actor.person?.id ?? null, at })
  const events: NewEvent[] = []
  const notices: NewNotice[] = []
  const touched: string[] = []
  const doing: Doing<Actor> = {
    tx,
    clock: office.clock,
    actor: found.actor,
    log: (event) => events.push(event),
    notify: (notice) => notices.push(notice),
    touched: (cardId) => touched.push(cardId),
    signedActId,
  }
  const said = await carry(found, doing)
  if (place) {
    await keepMoved(tx, place.cardId, office.clock)
    await settle(doing, office, place.cardId)
  }
  const others = await settlePeople(doing, office, [...events], place?.cardId ?? null)
  await writeNotices(tx, notices, office.clock)
  await parts.append(tx, withEvidence(events, { signedAct: signedActId, digest: challenge.digest }))
  const changed = new Set([...(place ? [place.cardId] : []), ...touched, ...others])
  return { said, cardId: place?.cardId ?? null, changed: [...changed] }
}

/** The role first, then what changed since it was signed, then the act's own rules, then the digest of it all. */
async function refuseUnlessSigned(tx: Tx, found: Case, challenge: ChallengeRow): Promise<void> {
  const { any, world } = found
  const byRole = refusedByRole(found)
  if (byRole) throw new ActRefused(byRole)
  if (any.act.name === 'approve' && world) refuseWhenBasisChanged(any.act.name, challenge.statement, world)
  const byAct = await refusedByAct(tx, found)
  if (byAct) throw new ActRefused(byAct)
  if (digestOf(canonical(await statementOf(tx, found))) === challenge.digest) return
  if (world) refuseWhenBasisChanged(any.act.name, challenge.statement, world)
  throw new ActRefused(changedRefusal(any.act.name, ['Something that this rests on changed.']))
}

async function carry(found: Case, doing: Doing<Actor>): Promise<string> {
  const { any, world, subject, input, step } = found
  if (any.about === 'office') return any.act.carryOut({ ...doing, actor: linked(doing.actor) }, subject, input)
  if (!world) throw new TypeError(`The act ${any.act.name} needs a card.`)
  if (any.about === 'stranger') return any.act.carryOut(doing, world, input, step)
  return any.act.carryOut({ ...doing, actor: linked(doing.actor) }, world, input, step)
}

/** One event of every signed act names its evidence, so that none can be taken away or changed without a trace. */
function withEvidence(events: NewEvent[], evidence: { signedAct: string; digest: string }): NewEvent[] {
  if (events.some((event) => 'signedAct' in event.data)) return events
  const first = events.findIndex((event) => event.actor !== 'system')
  return events.map((event, at) => (at === first ? { ...event, evidence } : event))
}
