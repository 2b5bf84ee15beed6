import { endingProblems } from './ending.ts'
import { grantAt } from './instead.ts'
import type { Grant, RuleSet } from './rule-set.ts'
import { environmentsOf, targetIn, targetsOf } from './targets.ts'
import type { Installation, Method } from './types.ts'
import { neededParameters } from './words.ts'

/** Thrown when an installation asks for what the rule set or Terraform forbids. Every problem at once. */
export class InstallationError extends Error {
  override name = 'InstallationError'
  constructor(problems: string[]) {
    super(['The installation file does not fit the rule set:', ...problems.map((problem) => `  ${problem}`)].join('\n'))
  }
}

/**
 * Checks an installation against the rule sets that are in force here: the active one, and those under which requests
 * finish. @throws InstallationError with all that is wrong
 */
export function checkInstallation(ruleSets: RuleSet[], installation: Installation): void {
  const grants = ruleSets.flatMap((ruleSet) => Object.entries(ruleSet.grants))
  const targets = new Set(grants.flatMap(([, grant]) => targetsOf(grant)))
  const problems = [
    ...Object.keys(installation.methods).flatMap((name) =>
      grants.some(([known]) => known === name) ? [] : [`methods.${name}: the rule set has no such grant`],
    ),
    ...installation.ownedByTerraform.flatMap((target) =>
      targets.has(target) ? [] : [`ownedByTerraform: the rule set has no target ${target}; check its spelling`],
    ),
    ...templateProblems(ruleSets, installation),
    ...grants.flatMap(([name, grant]) => methodProblems(name, grant, installation)),
    ...grants.flatMap(([name, grant]) => targetProblems(name, grant, installation)),
    ...ruleSets.flatMap(({ grants: all }) =>
      Object.values(all).flatMap((one) => mixedProblems(one, all, installation)),
    ),
  ]
  if (problems.length > 0) throw new InstallationError([...new Set(problems)])
}

/** By level, the template card that stands for it here. */
export function templatesOf({ levels }: RuleSet, { templates = {} }: Installation): Map<string, string | undefined> {
  return new Map(Object.entries(levels).map(([level, one]) => [level, templates[level] ?? one.template]))
}

/** Cards are copied from the templates of the active rule set, the first; of others only those that are copied already. */
function templateProblems(ruleSets: RuleSet[], installation: Installation): string[] {
  const [active] = ruleSets
  if (!active) return []
  const templates = templatesOf(active, installation)
  return [
    ...Object.keys(installation.templates ?? {}).flatMap((level) =>
      ruleSets.some(({ levels }) => Object.hasOwn(levels, level))
        ? []
        : [`templates.${level}: the rule set has no such level`],
    ),
    ...[...templates].flatMap(([level, shortLink]) => {
      if (shortLink === undefined)
        return [`templates.${level} is missing: the short link of your template card for ${active.levels[level]?.name}`]
      const twin = [...templates].find(([other, one]) => other !== level && one === shortLink)
      return twin ? [`templates.${level}: each level needs a template card of its own`] : []
    }),
  ]
}

/** A grant may be obtained in one way at some targets and in another at others: a method that fits one of them is right. */
function methodProblems(name: string, grant: Grant, installation: Installation): string[] {
  const ways = Map.groupBy(targetsOf(grant), (target) => grantAt(grant, target, installation) !== grant)
  const found = [...ways.values()].map((targets) => wayProblems(name, grant, targets, installation))
  return found.some((problems) => problems.length === 0) ? [] : found.flat()
}

