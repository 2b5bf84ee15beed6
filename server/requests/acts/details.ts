import { z } from 'zod'
import type { Account, AccountKind } from '../../rules/types.ts'
import { type AccountLookup, ActRefused, type RequestRow } from '../act.ts'

/** What an engineer fills in once: who they are in other systems, why, and which Signon applications. */

const line = (most: number, tooLong: string) => z.string().trim().max(most, tooLong).default('')

/** Names in other systems, as typed. */
export const accountFields = {
  email: line(254, 'This email address is too long. Check it.'),
  github: line(60, 'GitHub usernames have at most 39 characters. Check yours.'),
  aws: line(200, 'AWS user names have at most 64 characters. Check yours.'),
}

/** The stable accounts behind the typed names, once they are found. */
export type Accounts = Partial<Record<AccountKind, Account>>

/** Beside what was typed, an empty place for the accounts behind it. */
export function withAccounts<T>(typed: T): T & { accounts: Accounts } {
  return { ...typed, accounts: {} }
}

export const detailsSchema = z
  .strictObject({
    ...accountFields,
    reason: line(1000, 'Use at most 1,000 characters.'),
    signonApps: line(500, 'Use at most 500 characters, applications separated by commas.'),
    confident: z.boolean().default(false),
    wantsSecondary: z.boolean().default(false),
    /** Sent along by the form of somebody whom nobody has linked yet; not used by others. */
    person: z.string().max(60).default(''),
  })
  .transform(withAccounts)

export type Details = z.infer<typeof detailsSchema>

const kinds: AccountKind[] = ['email', 'github', 'aws']

/** Finds the stable accounts behind the typed names. Throws ActRefused with one sentence per field. */
export async function resolveAccounts<T extends Record<AccountKind, string>>(
  details: T,
  lookup: AccountLookup,
): Promise<T & { accounts: Accounts }> {
  const fields: Record<string, string> = {}
  const accounts: Accounts = {}
  await Promise.all(
    kinds.map(async (kind) => {
      if (details[kind] === '') return
      const found = await lookup.find(kind, details[kind])
      if ('problem' in found) fields[kind] = found.problem
      else accounts[kind] = found
    }),
  )
  const count = Object.keys(fields).length
  if (count > 0) {
    const sentence = count === 1 ? 'There is 1 thing to put right.' : `There are ${count} things to put right.`
    throw new ActRefused({ code: 'accounts', sentence, fields, status: 422 })
  }
  return { ...details, accounts }
}

/** Applications as the request keeps them. "Signon staging" follows production, so production is what is asked for. */
export function appsFrom(typed: string, before: RequestRow['signon_apps']): RequestRow['signon_apps'] {
  const names = [...new Set(typed.split(/[,\n]/).map((name) => name.trim()))].filter((name) => name !== '')
  if (names.length === 0) return before
  return { ...before, production: names }
}
