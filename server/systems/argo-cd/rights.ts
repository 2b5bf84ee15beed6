import { type Asked, type Line, leavesAny, lineOf } from './lines.ts'
import { type Pattern, patternOf } from './patterns.ts'
import { type Policy, PolicyUnreadable } from './policy.ts'

/** What a team may do, by the whole policy. */

export type Ability = 'see' | 'logs' | 'sync' | 'change' | 'delete' | 'exec' | 'settings'

export interface Right {
  ability: Ability
  /** With everything that the rules speak of, with some of it, or with nothing. */
  held: 'all' | 'some' | 'none'
  /** Whether it may have any of it by being this team, and not because everybody has: it may where no line denies all of it. */
  byTeam: boolean
  /** Whether everybody has any of it who can sign in. */
  byDefault: boolean
  /** The line that takes from the team what another gives it. */
  deniedBy: string | null
}

const some = 'some'
const actionOnPods = 'action/apps/Deployment/restart'
const inProject: Partial<Record<Ability, [resource: string, actions: string[]]>> = {
  see: ['applications', ['get']],
  logs: ['logs', ['get']],
  sync: ['applications', ['sync']],
  change: ['applications', ['create', 'update', 'override', actionOnPods]],
  delete: ['applications', ['delete']],
  exec: ['exec', ['create']],
}
const write = ['create', 'update', 'delete']
const settings: [resource: string, actions: string[], object: string][] = [
  ['applicationsets', write, `${some}/${some}`],
  ['projects', write, some],
  ['clusters', write, some],
  ['repositories', write, some],
  ['certificates', write, some],
  ['accounts', ['update'], some],
  ['gpgkeys', ['create', 'delete'], some],
]
const abilities: readonly Ability[] = ['see', 'logs', 'sync', 'change', 'delete', 'exec', 'settings']

/** How far Argo CD follows groups of groups (Casbin’s role manager). */
const DEEPEST = 10

/**
 * Weighs every ability. Lines that allow count unless one denies: among those of the team and its roles, and apart from
 * that among those of the default role, which no line of the team takes away.
 * @param team as Dex names it: `organisation:team`
 * @param within the applications that the rules speak of, as a glob
 * @throws PolicyUnreadable where a line that concerns the team cannot be judged
 */
export function rightsOf(policy: Policy, team: string, within = '*/*'): Right[] {
  refuseLookAlikes(policy, team)
  // A group is looked at only where a line g begins with it: its own lines p count for nothing without.
  const own = policy.groups.some(({ who }) => who === team) ? judgeFor(policy, team) : nobody
  const everybody = policy.defaultRole === null ? nobody : judgeFor(policy, policy.defaultRole)
  const lines = [...own.lines, ...everybody.lines]
  const scope = patternOf(within, 'glob')
  return abilities.map((ability) => {
    const asked = askedFor(ability, lines, scope)
    const judged = asked.map((one) => ({ one, team: own.judge(one), all: everybody.judge(one) }))
    const counted = judged.filter(({ one }) => ability === 'settings' || scope.matches(one.object))
    const held = counted.filter((each) => each.team.allowed || each.all.allowed).length
    return {
      ability,
      held: held === 0 ? 'none' : held === counted.length ? 'all' : 'some',
      byTeam: judged.some((each) => each.team.allowed) || mayHold(ability, own.lines),
      byDefault: judged.some((each) => each.all.allowed),
      deniedBy: counted.flatMap((each) => each.team.deniedBy ?? [])[0] ?? null,
    }
  })
}

/** Lines p that name the team itself and count for nothing, because no line g begins with it. */
export function passedOver({ rules, groups }: Policy, team: string): string | null {
  if (groups.some(({ who }) => who === team)) return null
  return rules.find(({ subject }) => subject === team)?.at ?? null
}

/** Names differ in capitals to Argo CD, and organisations do not on GitHub: which of the two is meant is not for us. */
function refuseLookAlikes({ rules, groups }: Policy, team: string): void {
  const named = [
    ...groups.map(({ who, at }) => ({ name: who, at })),
    ...rules.map(({ subject, at }) => ({ name: subject, at })),
  ]
  const like = named.find(({ name }) => name !== team && name.trim().toLowerCase() === team.toLowerCase())
  if (like)
    throw new PolicyUnreadable(`${like.at} names “${like.name}”, which is like ${team} and not the same to Argo CD`)
}

interface Judge {
  judge(asked: Asked): { allowed: boolean; deniedBy: string | null }
  lines: Line[]
}

const nobody: Judge = { judge: () => ({ allowed: false, deniedBy: null }), lines: [] }

function judgeFor(policy: Policy, subject: string): Judge {
  const names = reachedFrom(policy, subject)
  const lines = policy.rules.filter((rule) => names.has(rule.subject)).map((rule) => lineOf(rule, policy))
  return {
    judge(asked) {
      const matching = lines.filter(({ covers }) => covers(asked))
      const denies = matching.find(({ rule }) => rule.effect === 'deny')
      const allows = matching.some(({ rule }) => rule.effect === 'allow')
      return { allowed: allows && !denies, deniedBy: allows ? (denies?.rule.at ?? null) : null }
    },
    lines,
  }
}

function reachedFrom({ groups }: Policy, subject: string): Set<string> {
  const reached = new Set([subject])
  let newest = [subject]
  for (let depth = 0; depth < DEEPEST && newest.length > 0; depth += 1) {
    newest = groups.filter(({ who, role }) => newest.includes(who) && !reached.has(role)).map(({ role }) => role)
    for (const role of newest) reached.add(role)
  }
  return reached
}

/** What to ask for one ability: the usual, and whatever the lines themselves speak of, so that no part of it is missed. */
function askedFor(ability: Ability, lines: Line[], scope: Pattern): Asked[] {
  const objectsOn = (resource: string) =>
    lines.filter((line) => line.isOn(resource)).flatMap(({ object }) => object.examples)
  const known = inProject[ability]
  if (!known)
    return settings.flatMap(([resource, actions, object]) =>
      // What belongs to a project is named with it.
      [
        ...new Set([object, ...objectsOn(resource).filter((one) => !object.includes('/') || one.includes('/'))]),
      ].flatMap((each) => actions.map((action) => ({ resource, action, object: each }))),
    )
  const [resource, actions] = known
  const further = lines
    .filter((line) => line.isOn(resource))
    .flatMap(({ action }) => action.examples.filter((one) => isPartOf(ability, one)))
  return [...new Set([...scope.examples.slice(0, 1), ...objectsOn(resource)])]
    .filter((object) => object !== '')
    .flatMap((object) => [...new Set([...actions, ...further])].map((action) => ({ resource, action, object })))
}

function mayHold(ability: Ability, lines: Line[]): boolean {
  const known = inProject[ability]
  const isFurther = (action: string) => isPartOf(ability, action)
  if (known) return leavesAny(lines, { resource: known[0], actions: known[1], isFurther })
  return settings.some(([resource, actions]) => leavesAny(lines, { resource, actions, isFurther }))
}

/** Actions and sub-resources of applications, of which there are as many as the clusters have kinds. */
function isPartOf(ability: Ability, action: string): boolean {
  if (ability === 'change') return action.startsWith('action/') || action.startsWith('update/')
  return ability === 'delete' && action.startsWith('delete/')
}
