import type { PersonFacts } from '../../rules/types.ts'
import type { Listed } from '../system.ts'
import type { Place } from './places.ts'

/** The sentences of a reconciliation, for whoever decides about what it found. */

type Who = Pick<PersonFacts, 'fullName'>

export function missingWords({ fullName }: Who, place: Place, detail: string | null): string {
  const seen = detail ?? `${place.systemName} does not show it.`
  return `Our record says that ${fullName} has ${place.short}. ${seen}`
}

/** What was begun and not granted here would be there one day. */
const has = (listed: Pick<Listed, 'has'>) => (listed.has === 'not-yet' ? 'is to have' : 'has')

export function extraWords({ fullName }: Who, place: Place, listed: Listed): string {
  return `${fullName} ${has(listed)} ${place.short}, and nobody granted it here. ${listed.detail}`
}

/** @param held names of the levels that they were granted */
export function overGrantWords({ fullName }: Who, place: Place, listed: Listed, held: string): string {
  return `${fullName} was granted ${held} only, and ${has(listed)} ${place.short}, which belongs to ${place.levelName}. ${listed.detail}`
}

/** @param held names of the levels that what was adopted of theirs is of */
export function overAdoptedWords({ fullName }: Who, place: Place, listed: Listed, held: string): string {
  return `Nobody approved more than ${held} for ${fullName}, who ${has(listed)} ${place.short}, which belongs to ${place.levelName}. ${listed.detail}`
}

export function differentWords({ fullName }: Who, place: Place, { detail }: Listed): string {
  return `Our record says that ${fullName} has ${place.short} as “${place.value}”. ${detail}`
}

export function unmanagedWords(place: Place, listed: Listed): string {
  return `${listed.account.name} ${has(listed)} ${place.short} and belongs to nobody in the register. ${listed.detail}`
}

export function inProgressWords({ fullName }: Who, place: Place): string {
  return `${place.short} of ${fullName} is being changed now.`
}

export function cannotTellWords(name: string, place: Pick<Place, 'short'>, why: string): string {
  return `We could not tell whether ${name} has ${place.short}. ${why}`
}
