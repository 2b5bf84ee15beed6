import type { Tx } from '../db/database.ts'
import { isOnlyTyped } from '../rules/typed-account.ts'
import type { Account } from '../rules/types.ts'
import { isOurs } from './roles.ts'

/** Thrown when a link between a person and an account is refused; the message says why and who can help. */
export class AccountRefused extends Error {
  override name = 'AccountRefused'
}

/**
 * Links a person to an account by its stable id, in place of the one they had of that kind.
 * @throws AccountRefused when the account belongs to somebody else: two people never share one
 */
export async function setAccount(
  tx: Tx,
  link: { personId: string; kind: Account['kind'] | 'trello'; id: string; name: string; setBy: string; at: Date },
): Promise<'same' | 'linked' | 'changed'> {
  const owner = await tx
    .selectFrom('person_account')
    .select(['person_id', 'state', 'name', 'set_by'])
    .where('kind', '=', link.kind)
    .where('id', '=', link.id)
    .executeTakeFirst()
  if (owner && owner.person_id !== link.personId && owner.state === 'linked') throw ofAnother(link)
  const stands = owner?.person_id === link.personId && owner.state === 'linked' && owner.name === link.name
  if (stands && (owner.set_by === link.setBy || isOurs(owner.set_by))) return 'same'
  await refuseOwnAddress(tx, link)
  await refuseNameOfAnother(tx, link)
  const before = await tx
    .deleteFrom('person_account')
    .where('kind', '=', link.kind)
    .where((eb) => eb.or([eb('person_id', '=', link.personId), eb('id', '=', link.id)]))
    .where((eb) => eb.or([eb('person_id', '=', link.personId), eb('state', '=', 'claimed')]))
    .returning(['id', 'state'])
    .execute()
  await tx
    .insertInto('person_account')
    .values({
      kind: link.kind,
      id: link.id,
      name: link.name,
      person_id: link.personId,
      state: 'linked',
      since: link.at,
      set_by: link.setBy,
    })
    .execute()
  if (before.some((row) => row.state === 'linked' && row.id === link.id)) return 'same'
  return before.some((row) => row.state === 'linked') ? 'changed' : 'linked'
}

/**
 * The work email is what register rows are matched by: whoever could replace it would step out of what the next import
 * says of them. So an address that an import gave is changed by an import.
 */
async function refuseOwnAddress(
  tx: Tx,
  link: { personId: string; kind: string; id: string; setBy: string },
): Promise<void> {
  if (link.kind !== 'email' || isOurs(link.setBy)) return
  const there = await tx
    .selectFrom('person_account')
    .select(['id', 'set_by'])
    .where('kind', '=', 'email')
    .where('person_id', '=', link.personId)
    .where('state', '=', 'linked')
    .executeTakeFirst()
  if (there && there.id !== link.id && isOurs(there.set_by))
    throw new AccountRefused('The register has another work email for you. Ask a register keeper to change it.')
}

/** What was only typed has no stable id to compare: then the same name is the same account. */
async function refuseNameOfAnother(
  tx: Tx,
  link: { personId: string; kind: Account['kind'] | 'trello'; id: string; name: string },
): Promise<void> {
  const others = await tx
    .selectFrom('person_account')
    .select('id')
    .where('kind', '=', link.kind)
    .where('state', '=', 'linked')
    .where('person_id', '!=', link.personId)
    .where((eb) => eb(eb.fn<string>('lower', ['name']), '=', link.name.toLowerCase()))
    .execute()
  if (others.some((other) => isOnlyTyped(other) || isOnlyTyped(link))) throw ofAnother(link)
}

function ofAnother({ kind, name }: { kind: Account['kind'] | 'trello'; name: string }): AccountRefused {
  return new AccountRefused(
    `The ${words[kind]} ${name} belongs to somebody else in the register. Check it, or ask a register keeper.`,
  )
}

const words: Record<Account['kind'] | 'trello', string> = {
  github: 'GitHub account',
  aws: 'AWS user',
  email: 'work email',
  trello: 'Trello account',
}
