import { type Direction, type Evidence, type StepOrder, SystemFailure } from '../../grants/system.ts'
import type { Account } from '../../rules/types.ts'

/** What one system's lists mean: the connector knows how to propose and follow, and nothing of what the lists say. */
export interface ListRules {
  /** The system's id and name, as in the rule set. */
  id: string
  name: string
  /** The list is what is granted: once it is merged it is there. Left out: something else follows the list. */
  isWhole?: boolean
  /** Whose account an entry is, where the list has a form of its own. */
  accountIn?(entry: string): Account
  /** @throws SystemFailure for an account that would break whoever reads the list, or where the list is not one of ours */
  check(order: StepOrder): void
  /** Whether nothing needs to change in this text. @throws ListRefusal */
  isAsWanted(order: StepOrder, path: string, text: string): Promise<boolean>
  /** What else the text says that whoever reads the system itself must know, for the evidence. */
  besides?(order: StepOrder, path: string, text: string): Promise<Evidence>
  /** The text as this order wants it; the same text where nothing needs to change. @throws ListRefusal, SystemFailure */
  edit(order: StepOrder, path: string, text: string): Promise<string>
}

/** Where one list stands. */
export interface Place {
  /** `owner/name` */
  repository: string
  branch: string
  path: string
  list: string
}

/** @throws SystemFailure where the installation does not say where the list is */
export function placeOf(order: Pick<StepOrder, 'wanted'>, name: string): Place {
  const { repository, branch, path, list } = order.wanted.params
  if (typeof repository !== 'string' || typeof path !== 'string')
    throw new SystemFailure(
      'invalid',
      `The repository of the ${name} lists is not configured.`,
      'Name repository and path for this environment in the installation file.',
    )
  if (typeof list !== 'string' || list === '')
    throw new SystemFailure('invalid', 'The list is not named.', 'The rule set or the installation file names it.')
  return { repository, path, list, branch: typeof branch === 'string' ? branch : 'main' }
}

/** What stands in the words of a step whose proposal was merged. */
export function mergedWords(direction: Direction, { list, path }: Place): string {
  return direction === 'grant'
    ? `Merged: ${list} in ${path} has the account. Not applied yet.`
    : `Merged: ${list} in ${path} no longer has the account. Not applied yet.`
}
