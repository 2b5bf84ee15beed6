import type { Held } from '../../../server/grants/drift/findings.ts'
import { type Place, placesToCompare } from '../../../server/grants/drift/places.ts'
import { type Asked, type Known, type Reconciled, reconcile } from '../../../server/grants/drift/reconcile.ts'
import { indexAccounts } from '../../../server/grants/drift/whose.ts'
import type { Listed, Listing } from '../../../server/grants/system.ts'
import type { PersonFacts } from '../../../server/rules/types.ts'
import { person } from '../../http/views/world.ts'
import { installation, ruleSet } from '../office.ts'

/** A happy world for a reconciliation: Priya has the Deploy team, by the record and in GitHub; Sam has nothing. */

export const at = new Date('2026-12-01T04:00:00Z')
const granted = new Date('2026-11-24T10:00:00Z')
export const places = placesToCompare(ruleSet, installation())

export function placeOf(key: string): Place {
  const found = places.find((one) => one.key === key)
  if (!found) throw new Error(`no place ${key}`)
  return found
}

const githubOf = (n: number, name: string) => ({ github: { kind: 'github' as const, id: String(n), name } })
export const priya = person('priya', 'Priya Shah', { accounts: githubOf(1001, 'priya-s') })
export const sam = person('sam', 'Sam Okoro', { accounts: githubOf(1002, 'sam-o') })

export function held(who: PersonFacts, key: string, change: Partial<Held> = {}): Held {
  const { kind } = placeOf(key).order
  const account = who.accounts[kind] ?? { kind, id: `${who.id}@example.gov.uk`, name: `${who.id}@example.gov.uk` }
  const level = placeOf(key).level
  return { id: `h-${who.id}-${key}`, personId: who.id, key, level, account, since: granted, missing: null, ...change }
}

export function listed(name: string, id: string | null, change: Partial<Listed> = {}): Listed {
  return { account: { kind: 'github', id, name }, has: 'wanted', detail: `${name} is in it.`, ...change }
}

export function list(accounts: Listed[], change: Partial<Extract<Listing, { is: 'listed' }>> = {}): Listing {
  return { is: 'listed', accounts, nameless: 0, onlyOf: null, cannotSee: null, ...change }
}

export interface Story {
  people?: PersonFacts[]
  holdings?: Held[]
  /** Held too, and approved by nobody. */
  adopted?: Held[]
  /** By place. */
  says: Record<string, Asked['answer']>
  moving?: [string, string][]
  ignored?: string[]
}

export function known(story: Story): Known {
  const { people = [priya, sam], holdings: granted = [], adopted = [], moving = [], ignored = [] } = story
  const holdings = [...granted, ...adopted]
  return {
    people: new Map(people.map((one) => [one.id, one])),
    whose: indexAccounts(people, holdings),
    holdings: new Map(
      [...Map.groupBy(holdings, (one) => one.key)].map(([key, some]) => [
        key,
        Map.groupBy(some, (one) => one.personId),
      ]),
    ),
    levels: levelsOf(granted),
    adopted: levelsOf(adopted),
    isMoving: (id, key) => moving.some(([who, where]) => who === id && where === key),
    isIgnored: (name) => ignored.includes(name),
  }
}

function levelsOf(holdings: Held[]): Known['levels'] {
  return new Map(
    [...Map.groupBy(holdings, (one) => one.personId)].map(([id, some]) => [
      id,
      {
        all: new Set(some.flatMap(({ level }) => ruleSet.withIncluded(level))),
        names: some.map(({ level }) => ruleSet.levels[level]?.name).join(' and '),
      },
    ]),
  )
}

export function compared(story: Story): Reconciled {
  return reconcile(
    known(story),
    Object.entries(story.says).map(([key, answer]) => ({ place: placeOf(key), at, answer })),
  )
}

/** What was found, short: kind and sentence. */
export function found(story: Story): string[] {
  return compared(story).findings.map(({ kind, sentence, overGrant }) => `${kind}${overGrant ? '!' : ''}: ${sentence}`)
}
