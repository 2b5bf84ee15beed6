import { type Listing, type ListOrder, type SystemAdapter, SystemFailure } from '../../grants/system.ts'
import { adminList, isSamePerson, userList } from './rules.ts'

/** What the lists in the repository say, beside AWS itself: what is merged and not applied, or applied and no more listed. */
export interface InLists {
  /** Whom the list names that was asked about. */
  own: string[]
  /** Whom a list names that makes such a role; `null` = not known. */
  making: string[] | null
  /** Why they were not read, in a sentence, or `null`. */
  cannotSee: string | null
}

const unread: InLists = { own: [], making: null, cannotSee: null }

/** AWS's own answer counts, so that lists which cannot be read hold up nothing. */
export async function readInLists(lists: Pick<SystemAdapter, 'list'> | null, order: ListOrder): Promise<InLists> {
  // What another list makes stands in none of ours.
  if (!lists?.list || order.wanted.params['list'] === undefined) return unread
  try {
    const own = arnsOf(await lists.list(order))
    if (order.wanted.params['list'] !== userList) return { own, making: own, cannotSee: null }
    const params = { ...order.wanted.params, list: adminList }
    // The privileged list makes the read-only role too.
    const higher = arnsOf(await lists.list({ ...order, wanted: { ...order.wanted, params } }))
    return { own, making: [...own, ...higher], cannotSee: null }
  } catch (error) {
    if (!(error instanceof SystemFailure)) throw error
    return { ...unread, cannotSee: `AWS was read, and not the lists in the repository: ${error.message}` }
  }
}

function arnsOf(listing: Listing): string[] {
  return listing.is === 'listed' ? listing.accounts.flatMap(({ account }) => account.id ?? []) : []
}

/** What stands beside somebody whom AWS lets in. */
export function listWords({ making }: InLists, arn: string): string {
  if (making === null || making.some((one) => isSamePerson(one, arn))) return ''
  return ' No list in the repository names them, so the next apply takes this away.'
}
