import type { Receipt } from '../../grants/system.ts'
import type { Member, TeamRole } from './members.ts'
import { adminBy, isAboveAdmin, type Place, theirs } from './place.ts'
import { hasMore, managedElsewhere, notVerified, onlySecond, RoleRetired } from './refusals.ts'

/** What is changed in Sentry. Each looks first, so that a second call after a lost answer does nothing twice. */

export async function grant(place: Place): Promise<Receipt> {
  const { members, email, name, team } = place
  const member = await theirs(place)
  switch (member?.state) {
    case undefined:
      await withAdminOr(
        () => members.invite(email, 'admin', team),
        // Whoever has accepted is made Team Admin then: roles in teams are not kept with an invitation.
        team ? () => members.invite(email, 'member', team) : null,
      )
      return receipt(place, `Asked Sentry to invite ${name}.`)
    case 'expired':
      await members.inviteAgain(member)
      return receipt(place, `Asked Sentry to invite ${name} anew.`)
    case 'invited':
    case 'requested':
      return receipt(place, `${name} was invited already.`)
    case 'member':
      return member && promote(place, member)
  }
}

async function promote(place: Place, member: Member): Promise<Receipt> {
  const { members, name, team } = place
  if (adminBy(member, place)) return receipt(place, `${name} had it already.`)
  // Written over, another role such as billing would be lost.
  if (member.role !== 'member') throw hasMore(name, member.role)
  if (member.restricted) throw managedElsewhere(name)
  await withAdminOr(
    () => members.setRoles(member, { orgRole: 'admin' }),
    team ? () => members.setRoles(member, { teamRoles: inTeam(member.teamRoles, team, 'admin') }) : null,
  )
  return receipt(place, `Asked Sentry to make ${name} Admin.`)
}

/** What the rules call Admin, or what stands for it where Sentry's plan has retired that role. */
async function withAdminOr(asked: () => Promise<void>, instead: (() => Promise<void>) | null): Promise<void> {
  try {
    await asked()
  } catch (error) {
    if (!(error instanceof RoleRetired) || !instead) throw error
    await instead()
  }
}

export async function revoke(place: Place): Promise<Receipt> {
  const { members, email, name } = place
  const found = await members.who(email, place.seen)
  // First what is surely theirs, so that no stranger's account stands in the way.
  const all = [...(found.seen ? [found.seen] : []), ...found.mine]
  if (all.length === 0 && found.isSecondOfAnother) throw onlySecond(name)
  let done = `${name} was not in Sentry.`
  for (const member of all) done = await takeBack(place, member)
  return receipt(place, done)
}

async function takeBack(place: Place, member: Member): Promise<string> {
  const { members, name, team, seen } = place
  if (place.keepsAdmin && !isAboveAdmin(member)) return `${name} had no more than Admin.`
  if (member.state !== 'member') {
    await members.remove(member)
    return `Asked Sentry to withdraw the invitation of ${name}.`
  }
  if (!adminBy(member, place)) return `${name} had no more than ${member.role}.`
  if (member.unverified && member.id !== seen) throw notVerified(name)
  if (member.role !== 'admin' && member.role !== 'member') throw hasMore(name, member.role)
  if (member.restricted) throw managedElsewhere(name)
  await members.setRoles(member, {
    ...(member.role === 'admin' ? { orgRole: 'member' } : {}),
    ...(team ? { teamRoles: without(member.teamRoles, team) } : {}),
  })
  return `Asked Sentry to set ${name} back to Member.`
}

/** Takes back an invitation that nobody accepted yet. A member stays one: that is for a revocation. */
export async function withdraw(place: Place): Promise<Receipt> {
  const { mine } = await place.members.who(place.email, null)
  // What somebody asked for themselves, and nobody invited them to, is not ours to take back.
  const open = mine.filter(({ state }) => state === 'invited' || state === 'expired')
  for (const one of open) await place.members.remove(one)
  return receipt(
    place,
    open.length > 0 ? `Asked Sentry to withdraw the invitation of ${place.name}.` : 'No invitation was open.',
  )
}

/** All teams as they are, with another role in one. */
const inTeam = (all: TeamRole[], teamSlug: string, role: string): TeamRole[] => [
  ...all.filter((one) => one.teamSlug !== teamSlug),
  { teamSlug, role },
]

/** All teams as they are, without the role in one. */
const without = (all: TeamRole[], teamSlug: string): TeamRole[] =>
  all.map((one) => (one.teamSlug === teamSlug ? { teamSlug, role: null } : one))

/** Sentry documents no id of a request, on no answer, so there is none to keep. */
const receipt = ({ page }: Place, detail: string): Receipt => ({ vendorRequestId: null, link: page, detail })
