import { z } from 'zod'
import type { World } from './act.ts'
import { canonical } from './challenge.ts'

/**
 * What stood on the screen when somebody decided: sent with the window, given back with the act, and compared. It holds
 * what a decision rests on, and nothing that may change without mattering (comments, position, health, display names).
 */
const cardSchema = z.object({
  request: z.string().nullable(),
  state: z.string().nullable(),
  ruleSet: z.string(),
  ticks: z.array(z.string()),
  card: z.object({ closed: z.boolean(), board: z.string() }),
})

/** What else a decision about one engineer rests on; absent where the form is the one that names them. */
const engineerSchema = z.object({
  engineer: z.string().nullable(),
  plan: z.string().nullable(),
  accounts: z.record(z.string(), z.string()),
  steps: z.record(z.string(), z.string()),
  findings: z.record(z.string(), z.string()),
  reason: z.string().nullable(),
  apps: z.record(z.string(), z.array(z.string())),
})
const seenSchema = z.union([cardSchema.extend(engineerSchema.shape), cardSchema])
export type Seen = z.infer<typeof cardSchema> & z.infer<typeof engineerSchema>
type SeenOnScreen = z.infer<typeof seenSchema>

/** What a decision about this world rests on. */
export function seenNow(world: World): Seen {
  const { request, engineer, plan, card } = world
  const accounts = Object.entries(engineer?.accounts ?? {}).map(([kind, account]) => [kind, account.id])
  return {
    request: request?.id ?? null,
    state: request?.state ?? null,
    engineer: engineer?.id ?? null,
    plan: plan?.hash ?? null,
    ruleSet: plan?.ruleSet.digest ?? world.ruleSet.digest,
    accounts: Object.fromEntries(accounts),
    steps: Object.fromEntries((plan?.steps ?? []).map((step) => [step.key, step.words.change])),
    findings: Object.fromEntries(world.findings.map((finding) => [finding.id, finding.outcome])),
    reason: request?.reason ?? null,
    apps: request?.signon_apps ?? {},
    ticks: claimedTicks(world),
    card: { closed: card.closed || card.deleted_at !== null, board: card.board_id },
  }
}

/** Items of mapped checklists that are ticked, by id: part of what a sponsor decides on. */
function claimedTicks(world: World): string[] {
  return world.ticks.filter((tick) => tick.complete && !tick.came_with_copy).map((tick) => tick.item_id)
}

export function writeSeen(world: World): string {
  return canonical(seenNow(world))
}

/** The same for a form that itself says who the engineer is: nothing of whoever looks counts as theirs. */
export function writeSeenOfCard(world: World): string {
  const { request, state, ruleSet, ticks, card } = seenNow(world)
  return canonical({ request, state, ruleSet, ticks, card })
}

/** Reads back what the client gave; `null` when it is not ours. */
export function readSeen(text: string): SeenOnScreen | null {
  try {
    return seenSchema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

export const accountWords: Record<string, string> = { github: 'GitHub username', aws: 'AWS user', email: 'work email' }

/**
 * Says what changed between what somebody saw and what is so now, in sentences. Empty: nothing that matters.
 * Sentences name no confidential condition: whoever decides sees the new state in the window itself.
 */
export function changesSince(onScreen: SeenOnScreen, world: World): string[] {
  const now = seenNow(world)
  // What was not on the screen cannot have changed there.
  const seen: Seen = { ...now, ...onScreen }
  const whose = world.engineer ? `${world.engineer.firstName}’s` : 'The engineer’s'
  const changes: string[] = []
  if (seen.request !== now.request) changes.push('This card has another request now.')
  if (seen.engineer !== now.engineer) changes.push('The engineer on this card changed.')
  for (const kind of keysOf(seen.accounts, now.accounts))
    if (seen.accounts[kind] !== now.accounts[kind]) changes.push(`${whose} ${accountWords[kind] ?? kind} changed.`)
  if (seen.reason !== now.reason) changes.push('The reason changed.')
  if (canonical(seen.apps) !== canonical(now.apps)) changes.push('The Signon applications changed.')
  for (const key of keysOf(seen.steps, now.steps)) {
    const [before, after] = [seen.steps[key], now.steps[key]]
    if (before === after) continue
    if (before === undefined) changes.push(`Added: ${after}.`)
    else if (after === undefined) changes.push(`No longer there: ${before}.`)
    else changes.push(`Changed: ${after} (was: ${before}).`)
  }
  if (seen.ruleSet !== now.ruleSet) changes.push('The rule set changed.')
  if (keysOf(seen.findings, now.findings).some((id) => seen.findings[id] !== now.findings[id]))
    changes.push('What we know about a condition changed.')
  if (canonical(seen.ticks) !== canonical(now.ticks)) changes.push('The ticks on the card’s checklist changed.')
  if (seen.card.closed !== now.card.closed)
    changes.push(now.card.closed ? 'The card was archived.' : 'The card was brought back.')
  if (seen.card.board !== now.card.board) changes.push('The card moved to another board.')
  if (seen.plan !== now.plan && changes.length === 0) changes.push('The plan changed.')
  if (seen.state !== now.state && changes.length === 0) changes.push('The request moved on.')
  return changes
}

function keysOf(one: Record<string, unknown>, other: Record<string, unknown>): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].sort()
}
