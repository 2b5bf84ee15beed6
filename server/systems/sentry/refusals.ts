import { HOUR } from '../../clock.ts'
import { SystemFailure } from '../../grants/system.ts'
import type { KnownTexts } from '../http/json-client.ts'

/** What Sentry says in words only, and what people must do before we can go on. */

/** "The role 'admin' is deprecated and may no longer be assigned": Business and Enterprise plans. */
export class RoleRetired extends SystemFailure {
  override name = 'RoleRetired'
}

export const knownTexts: KnownTexts = ({ status, said }) => {
  if (status === 429) return /too many invitations/i.test(said) ? tooManyInvitations() : null
  if (status >= 500 || status === 401) return null
  if (/deprecated and may no longer be assigned/i.test(said)) return roleRetired()
  if (/already (been invited|a member)/i.test(said) || status === 409) return changedMeanwhile()
  if (/user auth token/i.test(said)) return needsUserToken()
  if (/only (remaining )?(owner|manager)/i.test(said)) return onlyOwner()
  if (/identity provider|\bscim\b|partnership|managed through/i.test(said)) return managedElsewhere('This account')
  return null
}

/** Sentry counts invitations apart from calls, and does not say until when. */
const tooManyInvitations = () =>
  new SystemFailure(
    'throttled',
    'Sentry lets us send no more invitations for now.',
    'This is tried again by itself.',
    HOUR,
  )

const roleRetired = () =>
  new RoleRetired(
    'invalid',
    'Sentry does not give the organisation’s role Admin any more on this plan.',
    'Name team in the installation file’s Sentry target: the team in which the role Team Admin stands for it. Then try again.',
  )

export const changedMeanwhile = () =>
  new SystemFailure('conflict', 'Sentry says that something changed meanwhile.', 'This is read again by itself.')

const needsUserToken = () =>
  new SystemFailure(
    'forbidden',
    'Sentry lets only a person’s token change roles, and ours is not one.',
    'Whoever runs this server gives it a token of a Sentry user who is Manager or Owner, then tries again.',
  )

const onlyOwner = () =>
  new SystemFailure(
    'refused-by-rule',
    'Sentry does not let go of its only owner.',
    'An owner makes somebody else an owner in Sentry, then tries again.',
  )

export const managedElsewhere = (name: string) =>
  new SystemFailure(
    'managed-elsewhere',
    `${name} and its role in Sentry are kept by an identity provider or a partner, so nothing was changed.`,
    'Whoever keeps them there changes the role, then tries again.',
  )

export const hasMore = (name: string, role: string) =>
  new SystemFailure(
    'refused-by-rule',
    `${name} is ${role} in Sentry, which is not what this access gives, so nothing was changed.`,
    'An owner decides about that role and changes it in Sentry, then tries again.',
  )

export const noSuchOrganisation = () =>
  new SystemFailure(
    'invalid',
    'Sentry does not know the organisation that is configured, or does not show it to us.',
    'Put organisation right in the installation file, or make our user a member of it.',
  )

/** Whose account it is must be beyond doubt: each of these is for people to clear up. */
const notTheirs = (message: string, remedy: string) => new SystemFailure('managed-elsewhere', message, remedy)

export const onlySecond = (name: string) =>
  notTheirs(
    `An account in Sentry has ${name} only as a further address, which shows nothing about whose it is.`,
    'The engineer makes it the first address of their account, or an owner in Sentry removes the account that is not theirs. Then try again.',
  )

export const notVerified = (name: string) =>
  notTheirs(
    `Nobody has verified the address of the account of ${name} in Sentry, so it is not taken for theirs.`,
    'The engineer verifies the address in their Sentry account, or an owner in Sentry removes the account that is not theirs. Then try again.',
  )

export const otherAddress = (name: string) =>
  notTheirs(
    `The Sentry account of ${name} that this access was given to goes by another address there now.`,
    'The engineer makes their work address the first one of that account, or an owner in Sentry removes it. Then try again.',
  )

export const several = (name: string) =>
  notTheirs(
    `Sentry has more than one entry for ${name}, so it cannot be told which is theirs.`,
    'An owner in Sentry removes those that are not needed, then tries again.',
  )
