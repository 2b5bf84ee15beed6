import type { NewEvent } from '../audit/events.ts'
import type { Database, Tx } from '../db/database.ts'
import { type AccountLookup, ActRefused, type AnyAct } from './act.ts'
import type { Presented } from './actor.ts'
import { adoptWhenUnknown } from './adopting.ts'
import { carryOut, type Done } from './carry-out.ts'
import { look, refusedByAct, refusedByRole, statementOf } from './case.ts'
import { readChallenge } from './challenge.ts'
import { issueChallenge, useChallenge } from './challenges.ts'
import { locate } from './locate.ts'
import { loggingRefusals, logRefusal, refuseWhenChanged, unreadable } from './refusing.ts'
import type { Office } from './world.ts'

/**
 * The one way in which anybody changes anything: prepare (judge, write down what is to be signed, hand out a challenge),
 * then carry out (use the challenge up, read the card again, judge again, act and log in one transaction).
 */

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
  /** Notes that a good token came where it was not made for; nothing is done. @param challenge what it was made for */
  misused(presented: Presented, challenge: string, code: string): Promise<void>
}

export interface Asked {
  act: string
  subject: string
  input: unknown
  /** What stood on the screen, from the window; empty for a button without one. */
  seen: string
}

export interface PerformingParts {
  db: Database
  office: Office
  acts: AnyAct[]
  accounts: AccountLookup
  cards: Cards
  append(tx: Tx, events: NewEvent[]): Promise<void>
  /** After the commit: open frames and the workers learn of it. */
  changed(cardId: string): void
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

  /** Other systems are asked only for somebody whose role allows the act: each has a limit for all of us together. */
  async function resolved(any: AnyAct, data: unknown, mayAsk: () => Promise<void>): Promise<unknown> {
    if (any.about === 'office' || !any.act.resolve) return data
    await mayAsk()
    return any.act.resolve(data, parts.accounts)
  }

  return {
    prepare: (presented, asked) =>
      loggingRefusals(parts, { presented, ...asked }, async () => {
        const { subject } = asked
        const any = find(asked.act)
        const parsed = any.act.input.safeParse(asked.input)
        if (!parsed.success) throw new ActRefused(unreadable(parsed.error.issues))
        if (any.act.name === 'attach') await adoptWhenUnknown(parts, presented, subject, parsed.data)
        const input = await resolved(any, parsed.data, async () => {
          const byRole = await db.transaction(async (tx) =>
            refusedByRole(await look(tx, office, { any, subject, input: parsed.data, presented })),
          )
          if (byRole) throw new ActRefused(byRole)
        })
        return db.transaction(async (tx) => {
          const found = await look(tx, office, { any, subject, input, presented })
          const byRole = refusedByRole(found)
          if (byRole) throw new ActRefused(byRole)
          if (found.world && asked.seen !== '') refuseWhenChanged(any.act.name, asked.seen, found.world)
          const byAct = await refusedByAct(tx, found)
          if (byAct) throw new ActRefused(byAct)
          const what = { act: any.act.name, subject, input, statement: await statementOf(tx, found) }
          return issueChallenge(tx, what, presented, office.clock.wall())
        })
      }),

    async misused(presented, challenge, code) {
      const asked = readChallenge(challenge) ?? { act: 'unknown', subject: '' }
      await logRefusal(parts, { presented, ...asked }, code)
    },

    async carryOut(presented) {
      const asked = readChallenge(presented.state ?? '') ?? { act: 'unknown', subject: '' }
      return loggingRefusals(parts, { presented, ...asked }, async () => {
        const challenge = await useChallenge(db, presented, office.clock.wall())
        const any = find(challenge.act)
        if (any.about === 'card' && any.act.readsCard) {
          const place = await locate(db.kysely, challenge.subject)
          if (place) await parts.cards.refresh(place.cardId)
        }
        const done = await db.transaction((tx) => carryOut(tx, parts, { any, challenge, presented }))
        for (const cardId of done.changed) parts.changed(cardId)
        return done
      })
    },
  }
}
