import type { PersonFacts } from '../../rules/types.ts'
import type { Listed } from '../system.ts'
import type { Place } from './places.ts'

/** The sentences of a reconciliation, for whoever decides about what it found. */

type Who = Pick<PersonFacts, 'fullName'>

export function missingWords({ fullName }: Who, place: Place, detail: string | null): string {
  const seen = detail ?? `${place.systemName} does not show it.`
  return `Our record says that ${fullName} has ${place.short}. ${seen}`
}

export function extraWords({ fullName }: Who, place: Place, { detail }: Listed): string {
  return `${fullName} has ${place.short}, and nobody granted it here. ${detail}`
}

/** @param held names of the levels that they were granted */
export function overGrantWords({ fullName }: Who, place: Place, { detail }: Listed, held: string): string {
  return `${fullName} was granted ${held} only, and has ${place.short}, which belongs to ${place.levelName}. ${detail}`
}

export function differentWords({ fullName }: Who, place: Place, { detail }: Listed): string {
  return `Our record says that ${fullName} has ${place.short} as “${place.value}”. ${detail}`
}

export function unmanagedWords(place: Place, { account, detail }: Listed): string {
  return `${account.name} has ${place.short} and belongs to nobody in the register. ${detail}`
}

export function inProgressWords({ fullName }: Who, place: Place): string {
  return `${place.short} of ${fullName} is being changed now.`
}

export function cannotTellWords(name: string, place: Place, why: string): string {
  return `We could not tell whether ${name} has ${place.short}. ${why}`
}
