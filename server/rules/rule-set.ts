import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { isNode, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'

/** A rule set: one version of the rules page, as data. Strict, so that a slip of the pen is refused and not ignored. */

const sentence = z.string({ error: 'give the sentence of the page that this comes from' }).min(1)
const link = z.strictObject({ text: z.string().min(1), url: z.string().min(1) })
const id = z.string().regex(/^[A-Za-z0-9-]+$/, 'use letters, digits and hyphens')
const method = z.enum(['api', 'pull-request', 'task', 'follows'], {
  error: 'use one of the methods api, pull-request, task, follows',
})
const doer = z.enum(['second-line', 'senior-tech', 'sponsor'])

const level = z.strictObject({
  name: z.string().min(1),
  sentence,
  includes: z.array(id),
  template: z.string().regex(/^\w{8}$/, 'use the template card’s short link, 8 characters'),
  sponsors: z
    .array(
      z.discriminatedUnion('relation', [
        z.strictObject({ relation: z.literal('tech-lead'), employment: z.enum(['civil-servant', 'any']) }),
        z.strictObject({ relation: z.literal('senior-tech') }),
      ]),
    )
    .min(1),
  sponsorSentence: sentence,
  conditions: z.array(id),
  willNotChange: z.array(z.string()).default([]),
  worthKnowing: z.array(z.string()).default([]),
})

const conditionBase = { label: z.string().min(1), confirm: z.string().min(1), sentence, guidance: link.optional() }
const condition = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('register'),
    fact: z.enum(['clearance', 'probation']),
    /** What happens where the register says nothing. */
    whenSilent: z.enum(['approver-records', 'unknown']),
    notApplicableTo: z.enum(['contractor']).optional(),
    confidential: z.boolean(),
    ...conditionBase,
  }),
  z.strictObject({ kind: z.literal('attestation'), ...conditionBase }),
  z.strictObject({
    kind: z.literal('review'),
    objectives: z.record(id, z.strictObject({ label: z.string().min(1), sentence, guidance: link.optional() })),
    ...conditionBase,
  }),
])

const click = z.strictObject({ text: z.string().min(1), copy: z.string().optional(), link: z.string().optional() })
const task = z.strictObject({
  doer,
  before: z.string().optional(),
  clicks: z.array(click).min(1),
  looksRight: z.string().min(1),
})

const grant = z.strictObject({
  /** The level whose plan holds it; levels that include this one hold it too. */
  level: id,
  serves: z.array(id).min(1),
  environments: z.array(z.string().min(1)).min(1).optional(),
  system: id,
  systemName: z.string().min(1),
  account: z.enum(['github', 'aws', 'email']),
  /** A symbolic name; the installation gives it its real parameters. */
  target: z.string().min(1),
  value: z.string().min(1),
  params: z.record(z.string(), z.string()).default({}),
  askApps: z.boolean().default(false),
  methods: z.array(method).min(1),
  proof: z.enum(['read-back', 'second-person', 'doer']),
  after: z.array(id).default([]),
  /** For `follows`: the target that it comes with. */
  follows: z.string().optional(),
  batch: id.optional(),
  /** A grant whose value contains this one's, in the same environment. */
  coveredBy: id.optional(),
  alsoAppearsIn: z.string().optional(),
  hint: z.string().optional(),
  words: z.strictObject({
    short: z.string().min(1),
    change: z.string().min(1),
    undo: z.string().min(1),
    purpose: z.string().optional(),
    verifiedBy: z.string().min(1),
  }),
  engineer: z
    .strictObject({
      text: z.string().min(1),
      short: z.string().min(1),
      link: z.string().optional(),
      trap: z.string().optional(),
      seenByUs: z.boolean(),
      when: z.enum(['before', 'after']),
    })
    .optional(),
  selfCheck: link.optional(),
  task: task.optional(),
  undoTask: task.optional(),
})

const ruleSetSchema = z.strictObject({
  id: z.string().min(1),
  page: z.url(),
  levels: z.record(id, level),
  conditions: z.record(id, condition),
  apprentice: z.strictObject({ limit: id, exception: id, sentence }),
  absence: z.strictObject({ limitDays: z.number().int().positive(), sentence }),
  entitlements: z.record(id, z.strictObject({ level: id, name: z.string().min(1), sentence })),
  grants: z.record(id, grant),
})

type Data = z.infer<typeof ruleSetSchema>
export type Condition = z.infer<typeof condition>
export type Grant = z.infer<typeof grant>
export type Level = z.infer<typeof level>

/** A checked rule set with the digest of its content and the few questions everybody asks of it. */
export type RuleSet = Data & {
  /** SHA-256 of the file's content, in hex: an approval is of exactly this text. */
  digest: string
  /** A level with all that it includes, the included ones first. Throws for a level it does not have. */
  withIncluded(level: string): string[]
  objectivesOf(
    level: string,
  ): { id: string; label: string; sentence: string; guidance: { text: string; url: string } | null }[]
  /** The level whose template card has this short link, or `null`. */
  levelOfTemplate(shortLink: string): string | null
}

/** One thing that is wrong with a rule set, with the line and what to do. */
export class RuleSetError extends Error {
  override name = 'RuleSetError'
  readonly line: number
  constructor(file: string, line: number, problem: string, remedy: string) {
    super(`${file}, line ${line}: ${problem}. ${remedy}`)
    this.line = line
  }
}

/** Loads a rule set from a file. @throws RuleSetError with file, line and remedy */
export function loadRuleSet(path: string): RuleSet {
  return readRuleSet(readFileSync(path, 'utf8'), basename(path))
}

