import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Tx } from '../db/database.ts'
import type { Schema } from '../db/schema.ts'
import { keepSetting, settingOf } from '../db/settings.ts'
import { type HowMany, isOverCeiling, type RemovalCeiling } from '../rules/removal-ceiling.ts'
import type { Day, Installation } from '../rules/types.ts'
import type { Refusal } from './act.ts'
import { digestOf } from './challenge.ts'

/**
 * A run that would ask about too many people, or about too much of theirs, at once stops, until somebody looked at it and lets
 * it go on: about just those people and no more of theirs, on that day. A run is the access reviews, or the differences in one system, by the system's id.
 */
export type Run = 'reviews' | `differences-${string}`

const DEFAULT_CEILING: RemovalCeiling = { share: 0.2, number: 10, items: { share: 0.2, number: 100 } }

export function removalCeiling({ removals }: Installation): RemovalCeiling {
  return removals ?? DEFAULT_CEILING
}

/** `of`: the system's name, or empty; `people`: their ids; `all`: of how many. Runs of before counted no items. */
const heldSchema = z.object({
  of: z.string(),
  people: z.array(z.string()),
  all: z.number(),
  items: z.number().default(0),
  allItems: z.number().default(0),
})
const letSchema = z.object({ people: z.array(z.string()), items: z.number().default(0), day: z.string() })

/** How many a run that stopped is about. */
export interface HeldRun {
  run: Run
  of: string
  /** A digest of just these people and of how much of theirs, so that nobody lets go what they did not look at. */
  whom: string
  people: number
  all: number
  /** Things that people hold. */
  items: number
  allItems: number
  since: Date
}

const HELD = '-held'
const LET = '-let'

/** What waits for somebody's word. */
export async function heldRuns(db: Kysely<Schema>): Promise<HeldRun[]> {
  const rows = await db
    .selectFrom('setting')
    .select(['name', 'value', 'updated_at'])
    .where('name', 'like', `%${HELD}`)
    .orderBy('name', 'desc')
    .execute()
  return rows.flatMap(({ name, value, updated_at }) => {
    const run = runOf(name.slice(0, -HELD.length))
    const { data } = heldSchema.safeParse(value)
    return run && data
      ? [{ run, ...data, whom: digestOfHeld(data), people: data.people.length, since: updated_at }]
      : []
  })
}

function runOf(name: string): Run | null {
  if (name === 'reviews') return name
  return name.startsWith('differences-') ? `differences-${name.slice('differences-'.length)}` : null
}

/** About whom a run may go on today, and about how much of theirs at most. */
export async function letFor(db: Kysely<Schema>, run: Run, today: Day): Promise<{ people: string[]; items: number }> {
  const given = letSchema.safeParse(await settingOf(db, `${run}${LET}`)).data
  return given?.day === today ? given : { people: [], items: 0 }
}

/** A run that is about to begin. */
export interface Beginning {
  run: Run
  /** Empty for a run that is about no one system. */
  of: string
  /** Ids, each once. */
  people: string[]
  /** How many things of theirs. */
  items: number
  all: HowMany
  ceiling: RemovalCeiling
  today: Day
  at: Date
}

/** What the log says of one that is held. */
export function heldData({ people, items, all }: Pick<Beginning, 'people' | 'items' | 'all'>) {
  return { people: people.length, all: all.people, items, allItems: all.items }
}

/** Whether it may. Where it may not, it is held; `isNews` where that was not known already, for the log. */
export async function mayBegin(tx: Tx, begins: Beginning): Promise<{ may: boolean; isNews: boolean }> {
  const { run, of, people, items, all, ceiling, today, at } = begins
  const given = await letFor(tx, run, today)
  const isLet = items <= given.items && people.every((id) => given.people.includes(id))
  const may = isLet || !isOverCeiling({ people: people.length, items }, all, ceiling)
  const before = heldSchema.safeParse(await settingOf(tx, `${run}${HELD}`)).data
  if (may) {
    if (before) await forget(tx, `${run}${HELD}`)
    return { may, isNews: false }
  }
  const known = new Set(before?.people)
  const isNews = known.size !== people.length || before?.items !== items || !people.every((id) => known.has(id))
  if (isNews) await keepSetting(tx, `${run}${HELD}`, { of, people, all: all.people, items, allItems: all.items }, at)
  return { may, isNews }
}

/** What somebody signs who lets a run go on. */
export const letInput = z.strictObject({
  people: z.coerce.number().int().min(2),
  items: z.coerce.number().int().min(0),
  whom: z.string().regex(/^[0-9a-f]{64}$/, 'Reload the page and look again.'),
})
type Let = z.infer<typeof letInput>

function digestOfHeld({ people, items }: { people: string[]; items: number }): string {
  return digestOf(JSON.stringify([people.toSorted(), items]))
}

/** Lets a run that stopped begin. @returns `false` where it is about others by now, or more: somebody looks again */
export async function letRun(tx: Tx, run: Run, given: Let & { day: Day; by: string; at: Date }): Promise<boolean> {
  const held = heldSchema.safeParse(await settingOf(tx, `${run}${HELD}`)).data
  if (held?.people.length !== given.people || held.items !== given.items) return false
  if (digestOfHeld(held) !== given.whom) return false
  await keepSetting(tx, `${run}${LET}`, { people: held.people, items: held.items, day: given.day }, given.at, given.by)
  await forget(tx, `${run}${HELD}`)
  return true
}

export const notSoMany: Refusal = {
  code: 'not-held',
  sentence: 'Whom it is about changed, or how much of theirs. Reload the page and look again.',
  status: 409,
}

async function forget(tx: Tx, name: string): Promise<void> {
  await tx.deleteFrom('setting').where('name', '=', name).execute()
}
