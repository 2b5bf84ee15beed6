import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { Grant, RuleSet } from './rule-set.ts'
import type {
  Account,
  AccountKind,
  Installation,
  LevelId,
  Method,
  PersonFacts,
  Plan,
  PlanStep,
  RequestFacts,
  TaskWords,
} from './types.ts'

export interface PlanQuestion {
  ruleSet: RuleSet
  level: LevelId
  engineer: PersonFacts
  request: RequestFacts
  installation: Installation
}

/** Thrown when an installation asks for what the rule set or Terraform forbids. Every problem at once. */
export class InstallationError extends Error {
  override name = 'InstallationError'
  constructor(problems: string[]) {
    super(['The installation file does not fit the rule set:', ...problems.map((problem) => `  ${problem}`)].join('\n'))
  }
}

/** Checks an installation against a rule set. @throws InstallationError with all that is wrong */
export function checkInstallation(ruleSet: RuleSet, installation: Installation): void {
  const problems: string[] = []
  for (const [name, method] of Object.entries(installation.methods)) {
    const grant = ruleSet.grants[name]
    if (!grant) problems.push(`methods.${name}: the rule set has no such grant`)
    else if (!grant.methods.includes(method)) problems.push(`methods.${name}: use one of ${grant.methods.join(', ')}`)
    else if (method === 'api' && installation.ownedByTerraform.includes(grant.target))
      problems.push(
        `methods.${name}: Terraform owns ${grant.target}, so "api" would fight it; use ${grant.methods.filter((one) => one !== 'api').join(' or ')}`,
      )
  }
  for (const grant of Object.values(ruleSet.grants))
    for (const target of targetsOf(grant))
      if (!installation.targets[target]) problems.push(`targets.${target} is missing`)
  if (problems.length > 0) throw new InstallationError([...new Set(problems)])
}

function targetsOf(grant: Grant): string[] {
  return (grant.environments ?? ['']).map((environment) => grant.target.replace('{environment}', environment))
}

/**
 * The ordered steps that give this engineer this level, prerequisites first. The preview and the execution come from
 * this one object. What is held already stays in: wanted state is what is approved, not the difference.
 */
export function makePlan(question: PlanQuestion): Plan {
  const { ruleSet, level, engineer } = question
  const levels = ruleSet.withIncluded(level)
  const grants = Object.entries(ruleSet.grants).filter(([, grant]) => levels.includes(grant.level))
  const names = new Set(grants.map(([name]) => name))
  const expanded = grants.flatMap(([name, grant]) =>
    (grant.environments ?? [null]).flatMap((environment) => {
      const over = grant.coveredBy && names.has(grant.coveredBy) ? ruleSet.grants[grant.coveredBy] : undefined
      const covered =
        over && (environment === null || over.environments === undefined || over.environments.includes(environment))
      return covered ? [] : [{ name, grant, environment }]
    }),
  )
  const keys = expanded.map(({ name, environment }) => ({ name, environment, key: keyOf(name, environment) }))
  const steps = ordered(expanded.map((one) => stepOf(question, levels, one, keys)))
  const plan = {
    ruleSet: { id: ruleSet.id, digest: ruleSet.digest },
    level,
    levelName: ruleSet.levels[level]?.name ?? level,
    engineer: engineer.id,
    steps,
    willNotChange: ruleSet.levels[level]?.willNotChange ?? [],
    worthKnowing: levels.flatMap((each) => ruleSet.levels[each]?.worthKnowing ?? []),
    missing: missing(
      question,
      grants.map(([, grant]) => grant),
    ),
  }
  return { ...plan, hash: planHash(plan) }
}

function keyOf(name: string, environment: string | null): string {
  return environment === null ? name : `${name}/${environment}`
}

/** SHA-256 over what an approval is of: wanted state with every parameter, not names, times or what is held already. */
export function planHash(plan: Omit<Plan, 'hash'>): string {
  const text = canonicalize({
    ruleSet: plan.ruleSet,
    engineer: plan.engineer,
    level: plan.level,
    steps: plan.steps.map((step) => ({
      key: step.key,
      serves: step.serves,
      environment: step.environment,
      account: { kind: step.account.kind, id: step.account.id },
      wanted: step.wanted,
      method: step.method,
      after: step.after,
    })),
  })
  return createHash('sha256')
    .update(text ?? '')
    .digest('hex')
}