/** Reads a rule set from its text; `file` is for messages. @throws RuleSetError with file, line and remedy */
export function readRuleSet(text: string, file: string): RuleSet {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const lineOf = (path: PropertyKey[]): number => {
    for (let length = path.length; length > 0; length -= 1) {
      const node: unknown = document.getIn(path.slice(0, length), true)
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
    }
    return 1
  }
  const broken = document.errors[0]
  if (broken)
    throw new RuleSetError(
      file,
      broken.linePos?.[0].line ?? 1,
      'this is not YAML',
      'Check the indentation and the quotes.',
    )
  const read = ruleSetSchema.safeParse(document.toJS())
  if (!read.success) {
    const issue = read.error.issues[0]
    const path = issue?.path ?? []
    const key = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined
    const at = key === undefined ? path : [...path, key]
    const where = at.map(String).join('.')
    if (key !== undefined)
      throw new RuleSetError(file, lineOf(at), `the key ${where} is not known`, 'Check its spelling, or remove it.')
    throw new RuleSetError(file, lineOf(at), `${where} is not right`, `${capital(issue?.message ?? 'Check it')}.`)
  }
  checkReferences(read.data, (path, problem, remedy) => {
    throw new RuleSetError(file, lineOf(path), problem, remedy)
  })
  return withQuestions(read.data, createHash('sha256').update(text).digest('hex'))
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

type Complain = (path: PropertyKey[], problem: string, remedy: string) => never

function checkReferences(data: Data, complain: Complain): void {
  const need = (table: object, key: string, path: PropertyKey[], what: string) => {
    if (!Object.hasOwn(table, key))
      complain(path, `there is no ${what} "${key}"`, `Add it, or name one of ${Object.keys(table).join(', ')}.`)
  }
  for (const [name, one] of Object.entries(data.levels)) {
    for (const [i, other] of one.includes.entries()) need(data.levels, other, ['levels', name, 'includes', i], 'level')
    for (const [i, other] of one.conditions.entries())
      need(data.conditions, other, ['levels', name, 'conditions', i], 'condition')
  }
  refuseCircle(
    Object.entries(data.levels).map(([name, one]) => [name, one.includes]),
    (name) =>
      complain(
        ['levels', name, 'includes'],
        `the level "${name}" includes itself in a circle`,
        'Remove one of the inclusions.',
      ),
  )
  need(data.levels, data.apprentice.limit, ['apprentice', 'limit'], 'level')
  need(data.levels, data.apprentice.exception, ['apprentice', 'exception'], 'level')
  for (const [name, one] of Object.entries(data.entitlements)) {
    need(data.levels, one.level, ['entitlements', name, 'level'], 'level')
    if (!Object.values(data.grants).some((grant) => grant.serves.includes(name)))
      complain(
        ['entitlements', name],
        `nothing grants the entitlement "${name}"`,
        'Name it in the "serves" of a grant.',
      )
  }
  for (const [name, one] of Object.entries(data.grants)) {
    need(data.levels, one.level, ['grants', name, 'level'], 'level')
    for (const [i, other] of one.serves.entries())
      need(data.entitlements, other, ['grants', name, 'serves', i], 'entitlement')
    for (const [i, other] of one.after.entries()) need(data.grants, other, ['grants', name, 'after', i], 'grant')
    if (one.coveredBy) need(data.grants, one.coveredBy, ['grants', name, 'coveredBy'], 'grant')
    if (one.methods.includes('task') && (!one.task || !one.undoTask))
      complain(
        ['grants', name],
        `the grant "${name}" can be a task and has no clicks`,
        'Give it both "task" and "undoTask".',
      )
    if (one.methods.includes('follows') && !one.follows)
      complain(['grants', name], `the grant "${name}" follows nothing`, 'Give "follows" the target that it comes with.')
  }
  refuseCircle(
    Object.entries(data.grants).map(([name, one]) => [name, one.after]),
    (name) =>
      complain(
        ['grants', name, 'after'],
        `the grant "${name}" waits for itself in a circle`,
        'Remove one of the prerequisites.',
      ),
  )
}

function refuseCircle(edges: [string, string[]][], complain: (name: string) => never): void {
  const next = new Map(edges)
  const done = new Set<string>()
  const walk = (name: string, path: string[]): void => {
    if (path.includes(name)) complain(name)
    if (done.has(name)) return
    for (const other of next.get(name) ?? []) walk(other, [...path, name])
    done.add(name)
  }
  for (const [name] of edges) walk(name, [])
}

function withQuestions(data: Data, digest: string): RuleSet {
  const withIncluded = (name: string): string[] => {
    const one = data.levels[name]
    if (!one) throw new RangeError(`The rule set ${data.id} has no level "${name}".`)
    return [...new Set([...one.includes.flatMap(withIncluded), name])]
  }
  return {
    ...data,
    digest,
    withIncluded,
    objectivesOf: (name) =>
      withIncluded(name)
        .flatMap((each) => data.levels[each]?.conditions ?? [])
        .flatMap((each) => {
          const one = data.conditions[each]
          return one?.kind === 'review' ? Object.entries(one.objectives) : []
        })
        .map(([objective, { label, sentence: words, guidance }]) => ({
          id: objective,
          label,
          sentence: words,
          guidance: guidance ?? null,
        })),
    levelOfTemplate: (shortLink) =>
      Object.entries(data.levels).find(([, one]) => one.template === shortLink)?.[0] ?? null,
  }
}
