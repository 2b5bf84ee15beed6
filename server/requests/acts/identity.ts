import { sql } from 'kysely'
import { z } from 'zod'
import type { Tx } from '../../db/database.ts'
import { json } from '../../db/json.ts'
import { claimPerson, confirmClaim, rejectClaim } from '../../people/claims.ts'
import { isThatPerson } from '../../rules/same-person.ts'
import { type Act, type Actor, ActRefused, type Refusal, type World } from '../act.ts'
import { duplicate, mayOpen, openRequest, writeDetails } from './ask.ts'
import { about } from './common.ts'
import { detailsSchema, resolveAccounts } from './details.ts'

/**
 * "I am …": the one act of somebody whom nobody has linked. It counts for nothing until a colleague says yes; what was
 * typed with it is kept and counts from that moment.
 */
export const claimIdentity: Act<typeof detailsSchema, Actor> = {
  name: 'claim-identity',
  on: 'card',
  input: detailsSchema,
  readsCard: false,
  resolve: resolveAccounts,
  allows(world, actor, { person }) {
    if (actor.boardId !== world.card.board_id)
      return {
        code: 'other-board',
        sentence: 'Open this card on its own board, and tell us there who you are.',
        status: 403,
      }
    if (person === '')
      return {
        code: 'input',
        sentence: 'There is 1 thing to put right.',
        fields: { person: 'Choose your name, or ask a register keeper to add you.' },
        status: 422,
      }
    return null
  },
  statement: (world, { person, accounts }) => ({ person, accounts, level: world.card.level }),
  async carryOut(doing, world, input) {
    const { memberId } = doing.actor
    // Throws ClaimRefused with its own sentence: a role that only a keeper may link, a second Trello account …
    await refusedAsAct(() => claimPerson(doing.tx, { memberId, personId: input.person, at: doing.clock.calendar() }))
    // Who said that they are somebody else before does not say so any more.
    await doing.tx
      .deleteFrom('draft')
      .where('window', '=', 'claim')
      .where('person_id', '!=', input.person)
      .where(sql<string>`input ->> 'memberId'`, '=', memberId)
      .execute()
    const draft = { request_id: world.card.id, person_id: input.person, window: 'claim', plan_hash: '' }
    const values = { ...draft, input: json({ ...input, memberId }), updated_at: doing.clock.wall() }
    await doing.tx
      .insertInto('draft')
      .values(values)
      .onConflict((conflict) =>
        conflict
          .columns(['request_id', 'person_id', 'window'])
          .doUpdateSet({ input: values.input, updated_at: values.updated_at }),
      )
      .execute()
    doing.log({
      ...about(doing, world),
      type: 'identity-claimed',
      personId: input.person,
      data: { memberId },
    })
    const name = world.people.get(input.person)?.fullName ?? 'you'
    return `Anybody on this board whose account is linked can now say that you are ${name}. What you typed is kept.`
  },
}

const answer = z.strictObject({
  person: z.string().min(1).max(60),
  /** The Trello account that was asked about: signed with the answer, so that no other one is linked by it. */
  member: z.string().max(60).optional(),
  answer: z.enum(['yes', 'no']),
})

/** "Is this Priya Shah?" A linked person who is neither claimant nor claimed answers. */
export const confirmIdentity: Act<typeof answer> = {
  name: 'confirm-identity',
  on: 'card',
  input: answer,
  readsCard: false,
  engineerOf: (_actor, { person }) => person,
  allows(world, actor, { person }): Refusal | null {
    if (isThatPerson(world.people, person, actor.person))
      return { code: 'self', sentence: 'You cannot confirm yourself. Another linked colleague can.', status: 403 }
    if (!world.people.has(person))
      return { code: 'unknown-person', sentence: 'We do not know this person any more.', status: 409 }
    return null
  },
  statement: (_world, input) => input,
  async carryOut(doing, world, input) {
    const name = world.people.get(input.person)?.fullName ?? 'This person'
    const by = doing.actor.person.id
    if (input.answer === 'no') {
      await refusedAsAct(() => rejectClaim(doing.tx, { personId: input.person, memberId: input.member, by }))
      await doing.tx.deleteFrom('draft').where('window', '=', 'claim').where('person_id', '=', input.person).execute()
      doing.log({ ...about(doing, world), type: 'identity-rejected', personId: input.person, data: {} })
      return `This Trello account is not ${name}’s. It stays unlinked.`
    }
    await refusedAsAct(() =>
      confirmClaim(doing.tx, { personId: input.person, memberId: input.member, by, at: doing.clock.calendar() }),
    )
    doing.log({ ...about(doing, world), type: 'identity-confirmed', personId: input.person, data: {} })
    const opened = await applyKept(doing, world, input.person)
    return opened ? `${name} is linked. What they typed counts from now.` : `${name} is linked.`
  },
}

/** What the claimant typed opens the request now, unless the card went another way meanwhile. */
async function applyKept(doing: Parameters<typeof openRequest>[0], world: World, personId: string): Promise<boolean> {
  const kept = await doing.tx
    .deleteFrom('draft')
    .where('window', '=', 'claim')
    .where('person_id', '=', personId)
    .where('request_id', '=', world.card.id)
    .returning('input')
    .executeTakeFirst()
  const engineer = world.people.get(personId)
  if (!kept || !engineer) return false
  const { memberId, accounts, ...typed } = kept.input
  // Typed by another account that said the same before: not the word of whoever was confirmed.
  if (memberId !== (await memberOf(doing.tx, personId))) return false
  const details = detailsSchema.safeParse(typed)
  const theirs: World = { ...world, engineer }
  if (!details.success || mayOpen(theirs) || duplicate(theirs)) return false
  const request = await openRequest(doing, theirs)
  const found = typeof accounts === 'object' && accounts !== null ? accounts : {}
  await writeDetails(doing, { ...theirs, request }, { ...details.data, accounts: found })
  return true
}

async function memberOf(tx: Tx, personId: string): Promise<string | null> {
  const account = await tx
    .selectFrom('person_account')
    .select('id')
    .where('kind', '=', 'trello')
    .where('state', '=', 'linked')
    .where('person_id', '=', personId)
    .executeTakeFirst()
  return account?.id ?? null
}

/** The register refuses in its own words; here they become the act's refusal. */
async function refusedAsAct(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (error instanceof Error && error.name === 'ClaimRefused')
      throw new ActRefused({ code: 'claim-refused', sentence: error.message, status: 409 })
    throw error
  }
}
