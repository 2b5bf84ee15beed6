import { SystemFailure } from '../../grants/system.ts'

/** What people must do before we can go on. */

export const locked = (name: string) =>
  new SystemFailure(
    'forbidden',
    `The account of ${name} in Fastly is locked.`,
    'A Fastly superuser unlocks it, then tries again.',
  )

/** @param by who makes and ends the accounts, where the installation says so */
export const provisioned = (by: string | null) =>
  new SystemFailure(
    'managed-elsewhere',
    `Fastly’s accounts here are made and ended by ${by ?? 'an identity provider'}, so they are not changed in Fastly.`,
    `Whoever keeps ${by ?? 'the identity provider'} changes it there, then tries again.`,
  )

export const ourOwn = (name: string) =>
  new SystemFailure(
    'refused-by-rule',
    `The server’s own Fastly token belongs to ${name}, so their account was not deleted.`,
    'Whoever runs this server gives it a token of another superuser, then tries again.',
  )

export const otherAddress = (name: string) =>
  new SystemFailure(
    'managed-elsewhere',
    `The Fastly account of ${name} that this access was given to goes by another address there now.`,
    'A Fastly superuser sets its address back, or access is revoked and asked for anew.',
  )

export const invitationsNotShown = () =>
  new SystemFailure(
    'invalid',
    'Fastly does not show us who is invited, so nobody can say that an invitation is not open.',
    'Give our token the whole account and the scope global, then try again.',
  )
