import { AccountRefused, setAccount } from '../../people/accounts.ts'
import type { Account } from '../../rules/types.ts'
import { type Actor, ActRefused, type Doing, type World } from '../act.ts'
import { about } from './common.ts'
import type { Accounts } from './details.ts'

/** Writes an engineer's accounts and logs what changed. @throws ActRefused at the field of an account of somebody else */
export async function linkAccounts(
  doing: Doing<Actor>,
  world: World,
  personId: string,
  accounts: Accounts,
): Promise<void> {
  for (const account of Object.values(accounts)) {
    // The engineer's own word, also where a colleague's Yes to who they are makes it count.
    const became = await linkAccount(doing, personId, account, personId)
    if (became === 'same') continue
    doing.log({
      ...about(doing, world),
      type: became === 'changed' ? 'account-changed' : 'account-linked',
      data: { kind: account.kind },
    })
  }
}

/** An account that belongs to somebody else is refused at its own field. */
async function linkAccount(doing: Doing<Actor>, personId: string, account: Account, setBy: string) {
  try {
    return await setAccount(doing.tx, { personId, ...account, setBy, at: doing.clock.calendar() })
  } catch (error) {
    if (!(error instanceof AccountRefused)) throw error
    throw new ActRefused({
      code: 'account-of-another',
      sentence: 'There is 1 thing to put right.',
      fields: { [account.kind]: error.message },
      status: 422,
    })
  }
}
