import type { Evidence, Observation, StepOrder } from '../../grants/system.ts'
import { dayWords } from '../http/words.ts'
import { INVITATION_LASTS, type Invitation, type User } from './accounts.ts'
import type { Place } from './place.ts'
import { locked, otherAddress } from './refusals.ts'
import { givesAtLeast, isAtMost, isSuperuser, standing } from './standing.ts'

/** How somebody stands in Fastly, for a grant and for a revocation. */

export async function readGrant(place: Place, order: StepOrder): Promise<Observation> {
  const { wanted } = place
  // First the invitations: whoever accepts one between two reads stands in the second, and is not taken for lost or gone.
  const [newest] = await place.accounts.invitations(place.email)
  const { byLogin, bySeen, deleted } = await place.accounts.who(place.email, place.seen)
  if (byLogin) return readUser(place, byLogin)
  if (bySeen) throw otherAddress(place.name)
  const evidence: Evidence = { customer: place.customer, state: deleted ? 'deleted' : 'none' }
  if (newest?.open && givesAtLeast(newest, wanted))
    return {
      is: 'waiting',
      waitsFor: 'engineer',
      detail: newest.sentAt
        ? `Accept the Fastly invitation of ${dayWords(newest.sentAt)}, which came by email.`
        : 'Accept the Fastly invitation, which came by email.',
      link: place.invitation ?? place.page,
      who: place.name,
      evidence: { ...evidence, state: 'invited', invitation: newest.id, sentAt: newest.sentAt },
    }
  const lost = newest?.open ? null : lostInvitation(place, order, newest ?? null)
  if (lost)
    return { is: 'refused', link: place.page, who: null, evidence: { ...evidence, invitation: lost.is }, ...lost.told }
  const was = deleted ? `The account of ${place.name} in Fastly was deleted.` : `${place.name} is not in Fastly.`
  return { is: 'absent', detail: newest?.open ? `${place.name} is invited to Fastly with less.` : was, evidence }
}

function readUser(place: Place, user: User): Observation {
  const stands = standing(user, place.wanted)
  const evidence: Evidence = { ...evidenceOf(place, user) }
  switch (stands.is) {
    case 'unknown':
      return { is: 'cannot-tell', detail: `Fastly does not say which role and services ${place.name} has.` }
    case 'less':
      return { is: 'absent', detail: `${place.name} ${stands.missing} in Fastly.`, evidence }
    case 'enough':
      if (user.locked) throw locked(place.name)
      return {
        is: 'present',
        detail: `${place.name} is ${user.roles.join(' and ')} in Fastly${isSuperuser(user) || user.allServices ? ', for all services' : ''}.`,
        evidence,
      }
  }
}

/** An invitation that we saw open, or whose mark we have, and that is open no more without a user: it came to nothing. */
function lostInvitation(place: Place, order: StepOrder, newest: Invitation | null) {
  if (order.sentTo === null) return null
  const seen = order.lastSeen?.['state'] === 'invited' ? order.lastSeen : null
  if (!newest && !seen) return null
  const sent = Date.parse(newest?.sentAt ?? String(seen?.['sentAt'] ?? ''))
  const ranOut = place.today.getTime() - sent >= INVITATION_LASTS
  return {
    is: ranOut ? 'expired' : 'withdrawn',
    told: {
      detail: ranOut
        ? `The Fastly invitation for ${place.name} ran out before it was accepted.`
        : `The Fastly invitation for ${place.name} was withdrawn.`,
    },
  }
}

export async function readRevoke(place: Place): Promise<Observation> {
  const { kept } = place
  const invited = await place.accounts.invitations(place.email)
  const { byLogin, bySeen, deleted } = await place.accounts.who(place.email, place.seen)
  const open = invited.find((one) => one.open && !(kept && givesAtLeast(kept, one)))
  const stand = [byLogin, bySeen].filter((one) => one !== null).map((user) => readLeft(place, user))
  const left = stand.find(({ is }) => is !== 'absent')
  if (left) return left
  const evidence: Evidence = { customer: place.customer, state: open ? 'invited' : deleted ? 'deleted' : 'none' }
  if (open) return { is: 'present', detail: `${place.name} is still invited to Fastly.`, evidence }
  return stand[0] ?? { is: 'absent', detail: `${place.name} is not in Fastly.`, evidence }
}

/** What an account still has of what is taken back. */
function readLeft(place: Place, user: User): Observation {
  const { name, kept, email } = place
  const goesBy = user.login === email ? 'in Fastly' : 'in Fastly, by another address there'
  const evidence = evidenceOf(place, user)
  const gone = kept ? isAtMost(user, kept) : false
  if (gone === null) return { is: 'cannot-tell', detail: `Fastly does not say which role and services ${name} has.` }
  return gone
    ? { is: 'absent', detail: `${name} has no more than ${kept?.role} ${goesBy}.`, evidence }
    : { is: 'present', detail: `${name} is ${user.roles.join(' and ') || 'a user'} ${goesBy}.`, evidence }
}

const evidenceOf = ({ customer }: Place, { id, roles, allServices, locked: isLocked }: User): Evidence => ({
  customer,
  state: isLocked ? 'locked' : 'active',
  user: id,
  roles: roles.join(' '),
  allServices,
})
