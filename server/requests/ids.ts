import { randomInt, randomUUID } from 'node:crypto'

/** Without letters and figures that look alike, so that people can read an id aloud. */
const alphabet = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'

/** A request's id: short enough to say on the telephone, long enough never to meet twice (31^8). */
export function newRequestId(): string {
  return Array.from({ length: 8 }, () => alphabet[randomInt(alphabet.length)]).join('')
}

/** An id for what nobody has to read. */
export function newId(): string {
  return randomUUID()
}