function wayProblems(name: string, whole: Grant, targets: string[], installation: Installation): string[] {
  const chosen = installation.methods[name]
  const grant = targets.reduce((_grant, target) => grantAt(whole, target, installation), whole)
  const owned = targets.find((target) => isOwned(grant, target, installation))
  const rest = grant.methods.filter((one) => owned === undefined || one !== 'api')
  if (owned !== undefined && rest.length === 0)
    return [`ownedByTerraform: the rule set lets ${name} be granted by "api" only, so Terraform cannot own ${owned}`]
  const placeless =
    chosen === 'pull-request' ? targets.find((target) => !hasPlace(grant, target, installation)) : undefined
  if (placeless !== undefined && rest.includes('pull-request'))
    return [`methods.${name}: "pull-request" needs repository and path in targets.${placeless}`]
  if (chosen === undefined || rest.includes(chosen)) return []
  return grant.methods.includes(chosen)
    ? [`methods.${name}: Terraform owns ${owned}, so "api" would fight it; use ${rest.join(' or ')}`]
    : [`methods.${name}: use one of ${rest.join(', ')}`]
}

function targetProblems(name: string, grant: Grant, installation: Installation): string[] {
  return environmentsOf(grant).flatMap((environment) => {
    const target = targetIn(grant, environment)
    const parameters = installation.targets[target]
    if (!parameters) return [`targets.${target} is missing`]
    return [
      ...neededParameters(grantAt(grant, target, installation)).flatMap((one) =>
        parameters[one] ? [] : [`targets.${target}.${one} is missing; the words of ${name} need it`],
      ),
      ...endingProblems(parameters).map((problem) => `targets.${target}.${problem}`),
    ]
  })
}

/** Whoever loses the higher value keeps the lower one in the same step, so both are given in the same way. */
function mixedProblems(grant: Grant, all: RuleSet['grants'], installation: Installation): string[] {
  const higher = all[grant.satisfiedBy ?? '']
  if (!higher?.instead || !grant.instead) return []
  const names = `${grant.instead.needs} and ${higher.instead.needs}`
  return targetsOf(grant)
    .filter((target) => targetsOf(higher).includes(target))
    .filter((target) => {
      const isOther = [grant, higher].map((one) => grantAt(one, target, installation) !== one)
      return isOther[0] !== isOther[1]
    })
    .map((target) => `targets.${target}: name both ${names}, or neither: who loses the one keeps the other`)
}

/**
 * How a grant is obtained here: the installation's choice where the rule set permits it. A list that Terraform owns is
 * changed by pull request unless another way is chosen, and never by `api`. What the product cannot do by itself, because
 * the system is not connected, is a task: known before the plan is shown, so that what is approved is what happens.
 */
export function methodOf(name: string, grant: Grant, target: string, installation: Installation): Method {
  const chosen = chosenMethod(name, grantAt(grant, target, installation), target, installation)
  const { connected } = installation
  return !connected || connected[grant.system]?.includes(chosen) ? chosen : 'task'
}

/**
 * How somebody loses in the system itself what they have without the list that brings it. By us only where Terraform does not
 * keep it, and where we read that list too: whoever stands on it would have it again with the next apply.
 */
export function methodByHand(grant: Grant, target: string, installation: Installation): 'api' | 'task' {
  const { connected } = installation
  const [list = ''] = (grant.follows ?? '').split(':')
  const isOurs = !connected || (connected[grant.system]?.includes('api') === true && (connected[list]?.length ?? 0) > 0)
  return grant.byHand?.methods.includes('api') && isOurs && !isOwned(grant, target, installation) ? 'api' : 'task'
}

function chosenMethod(name: string, grant: Grant, target: string, installation: Installation): Method {
  const owned = isOwned(grant, target, installation)
  const permitted = grant.methods.filter(
    (one) => (!owned || one !== 'api') && (one !== 'pull-request' || hasPlace(grant, target, installation)),
  )
  const chosen = installation.methods[name]
  if (chosen && permitted.includes(chosen)) return chosen
  if (owned && permitted.includes('pull-request')) return 'pull-request'
  return permitted[0] ?? 'task'
}

/** Whether it is known where the list stands that a pull request would change. Where it is not, people do the step. */
function hasPlace({ params }: Grant, target: string, { targets }: Installation): boolean {
  const place = { ...targets[target], ...params }
  return Boolean(place['repository'] && place['path'])
}

function isOwned(grant: Grant, target: string, installation: Installation): boolean {
  return grant.owner === 'terraform' || installation.ownedByTerraform.includes(target)
}
