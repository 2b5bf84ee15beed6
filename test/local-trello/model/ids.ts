import { createHash, randomBytes, randomInt } from 'node:crypto'

const SHORT_LINK_LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789'
const SHORT_LINK_LENGTH = 8
const process5 = randomBytes(5).toString('hex')
let counter = randomInt(2 ** 20)

/** An id as Trello's: 24 characters of hex, time first and a counter last, so that later ones sort later. */
export function newTrelloId(now: Date = new Date()): string {
  counter = (counter + 1) % 2 ** 24
  const seconds = Math.floor(now.getTime() / 1000)
  return `${seconds.toString(16).padStart(8, '0')}${process5}${counter.toString(16).padStart(6, '0')}`
}

/** The same id for the same name: example people and boards keep theirs between runs. */
export function idFor(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 24)
}

/** The eight letters in a card's or board's address. */
export function newShortLink(): string {
  const letter = (byte: number) => SHORT_LINK_LETTERS.charAt(byte % SHORT_LINK_LETTERS.length)
  return Array.from(randomBytes(SHORT_LINK_LENGTH), letter).join('')
}

/** First letters of the first and last name. */
export function initialsOf(fullName: string): string {
  const names = fullName.split(/\s+/).filter(Boolean)
  return [names[0], names.length > 1 ? names.at(-1) : undefined]
    .map((name) => name?.charAt(0).toUpperCase() ?? '')
    .join('')
}
