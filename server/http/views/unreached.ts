import type { World } from '../../requests/act.ts'
import type { Fold, Row } from '../api.ts'

/** Somebody whom a comment could not mention, and what it asked of them. */
export interface Unreached {
  personId: string
  fullName: string
  firstName: string
  /** As in the comment. */
  text: string
}

/** Says that the comment did not reach them, where they see it all the same, and what to send them. */
function unreachedRow(world: World, { personId, fullName, firstName, text }: Unreached): Row {
  return {
    key: `unreached-${personId}`,
    mark: 'warn',
    word: '',
    title: `${fullName} is not on this board, so no comment could mention them`,
    detail: 'Their access queue shows it. To tell them now, send this:',
    who: null,
    since: null,
    trap: null,
    copy: { value: `${firstName}, ${text} ${world.card.url}`.trim(), label: `Copy the message for ${fullName}` },
    buttons: [],
    links: [],
  }
}

/** Out of the way of what is to be done, with whom it is about in its title. */
export function unreachedFold(world: World, some: Unreached[]): Fold[] {
  const [first] = some
  if (!first) return []
  const who = some.length === 1 ? `${first.fullName} is` : `${some.length} people are`
  const rows = some.map((one) => unreachedRow(world, one))
  return [{ id: 'unreached', title: `${who} not on this board: tell them`, rows, text: [] }]
}
