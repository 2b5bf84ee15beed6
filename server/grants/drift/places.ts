import { grantAt } from '../../rules/instead.ts'
import type { RuleSet } from '../../rules/rule-set.ts'
import type { Grant } from '../../rules/rule-set-schema.ts'
import { environmentsOf, targetIn } from '../../rules/targets.ts'
import type { Installation, LevelId } from '../../rules/types.ts'
import type { Adapters } from '../steps.ts'
import type { ListOrder } from '../system.ts'

/** One entitlement in one environment, of which the record and a system may say different things. */
export interface Place {
  /** As in the ledger: `grant` or `grant/environment`. */
  key: string
  system: string
  systemName: string
  /** "AWS staging" */
  short: string
  level: LevelId
  levelName: string
  /** In the rules' words, for the reader: `role_admin_user_arns`. */
  value: string
  /** Keys of the places whose value contains this one: whoever has one of them needs no entry here. */
  within: string[]
  /** The target that it comes with, where it would be found too; `null` = it stands alone. */
  follows: string | null
  /** Keys of the places on that target of which each brings this. */
  comesWith: string[]
  order: ListOrder
}

/**
 * Every place that a rule set knows. A copy that turns up by itself elsewhere (`alsoAppearsIn`) is no place, so nothing
 * that it brings is ever compared.
 */
export function placesToCompare(ruleSet: RuleSet, installation: Installation): Place[] {
  const places = Object.entries(ruleSet.grants)
    .filter(([, grant]) => !grant.nothingToUndo)
    .flatMap(([name, grant]) => environmentsOf(grant).map((at) => placeOf(ruleSet, installation, name, grant, at)))
  const named = Map.groupBy(places, ({ short }) => short)
  // Two values in one environment are called alike: a reader must know which one somebody has.
  return places.map((place) =>
    (named.get(place.short)?.length ?? 0) > 1 ? { ...place, short: `${place.short} (${place.value})` } : place,
  )
}

/** What follows something else is asked about where its own system lists it: a list elsewhere may say what is not there. */
export function isAsked({ follows, system }: Pick<Place, 'follows' | 'system'>, adapters: Adapters): boolean {
  return follows === null || adapters.get(system)?.list !== undefined
}

/** Why systems are not asked whose places all come with something else, in a sentence each. */
export function whyNotAsked(places: Place[], adapters: Adapters): string[] {
  const sentences = places.flatMap(({ system, systemName, follows }) => {
    if (follows === null || isAsked({ system, follows }, adapters)) return []
    const other = adapters.get(follows.split(':')[0] ?? '')
    const is = other?.list ? 'is compared' : 'cannot be listed either'
    return [`${systemName} has no list of its own: ${other?.name ?? follows}, which it follows, ${is}.`]
  })
  return [...new Set(sentences)]
}

function placeOf(
  ruleSet: RuleSet,
  { targets }: Installation,
  name: string,
  listed: Grant,
  environment: string | null,
): Place {
  const grant = grantAt(listed, targetIn(listed, environment), { targets })
  const named = { ...targets[grant.follows ?? ''], ...targets[targetIn(grant, environment)] }
  const wanted = { value: grant.value, params: { ...named, ...grant.params } }
  return {
    key: keyOf(name, environment),
    system: grant.system,
    systemName: grant.systemName,
    short: shortOf(grant, environment, named),
    level: grant.level,
    levelName: ruleSet.levels[grant.level]?.name ?? grant.level,
    value: grant.value,
    within: containing(ruleSet, grant, environment),
    follows: grant.follows ?? null,
    comesWith: bringing(ruleSet, grant),
    order: { environment, wanted, kind: grant.account },
  }
}

/** A higher level's entry on the list brings what the lower one's would. */
function bringing(ruleSet: RuleSet, { follows, level }: Grant): string[] {
  return Object.entries(ruleSet.grants).flatMap(([name, one]) =>
    environmentsOf(one)
      .filter(
        (environment) => targetIn(one, environment) === follows && ruleSet.withIncluded(one.level).includes(level),
      )
      .map((environment) => keyOf(name, environment)),
  )
}

const keyOf = (name: string, environment: string | null) => (environment === null ? name : `${name}/${environment}`)

function containing({ grants }: Pick<RuleSet, 'grants'>, grant: Grant, environment: string | null): string[] {
  const over = grant.satisfiedBy
  const higher = over === undefined ? undefined : grants[over]
  if (over === undefined || !higher) return []
  const there = environmentsOf(higher).includes(environment) ? [keyOf(over, environment)] : []
  return [...there, ...containing({ grants }, higher, environment)]
}

function shortOf({ words }: Grant, environment: string | null, named: Record<string, string>): string {
  return words.short.replace(/\{([\w.]+)\}/g, (_whole, name: string) =>
    name === 'environment' ? (environment ?? '') : (named[name.replace(/^target\./, '')] ?? ''),
  )
}
