import type { z } from 'zod'
import { type Listed, type Listing, SystemFailure } from '../grants/system.ts'

/** What lists of people have in common, whatever the system. */

/**
 * Reads the entries of a list one by one, so that one which is not as it should be says nothing about the others.
 * @param how `account` from what names somebody; `judge` answers `null` for entries that are none of ours
 */
export function entriesOf<Named, Whole>(
  rows: unknown[],
  how: {
    named: z.ZodType<Named>
    account(one: Named): Listed['account']
    whole: z.ZodType<Whole>
    judge(one: Whole): Pick<Listed, 'has' | 'detail'> | null
  },
): { accounts: Listed[]; nameless: number } {
  const accounts: Listed[] = []
  let nameless = 0
  for (const row of rows) {
    const named = how.named.safeParse(row)
    if (!named.success) {
      nameless += 1
      continue
    }
    const account = how.account(named.data)
    const whole = how.whole.safeParse(row)
    const judged = whole.success
      ? how.judge(whole.data)
      : { has: 'unreadable' as const, detail: `What stands there for ${account.name} is not what we know.` }
    if (judged) accounts.push({ account, ...judged })
  }
  return { accounts, nameless }
}

/** A list of everybody, with nothing that it hides. */
export function listing(
  { accounts, nameless }: { accounts: Listed[]; nameless: number },
  cannotSee: string | null = null,
): Extract<Listing, { is: 'listed' }> {
  return { is: 'listed', accounts, nameless, onlyOf: null, cannotSee }
}

/**
 * All pages of a list, or none.
 * @param most far more pages than such a list has; whoever is beyond them must not look as if they were not there
 * @throws SystemFailure where there are more
 */
export async function allPages<T>(
  what: string,
  most: number,
  page: (at: number, next: string | null) => Promise<{ rows: T[]; next: string | null }>,
): Promise<T[]> {
  const all: T[] = []
  let next: string | null = null
  for (let at = 1; at <= most; at += 1) {
    const found = await page(at, next)
    all.push(...found.rows)
    next = found.next
    if (next === null) return all
  }
  throw new SystemFailure(
    'invalid',
    `${what} has more entries than we read.`,
    'Tell whoever runs this server: it is compared with nothing meanwhile.',
  )
}
