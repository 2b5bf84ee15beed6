import { dayWords, timeWords } from './words.ts'

/**
 * What a failing connection means for somebody who only wants their access: what was true when, whether anything is
 * lost, and whose turn it is. Keepers read the technical sentence in its place.
 */
export type Trouble = 'trello' | 'refused' | 'keys' | 'database' | 'board' | 'webhook' | 'system'

interface Words {
  what: string
  /** How what is shown stands meanwhile. */
  stands: string
  lost: string
  turn: string
}

const nothingLost = 'Nothing is lost.'
const runs = 'Whoever runs this server looks at it. You need not do anything.'

const words: Record<Trouble, Words> = {
  trello: {
    what: 'We cannot reach Trello, or it asks us to slow down.',
    stands: 'Cards are shown as they stood',
    lost: nothingLost,
    turn: 'This is tried again by itself. Approving waits until Trello answers.',
  },
  refused: {
    what: 'Trello does not let us read cards at the moment.',
    stands: 'Cards are shown as they stood',
    lost: nothingLost,
    turn: runs,
  },
  keys: {
    what: 'We may not be able to check who you are.',
    stands: 'People were last recognised',
    lost: `${nothingLost} What you typed is kept.`,
    turn: 'This is tried again by itself. Try again in a minute.',
  },
  database: {
    what: 'We cannot read our own records.',
    stands: 'Everything is kept as it stood',
    lost: `${nothingLost} Nothing is granted or revoked meanwhile.`,
    turn: runs,
  },
  board: {
    what: 'We cannot read this board.',
    stands: 'Its cards are shown as they stood',
    lost: nothingLost,
    turn: 'A board admin or a register keeper adds our service member to the board again.',
  },
  webhook: {
    what: 'Trello does not tell us of changes on this board at once.',
    stands: 'We read the board every few minutes, last',
    lost: nothingLost,
    turn: 'This mends itself. You need not do anything.',
  },
  system: {
    what: 'We cannot reach this system.',
    stands: 'Its steps are shown as they stood',
    lost: `${nothingLost} A step that had begun is read again before anything is changed.`,
    turn: 'This is tried again by itself. A step that cannot go on says whose turn it is.',
  },
}

/** @param at when it last worked, or was last looked at; `null` when we do not know */
export function troubleWords(trouble: Trouble, at: Date | null, now: Date): string {
  const { what, stands, lost, turn } = words[trouble]
  const when = at ? ` ${stands} on ${dayWords(at, now)} at ${timeWords(at)}.` : ''
  return `${what}${when} ${lost} ${turn}`
}

/** The trouble behind a connection of the settings, by its id. */
export function troubleOf(connectionId: string): Trouble {
  return connectionId === 'trello' || connectionId === 'keys' || connectionId === 'database' ? connectionId : 'system'
}
