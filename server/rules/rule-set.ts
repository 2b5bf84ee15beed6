import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { checkGrants } from './checks/grants.ts'
import { checkLevels } from './checks/levels.ts'
import { withIncludedLevels } from './included-levels.ts'
import { type RuleSetData, ruleSetSchema } from './rule-set-schema.ts'
import type { Link } from './types.ts'

export type { Condition, Grant, RegisterCondition, ReviewCondition } from './rule-set-schema.ts'

/** A checked rule set with the digest of its content and the few questions everybody asks of it. */
export type RuleSet = RuleSetData & {
  /** SHA-256 of the file's content, in hex: an approval is of exactly this text. */
  digest: string
  /** A level with all that it includes, the included ones first. Throws for a level it does not have. */
  withIncluded(level: string): string[]
  objectivesOf(
    level: string,
  ): { id: string; label: string; sentence: string; guidance: { text: string; url: string } | null }[]
  /** Where on the page a sentence stands. */
  linkTo(source: { section: string }): Link
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
  const [broken] = document.errors
  if (broken) {
    const line = broken.linePos?.[0].line ?? 1
    if (broken.code === 'DUPLICATE_KEY')
      throw new RuleSetError(file, line, 'this name stands here a second time', 'Give each entry a name of its own.')
    throw new RuleSetError(file, line, 'this is not YAML', 'Check the indentation and the quotes.')
  }
  const complain = (path: PropertyKey[], problem: string, remedy: string): never => {
    throw new RuleSetError(file, lines.linePos(offsetOf(document, path)).line, problem, remedy)
  }
  const read = ruleSetSchema.safeParse(document.toJS())
  if (!read.success) {
    const { issues } = read.error
    // A misspelt key is also a missing one: the spelling is what helps.
    const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]
    if (issue) return refuse(document, issue, complain)
  }
  const data = ruleSetSchema.parse(read.data)
  checkLevels(data, complain)
  checkGrants(data, complain)
  return withQuestions(data, createHash('sha256').update(text).digest('hex'))
}

function refuse(
  document: Document,
  issue: z.core.$ZodIssue,
  complain: (path: PropertyKey[], problem: string, remedy: string) => never,
): never {
  const { path } = issue
  if (issue.code === 'unrecognized_keys') {
    const at = [...path, ...issue.keys.slice(0, 1)]
    return complain(at, `the key ${at.join('.')} is not known`, 'Check its spelling, or remove it.')
  }
  const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message
  if (!document.hasIn(path) && message.startsWith('Invalid input'))
    return complain(path, `${path.join('.')} is missing`, 'Add it.')
  const problem = document.hasIn(path) ? 'is not right' : 'is missing'
  return complain(path, `${path.join('.') || 'the file'} ${problem}`, `${capital(message)}.`)
}

/** Where a path begins in the text: at its last key that is there. */
function offsetOf(document: Document, path: PropertyKey[]): number {
  let [node, offset]: [unknown, number] = [document.contents, 0]
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === step)
      if (!pair) break
      if (isNode(pair.key) && pair.key.range) offset = pair.key.range[0]
      node = pair.value
    } else if (isSeq(node)) {
      node = node.items[Number(step)]
      if (isNode(node) && node.range) offset = node.range[0]
    } else break
  }
  return offset
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function withQuestions(data: RuleSetData, digest: string): RuleSet {
  const withIncluded = (name: string) => withIncludedLevels(data, name)
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
    linkTo: ({ section }) => ({ text: 'the rules', url: `${data.page}#${section}` }),
  }
}
