import type { Grant } from './rule-set-schema.ts'
import type { Account, PersonFacts, TaskWords } from './types.ts'

/** The rule set's words, filled in: `{account}` becomes the account, `{target.team}` what the installation calls it. */

const known = ['account', 'id', 'local', 'name', 'first', 'email', 'environment', 'apps']

export interface Fillings {
  account: Account
  engineer: PersonFacts
  environment: string | null
  /** The installation's parameters of the target. */
  parameters: Record<string, string>
  apps: string[]
}

export type Fill = (text: string) => string

export function filler({ account, engineer, environment, parameters, apps }: Fillings): Fill {
  const values: Record<string, string> = {
    account: account.name,
    id: account.id,
    // What stands before the @: AWS makes role names from it.
    local: account.name.split('@')[0] ?? account.name,
    name: engineer.fullName,
    first: engineer.firstName,
    email: engineer.accounts.email?.name ?? '',
    environment: environment ?? '',
    apps: apps.length > 0 ? apps.join(', ') : 'none asked for',
  }
  return (text) =>
    text.replace(/\{([\w.]+)\}/g, (_whole, name: string) =>
      name.startsWith('target.') ? (parameters[name.slice('target.'.length)] ?? '') : (values[name] ?? ''),
    )
}

export function filledTask(task: NonNullable<Grant['task']>, fill: Fill): TaskWords {
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

/** What an entry of a list is made of names the engineer too; every other parameter stays as it is. */
export function filledParameters(parameters: Record<string, string>, fill: Fill): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, isEntry(name) ? fill(value) : value]),
  )
}

const isEntry = (name: string) => name === 'element' || name.startsWith('field.')

/** Links come from the installation; one that is not configured is left out instead of leading nowhere. */
export function linkOrNull(url: string): string | null {
  return /^https?:\/\//.test(url) ? url : null
}

/** Placeholders in a grant's words that nothing fills. */
export function unknownPlaceholders(grant: Grant): string[] {
  const entries = Object.entries(grant.params).flatMap(([name, value]) => (isEntry(name) ? [value] : []))
  return placeholders([...spoken(grant), ...links(grant), ...entries]).filter(
    (name) => !known.includes(name) && !name.startsWith('target.'),
  )
}

/** Parameters of the target without which a sentence or a value to copy would have a hole. Links may be left out. */
export function neededParameters(grant: Grant): string[] {
  return placeholders(spoken(grant)).flatMap((name) =>
    name.startsWith('target.') ? [name.slice('target.'.length)] : [],
  )
}

function placeholders(texts: string[]): string[] {
  return [...new Set(texts.flatMap((text) => [...text.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name ?? '')))]
}

function spoken({
  words,
  task,
  undoTask,
  engineer,
  selfCheck,
  hint,
  alsoAppearsIn,
  copy,
  onLeaving,
  onReturn,
  byHand,
}: Grant): string[] {
  const tasks = [task, undoTask, copy?.undoTask, onLeaving?.undoTask, byHand?.undoTask].flatMap((one) =>
    one ? [one.before, one.looksRight, ...one.clicks.flatMap((click) => [click.text, click.copy])] : [],
  )
  const more = [
    engineer?.text,
    engineer?.trap,
    selfCheck?.text,
    hint,
    alsoAppearsIn,
    copy?.short,
    copy?.undo,
    onLeaving?.undo,
    onReturn,
    byHand?.undo,
  ]
  const all = [...Object.values(words), ...tasks, ...more]
  return all.filter((text) => text !== undefined)
}

function links({ task, undoTask, copy, onLeaving, engineer, selfCheck, byHand }: Grant): string[] {
  const clicks = [task, undoTask, copy?.undoTask, onLeaving?.undoTask, byHand?.undoTask].flatMap(
    (one) => one?.clicks ?? [],
  )
  return [...clicks.map((click) => click.link), engineer?.link, selfCheck?.url].filter((url) => url !== undefined)
}
