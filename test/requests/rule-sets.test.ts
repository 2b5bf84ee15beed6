import { beforeEach, describe, expect, test } from 'vitest'
import { append } from '../../server/audit/append.ts'
import { readLog } from '../../server/audit/read.ts'
import { activateRuleSet, pinnedRuleSets } from '../../server/requests/rule-sets.ts'
import type { RuleSet } from '../../server/rules/rule-set.ts'
import { ruleSet as older, rulesWith } from '../rules/happy.ts'
import { confirmations, type Practice, startPractice } from './office.ts'

/** A newer rule set is activated: it asks for a passed probation also for Deploy. */

const newer = rulesWith(
  ['id: "2024-11"', 'id: "2026-08"'],
  ['conditions: [CD1, CD2, CD3, CD4, CD5]', 'conditions: [CD1, CD2, CD3, CD4, CD5, CA2]'],
)

let practice: Practice
beforeEach(async () => {
  practice = await startPractice()
  inForce(older)
  await activate()
})

function inForce(active: RuleSet, installed = [older, newer]): void {
  practice.office.ruleSet = (id) => {
    const found = id === null ? active : installed.find((one) => one.id === id)
    if (!found) throw new Error(`The rule set ${id} is not installed.`)
    return found
  }
}
const activate = () =>
  activateRuleSet({
    db: practice.db,
    office: practice.office,
    append: (tx, events) => append(tx, events, practice.office.clock),
  })
const pinned = async (request: string) =>
  (
    await practice.db.kysely
      .selectFrom('request')
      .select('rule_set')
      .where('id', '=', request)
      .executeTakeFirstOrThrow()
  ).rule_set
const events = async (request: string) => await readLog(practice.db.kysely, { requestId: request })
const activated = async () => (await practice.events()).filter((type) => type === 'rule-set-activated').length

describe('A newer rule set is activated', () => {
  test('open requests are judged again under it, pin it, and the log says what changed', async () => {
    const { card, request } = await practice.ready('priya')
    inForce(newer)
    expect(await activate()).toEqual([card])
    expect(await pinned(request)).toBe('2026-08')
    expect(await practice.state(request)).toBe('ready')
    const told = (await events(request)).find((event) => event.type === 'judged-again')
    expect(told?.data).toMatchObject({ from: '2024-11', to: '2026-08' })
    expect(told?.detail).toEqual({ changes: [expect.stringMatching(/^Now asked: .*probation/i)] })
    expect((await practice.world(card)).plan?.ruleSet.id).toBe('2026-08')
  })

  test('a request that is not complete under it is no longer ready', async () => {
    const { request } = await practice.ready('priya')
    await practice.db.kysely.deleteFrom('person_fact').where('fact', '=', 'probation').execute()
    inForce(newer)
    await activate()
    expect(await practice.state(request)).toBe('open')
    expect((await events(request)).map((event) => event.type)).toContain('no-longer-ready')
  })

  test('what the sponsor looked at under the older one is not what they approve under it', async () => {
    const { request } = await practice.ready('priya')
    const challenge = await practice.as('sam').prepare('approve', request, confirmations)
    inForce(newer)
    await activate()
    await expect(practice.as('sam').carryOut(challenge)).rejects.toThrow(/Nothing has been approved/)
  })

  test('approved ones finish under the older one', async () => {
    const { card, request } = await practice.ready('priya')
    await practice.as('sam').act('approve', request, confirmations)
    inForce(newer)
    expect(await activate()).toEqual([])
    expect((await practice.world(card)).plan?.ruleSet.id).toBe('2024-11')
    await practice.closeSteps(request, 'grant')
    expect([await practice.state(request), await pinned(request)]).toEqual(['granted', '2024-11'])
  })

  test('is logged once, and nothing is judged again at the next start with it', async () => {
    const { request } = await practice.ready('priya')
    expect(await activated()).toBe(1)
    inForce(newer)
    await activate()
    await activate()
    expect(await activated()).toBe(2)
    expect((await events(request)).filter((event) => event.type === 'judged-again')).toHaveLength(1)
  })

  test('whose content alone changed, it judges again too', async () => {
    const { request } = await practice.ready('priya')
    inForce({ ...newer, id: '2024-11' })
    await activate()
    const told = (await events(request)).find((event) => event.type === 'judged-again')
    expect(told?.data).toMatchObject({ from: '2024-11', to: '2024-11' })
    expect(await activated()).toBe(2)
  })

  test('halfway: what a killed start left over is done by the next', async () => {
    const { request } = await practice.ready('priya')
    inForce(newer)
    await activate()
    await practice.db.kysely.updateTable('request').set({ rule_set: '2024-11' }).where('id', '=', request).execute()
    await activate()
    expect(await pinned(request)).toBe('2026-08')
  })

  test('one request that cannot be judged is reported and holds up no other', async () => {
    const broken = await practice.ready('jo')
    const fine = await practice.ready('priya')
    await practice.db.kysely
      .updateTable('request')
      .set({ rule_set: '1999-01' })
      .where('id', '=', broken.request)
      .execute()
    inForce(newer)
    expect(await activate()).toEqual([fine.card])
    expect(String(practice.reported)).toContain('The rule set 1999-01 is not installed.')
  })
})

describe('A rule set that is not installed any more', () => {
  const without = new Map([[newer.id, newer]])

  test('denies starting while an unfinished request is judged by it, and says what to do', async () => {
    const { request } = await practice.ready('priya')
    await practice.as('sam').act('approve', request, confirmations)
    await expect(pinnedRuleSets(practice.db.kysely, without)).rejects.toThrow(
      'Unfinished requests are judged by rule sets that are not installed: 2024-11 (1). Put their files back into server/rules/rule-sets.',
    )
  })

  test('allows starting when only finished requests knew it, and shows those still', async () => {
    const { card, request } = await practice.ready('priya')
    await practice.as('priya').act('withdraw', request, { reason: 'I moved to another team' })
    expect(await pinnedRuleSets(practice.db.kysely, without)).toEqual([])
    inForce(newer, [newer])
    expect((await practice.world(card)).request?.state).toBe('withdrawn')
  })
})

test('a request that cannot be judged is reported and holds up no other’s expiry', async () => {
  const broken = await practice.ready('jo')
  const { request } = await practice.ready('priya')
  await practice.db.kysely
    .updateTable('request')
    .set({ rule_set: '1999-01' })
    .where('id', '=', broken.request)
    .execute()
  practice.pass({ days: 60 })
  await practice.expire()
  practice.pass({ days: 10 })
  await practice.expire()
  expect(await practice.state(request)).toBe('expired')
  expect(String(practice.reported)).toContain('The rule set 1999-01 is not installed.')
})
