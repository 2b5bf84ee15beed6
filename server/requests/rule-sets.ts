import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Tx } from '../db/database.ts'
import type { Schema } from '../db/schema.ts'
import { keepSetting } from '../db/settings.ts'
import type { RuleSet } from '../rules/rule-set.ts'
import type { Doing, World } from './act.ts'
import { currentRequest } from './current.ts'
import { beforeApproval, finalStates } from './life.ts'
import { type OwnParts, onEachCard } from './on-card.ts'
import { settle } from './settle.ts'
import { loadWorld, type Office } from './world.ts'

/** Rule sets in force: which ones unfinished requests need, and what happens when a newer one is activated. */

/**
 * The rule sets that unfinished requests are judged by, which therefore must be installed.
 * @throws Error in a sentence that names the missing ones and what to do
 */
export async function pinnedRuleSets(db: Kysely<Schema>, installed: Map<string, RuleSet>): Promise<RuleSet[]> {
  const rows = await db
    .selectFrom('request')
    .select(['rule_set', (eb) => eb.fn.countAll<number>().as('count')])
    .where('state', 'not in', [...finalStates])
    .groupBy('rule_set')
    .orderBy('rule_set')
    .execute()
  const missing = rows.filter((row) => !installed.has(row.rule_set))
  if (missing.length > 0)
    throw new Error(
      `The server cannot start. Unfinished requests are judged by rule sets that are not installed: ${missing
        .map((row) => `${row.rule_set} (${row.count})`)
        .join(', ')}. Put their files back into server/rules/rule-sets.`,
    )
  return rows.flatMap((row) => installed.get(row.rule_set) ?? [])
}

const SETTING = 'rule-set'
const activeSchema = z.object({ id: z.string(), digest: z.string() })

/**
 * Called at start. Where another rule set is active than last time, requests that nobody has approved yet are judged again
 * under it and say what changed; approved ones finish under theirs. What a killed start left over is done by the next.
 * @returns cards whose request was judged again
 */
export async function activateRuleSet(parts: OwnParts): Promise<string[]> {
  const { db, office } = parts
  const active = office.ruleSet(null)
  const reworded = await db.transaction((tx) => becomeActive(tx, parts, active))
  const open = await db.kysely
    .selectFrom('request')
    .select('card_id')
    .where('state', 'in', [...beforeApproval])
    .where((eb) => eb.or([eb('rule_set', '!=', active.id), eb.lit(reworded)]))
    .orderBy('id')
    .execute()
  const cards = open.map((row) => row.card_id)
  return onEachCard(parts, [...new Set(cards)], (doing, card) => judgeAgain(doing, office, card, reworded))
}

/** Notes and logs which rule set is active now. Answers whether it is the one of last time with another content. */
async function becomeActive(tx: Tx, { office, append }: OwnParts, { id, digest }: RuleSet): Promise<boolean> {
  const kept = await tx.selectFrom('setting').select('value').where('name', '=', SETTING).forUpdate().executeTakeFirst()
  const last = activeSchema.safeParse(kept?.value).data ?? null
  if (last?.id === id && last.digest === digest) return false
  await keepSetting(tx, SETTING, { id, digest }, office.clock.wall())
  const about = { requestId: null, personId: null, stepId: null, boardId: null, actor: 'system' }
  await append(tx, [{ ...about, type: 'rule-set-activated', data: { ruleSet: id, digest } }])
  return last?.id === id
}

async function judgeAgain(
  doing: Pick<Doing, 'tx' | 'clock' | 'log' | 'notify'>,
  office: Office,
  cardId: string,
  reworded: boolean,
): Promise<boolean> {
  const { tx } = doing
  const now = await currentRequest(tx, cardId)
  const active = office.ruleSet(null)
  // A level that the newer rules do not have can only be judged by the older ones.
  if (!now || !beforeApproval.includes(now.state) || !Object.hasOwn(active.levels, now.level)) return false
  // Another server was here first.
  if (now.rule_set === active.id && !reworded) return false
  const before = await loadWorld(tx, office, cardId)
  await tx.updateTable('request').set({ rule_set: active.id }).where('id', '=', now.id).execute()
  const after = await loadWorld(tx, office, cardId)
  if (!before || !after) return false
  doing.log({
    type: 'judged-again',
    actor: 'system',
    requestId: now.id,
    personId: now.person_id,
    stepId: null,
    boardId: now.board_id,
    data: { from: now.rule_set, to: active.id },
    // It may name accounts, and what only some people have to meet.
    detail: { changes: whatChanged(before, after) },
  })
  await settle(doing, office, cardId)
  return true
}

/** What the rules ask and give now that they did not before, and the other way round, in sentences. */
export function whatChanged(before: World, after: World): string[] {
  const rules = (world: World) => new Map(world.findings.map(({ id, rule }) => [id, rule]))
  const steps = (world: World) => new Map((world.plan?.steps ?? []).map((step) => [step.key, step.words.change]))
  return [
    ...differences(rules(before), rules(after), { added: 'Now asked', gone: 'No longer asked', changed: 'Now worded' }),
    ...differences(steps(before), steps(after), { added: 'Added', gone: 'No longer there', changed: 'Changed' }),
  ]
}

function differences(
  before: Map<string, string>,
  after: Map<string, string>,
  say: { added: string; gone: string; changed: string },
): string[] {
  return [
    ...[...after].flatMap(([key, text]) => {
      const old = before.get(key)
      return old === text ? [] : [`${old === undefined ? say.added : say.changed}: ${text}`]
    }),
    ...[...before].flatMap(([key, text]) => (after.has(key) ? [] : [`${say.gone}: ${text}`])),
  ]
}
