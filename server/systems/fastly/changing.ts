import type { Receipt } from '../../grants/system.ts'
import type { User } from './accounts.ts'
import type { Place } from './place.ts'
import { locked, otherAddress, ourOwn } from './refusals.ts'
import { givesAtLeast, standing, untouchable } from './standing.ts'

/** What is changed in Fastly. Each looks first, so that a second call after a lost answer does nothing twice. */

export async function grant(place: Place): Promise<Receipt> {
  const { accounts, email, name, wanted, seen } = place
  const { byLogin: user, bySeen } = await accounts.who(email, seen)
  if (user) {
    if (standing(user, wanted).is === 'enough') return receipt(place, `${name} had it already.`)
    const refused = untouchable(user, name)
    if (refused) throw refused
    if (user.locked) throw locked(name)
    await accounts.change(user, wanted)
    return receipt(
      place,
      `Asked Fastly to make ${name} ${wanted.role}${wanted.allServices ? ' for all services' : ''}.`,
    )
  }
  if (bySeen) throw otherAddress(name)
  const invited = await accounts.invitations(email)
  if (invited.some((one) => one.open && givesAtLeast(one, wanted)))
    return receipt(place, `${name} was invited already.`)
  // What ran out or gives less would only stand in the way of the new one.
  for (const one of invited) await accounts.withdraw(one)
  await accounts.invite(email, wanted)
  return receipt(place, `Asked Fastly to invite ${name} as ${wanted.role}.`)
}

export async function revoke(place: Place): Promise<Receipt> {
  const { accounts, email, name, seen, kept } = place
  // First what somebody could accept while the rest goes on.
  for (const one of await accounts.invitations(email))
    if (!(kept && givesAtLeast(kept, one))) await accounts.withdraw(one)
  const { byLogin, bySeen } = await accounts.who(email, seen)
  const users = [byLogin, bySeen].filter((one) => one !== null)
  let done = `Asked Fastly to withdraw what ${name} was invited to.`
  for (const user of users) done = await takeBack(place, user)
  return receipt(place, done)
}

async function takeBack({ accounts, name, kept }: Place, user: User): Promise<string> {
  const refused = untouchable(user, name)
  if (refused) throw refused
  if (kept) {
    await accounts.change(user, kept)
    return `Asked Fastly to set ${name} back to ${kept.role}.`
  }
  if ((await accounts.self()).userId === user.id) throw ourOwn(name)
  // Fastly deletes nobody who has tokens, and tokens would go on working until then.
  for (const id of await accounts.tokensOf(user)) await accounts.revokeToken(id)
  await accounts.remove(user)
  return `Asked Fastly to delete the tokens and the account of ${name}.`
}

/** Takes back invitations that nobody accepted yet. An account that is there stays: that is for a revocation. */
export async function withdraw(place: Place): Promise<Receipt> {
  const { accounts, email, name, kept } = place
  const open = (await accounts.invitations(email)).filter((one) => !(kept && givesAtLeast(kept, one)))
  for (const one of open) await accounts.withdraw(one)
  return receipt(
    place,
    open.length > 0 ? `Asked Fastly to withdraw the invitation of ${name}.` : 'No invitation was open.',
  )
}

/** Fastly documents no id of a request, on no answer, so there is none to keep. */
const receipt = ({ page }: Place, detail: string): Receipt => ({ vendorRequestId: null, link: page, detail })