function stepOf(
  question: PlanQuestion,
  levels: string[],
  one: { name: string; grant: Grant; environment: string | null },
  keys: { name: string; environment: string | null; key: string }[],
): PlanStep {
  const { engineer, installation, ruleSet, request } = question
  const { name, grant, environment } = one
  const target = grant.target.replace('{environment}', environment ?? '')
  const parameters = installation.targets[target] ?? {}
  const account = engineer.accounts[grant.account] ?? { kind: grant.account, id: '', name: placeholder[grant.account] }
  const apps = grant.askApps ? (request.signonApps[environment ?? 'production'] ?? []) : []
  const fill = filler({ account, engineer, environment, parameters, apps })
  const after = grant.after.flatMap((wanted) => {
    const same = keys.filter(
      (key) =>
        key.name === wanted && (key.environment === null || environment === null || key.environment === environment),
    )
    return same.map((key) => key.key)
  })
  const params: Record<string, string | string[]> = {
    ...parameters,
    ...grant.params,
    ...(grant.askApps ? { apps } : {}),
  }
  return {
    key: keyOf(name, environment),
    grant: name,
    serves: grant.serves.filter((id) => levels.includes(ruleSet.entitlements[id]?.level ?? '')),
    system: grant.system,
    systemName: grant.systemName,
    environment,
    account,
    wanted: { value: grant.value, params },
    method: methodOf(name, grant, target, installation),
    proof: grant.proof,
    after,
    batch: grant.batch ?? null,
    words: {
      change: fill(grant.words.change),
      purpose: grant.words.purpose ? fill(grant.words.purpose) : null,
      undo: fill(grant.words.undo),
      short: fill(grant.words.short),
      works: grant.serves.flatMap((id) => {
        const entitlement = ruleSet.entitlements[id]
        return entitlement && levels.includes(entitlement.level) ? [entitlement.name] : []
      }),
      verifiedBy: grant.words.verifiedBy,
    },
    task: grant.task ? filledTask(grant.task, fill) : null,
    undoTask: grant.undoTask ? filledTask(grant.undoTask, fill) : null,
    engineer: grant.engineer
      ? {
          text: grant.engineer.text,
          short: grant.engineer.short,
          link: linkOrNull(fill(grant.engineer.link ?? '')),
          trap: grant.engineer.trap ?? null,
          seenByUs: grant.engineer.seenByUs,
          when: grant.engineer.when,
        }
      : null,
    selfCheck: selfCheckOf(grant, fill),
    alsoAppearsIn: grant.alsoAppearsIn ?? grant.hint ?? null,
  }
}

/** The installation's choice, where the rule set permits it; a list that Terraform owns is never written by `api`. */
function methodOf(name: string, grant: Grant, target: string, installation: Installation): Method {
  const chosen = installation.methods[name]
  const permitted = grant.methods.filter((one) => one !== 'api' || !installation.ownedByTerraform.includes(target))
  if (chosen && permitted.includes(chosen)) return chosen
  return permitted[0] ?? 'task'
}

const placeholder: Record<AccountKind, string> = {
  github: 'the GitHub username',
  aws: 'the AWS user',
  email: 'the work email',
}

interface Fillings {
  account: Account
  engineer: PersonFacts
  environment: string | null
  parameters: Record<string, string>
  apps: string[]
}

function filler({ account, engineer, environment, parameters, apps }: Fillings): (text: string) => string {
  const values: Record<string, string> = {
    account: account.name,
    id: account.id,
    first: engineer.firstName,
    environment: environment ?? '',
    apps: apps.length > 0 ? apps.join(', ') : 'none asked for',
  }
  return (text) =>
    text.replace(/\{([\w.]+)\}/g, (_whole, name: string) =>
      name.startsWith('target.') ? (parameters[name.slice('target.'.length)] ?? '') : (values[name] ?? ''),
    )
}

function filledTask(task: NonNullable<Grant['task']>, fill: (text: string) => string): TaskWords {
  return {
    doer: task.doer,
    before: task.before ? fill(task.before) : null,
    clicks: task.clicks.map((click) => ({
      text: fill(click.text),
      copy: click.copy ? fill(click.copy) : null,
      link: linkOrNull(fill(click.link ?? '')),
    })),
    looksRight: fill(task.looksRight),
  }
}

function selfCheckOf(grant: Grant, fill: (text: string) => string): PlanStep['selfCheck'] {
  const url = linkOrNull(fill(grant.selfCheck?.url ?? ''))
  return grant.selfCheck && url ? { text: fill(grant.selfCheck.text), url } : null
}

/** Links come from the installation; one that is not configured is left out instead of leading nowhere. */
function linkOrNull(url: string): string | null {
  return /^https?:\/\//.test(url) ? url : null
}

/** Prerequisites first; otherwise the rule set's own order, so that the same inputs give the same plan. */
function ordered(steps: PlanStep[]): PlanStep[] {
  const result: PlanStep[] = []
  const place = (step: PlanStep): void => {
    if (result.includes(step)) return
    for (const key of step.after) {
      const before = steps.find((other) => other.key === key)
      if (before) place(before)
    }
    result.push(step)
  }
  for (const step of steps) place(step)
  return result
}

const missingWords: Record<AccountKind, string> = {
  github: 'Tell us your GitHub username',
  aws: 'Tell us your AWS user name',
  email: 'Tell us your work email',
}

function missing({ engineer, request }: PlanQuestion, grants: Grant[]): Plan['missing'] {
  const kinds = [...new Set(grants.map((grant) => grant.account))].filter((kind) => !engineer.accounts[kind])
  const accounts = kinds.map((kind) => ({ what: kind, sentence: missingWords[kind] }))
  return request.reason === null || request.reason.trim() === ''
    ? [...accounts, { what: 'reason' as const, sentence: 'Say why you need access' }]
    : accounts
}
