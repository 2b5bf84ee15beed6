import { z } from 'zod'
import type { Tx } from '../../../db/database.ts'
import { loadRegister } from '../../../people/register.ts'
import { ActRefused, type Doing, type Refusal } from '../../../requests/act.ts'
import type { Office } from '../../../requests/world.ts'
import { isSamePerson } from '../../../rules/same-person.ts'
import { addFindings, type FindingRow } from '../../drift/keep.ts'
import { loadKnown } from '../../drift/ledger.ts'
import { placesToCompare } from '../../drift/places.ts'
import { reconcile } from '../../drift/reconcile.ts'
import { type DriftActParts, decided, decisionOfNobodys, onlyDecided } from './deciding.ts'

const naming = z.strictObject({
  ...decided,
  /** Only somebody in the register: by their work email, which is one person's alone. */
  whose: z.string().trim().min(3, 'Give their work email.').max(200),
})

/**
 * Says whose an account is that nobody in the register has. It is compared as theirs from then on, and what it has is
 * adopted or removed like everything else; nothing is ever granted to it, and the account that they have stays theirs.
 */
export function nameAccountAct({ office }: DriftActParts) {
  return decisionOfNobodys(
    { office },
    {
      input: naming,
      name: 'name-account',
      kinds: ['unmanaged'],
      how: 'named',
      event: 'drift-account-named',
      async allows(actor, _finding, tx, { whose }) {
        const person = await withEmail(tx, whose)
        if (person === null) return nobody
        // Also under a second entry of theirs.
        const { people } = await loadRegister(tx)
        const named = people.get(person)
        return person === actor.person.id || (named && isSamePerson(named, actor.person)) ? notYourOwn : null
      },
      async carryOut(doing, finding, { whose }) {
        const person = await withEmail(doing.tx, whose)
        if (person === null) throw new ActRefused(nobody)
        await keepAccount(doing, finding, person)
        const found = await foundOf(doing, office, finding)
        return {
          card: null,
          person,
          said:
            found > 0
              ? 'Kept. What this account has stands in the queue as theirs now: adopt it, or remove it.'
              : 'Kept. What this account has is theirs by our record too.',
        }
      },
    },
  )
}

async function withEmail(tx: Tx, email: string): Promise<string | null> {
  const row = await tx
    .selectFrom('person_account')
    .select('person_id')
    .where('kind', '=', 'email')
    .where('state', '=', 'linked')
    .where((eb) => eb(eb.fn<string>('lower', ['id']), '=', email.toLowerCase()))
    .executeTakeFirst()
  return row?.person_id ?? null
}

async function keepAccount(
  { tx, clock, actor }: Doing,
  { account: { kind, id, name } }: FindingRow,
  person: string,
): Promise<void> {
  const values = { name, person_id: person, named_by: actor.person.id, named_at: clock.calendar() }
  await tx
    .insertInto('other_account')
    .values({ kind, account: (id ?? name).toLowerCase(), ...values })
    .onConflict((same) => same.columns(['kind', 'account']).doUpdateSet(values))
    .execute()
}

/** Everything that the account was found to have, as it is now that its owner is known. Answers how much of it differs. */
async function foundOf(doing: Doing, office: Office, { account }: FindingRow): Promise<number> {
  const { tx, clock } = doing
  const now = clock.calendar()
  const same = (one: FindingRow) =>
    one.account.kind === account.kind && (one.account.id ?? one.account.name) === (account.id ?? account.name)
  const open = await tx
    .selectFrom('drift_finding')
    .selectAll()
    .where('kind', '=', 'unmanaged')
    .where('settled_at', 'is', null)
    .execute()
  const known = await loadKnown(tx, office, () => false)
  const places = new Map(placesToCompare(office.ruleSet(null), office.installation).map((one) => [one.key, one]))
  let differs = 0
  for (const row of open.filter(same)) {
    const place = places.get(row.key)
    if (!place) continue
    const listed = { account: row.account, has: row.has ?? 'wanted', detail: row.detail ?? '' } as const
    const onlyOf = new Set([(row.account.id ?? row.account.name).toLowerCase()])
    const answer = { is: 'listed', accounts: [listed], nameless: 0, onlyOf, cannotSee: null } as const
    const { findings } = reconcile(known, [{ place, at: row.last_seen_at, answer: { ...answer, accounts: [listed] } }])
    const theirs = findings.filter((one) => one.personId !== null)
    differs += theirs.length
    for (const event of await addFindings(tx, theirs, now)) doing.log(event)
    await tx
      .updateTable('drift_finding')
      .set({ settled_at: now, settled_by: doing.actor.person.id, how: 'named' })
      .where('id', '=', row.id)
      .execute()
  }
  return differs
}

/**
 * Decides that an account of nobody goes. No request stands for it, so that nobody carries it out by itself: whoever keeps
 * the system removes it, and it stands in the queue until a comparison does not find it any more.
 */
export function removeAccountAct({ office }: DriftActParts) {
  return decisionOfNobodys(
    { office },
    {
      input: onlyDecided,
      name: 'remove-account',
      kinds: ['unmanaged'],
      how: 'stays-open',
      event: 'drift-account-to-go',
      allows: async (_actor, { ruling }) => (ruling === 'remove' ? decidedAlready : null),
      async carryOut({ tx, clock, actor }, { id }, { reason }) {
        await tx
          .updateTable('drift_finding')
          .set({
            ruling: 'remove',
            ruled_by: actor.person.id,
            ruled_at: clock.calendar(),
            ruled_reason: reason,
            look_again_on: null,
            ruling_undone: null,
          })
          .where('id', '=', id)
          .execute()
        return {
          card: null,
          said: '2nd line removes it in the system itself. It stands in the queue until it is seen to be gone.',
        }
      },
    },
  )
}

const nobody: Refusal = {
  code: 'input',
  sentence: 'There is 1 thing to put right.',
  fields: { whose: 'Nobody in the register has this work email. A register keeper adds people.' },
  status: 422,
}

const notYourOwn: Refusal = {
  code: 'own-account',
  sentence: 'You cannot say that an account is your own. A register keeper or Senior Tech can, who is not you.',
  status: 403,
}

const decidedAlready: Refusal = {
  code: 'decided',
  sentence: 'It was decided already that this is removed.',
  status: 409,
}
