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
