import type { Evidence, Observation, StepOrder } from '../../grants/system.ts'
import { dayWords } from '../http/words.ts'
import type { Member } from './members.ts'
import { adminBy, isAboveAdmin, type Place, theirs } from './place.ts'
import { onlySecond } from './refusals.ts'

/** How somebody stands in Sentry, for a grant and for a revocation. */

export async function readGrant(place: Place, order: StepOrder): Promise<Observation> {
  const member = await theirs(place)
  const evidence = evidenceOf(place, member)
  switch (member?.state) {
    case undefined:
      // It was open when we looked last: somebody in the organisation took it back.
      return order.sentTo !== null && order.lastSeen?.['state'] === 'invited'
        ? refused(place, `The Sentry invitation for ${place.name} was withdrawn.`, {
            ...evidence,
            invitation: 'withdrawn',
          })
        : { is: 'absent', detail: `${place.name} is not in Sentry.`, evidence }
    case 'expired':
      return order.sentTo !== null
        ? refused(place, `The Sentry invitation for ${place.name} ran out before it was accepted.`, {
            ...evidence,
            invitation: 'expired',
          })
        : { is: 'absent', detail: `An older Sentry invitation for ${place.name} has run out.`, evidence }
    case 'invited':
      return {
        is: 'waiting',
        waitsFor: 'engineer',
        detail: `Accept the Sentry invitation${member.since ? ` of ${dayWords(member.since)}` : ''}, which came by email.`,
        link: place.invitation ?? place.page,
        who: place.name,
        evidence,
      }
    case 'requested':
      return {
        is: 'waiting',
        waitsFor: 'senior-tech',
        detail: `A Manager or Owner in Sentry approves that ${place.name} joins.`,
        link: place.page,
        who: null,
        evidence,
      }
    case 'member': {
      const by = adminBy(member, place)
      return by
        ? { is: 'present', detail: `${place.name} is ${by} in Sentry.`, evidence: { ...evidence, by } }
        : { is: 'absent', detail: `${place.name} is ${member.role} in Sentry.`, evidence }
    }
  }
}

export async function readRevoke(place: Place): Promise<Observation> {
  const { mine, seen, isSecondOfAnother } = await place.members.who(place.email, place.seen)
  const stand = [...(seen ? [seen] : []), ...mine].map((member) => readLeft(place, member))
  const left = stand.find((one) => one.is === 'present')
  if (left) return left
  if (isSecondOfAnother) throw onlySecond(place.name)
  return stand[0] ?? { is: 'absent', detail: `${place.name} is not in Sentry.`, evidence: evidenceOf(place, null) }
}

/** What an account or an invitation still gives. */
function readLeft(place: Place, member: Member): Observation {
  const { name, email } = place
  const evidence = evidenceOf(place, member)
  if (place.keepsAdmin && (member.state !== 'member' || !isAboveAdmin(member)))
    return { is: 'absent', detail: `${name} is no more than Admin in Sentry.`, evidence }
  if (member.state !== 'member') return { is: 'present', detail: `${name} is still invited to Sentry.`, evidence }
  const where = member.email === email ? 'in Sentry' : 'in Sentry, by another address there'
  const by = adminBy(member, place)
  return by
    ? { is: 'present', detail: `${name} is ${by} ${where}.`, evidence: { ...evidence, by } }
    : { is: 'absent', detail: `${name} is no more than ${member.role} ${where}.`, evidence }
}

const refused = (place: Place, detail: string, evidence: Evidence): Observation => ({
  is: 'refused',
  detail,
  link: place.page,
  who: null,
  evidence,
})

const evidenceOf = ({ organisation }: Place, member: Member | null): Evidence => ({
  organisation,
  state: member?.state ?? 'none',
  ...(member ? { member: member.id, role: member.role } : {}),
})
