import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PracticeWorld, startPracticeWorld } from '../practice-world.ts'
import { rulesText, rulesTextWith } from '../rules/happy.ts'
import { as, confirmations, copyTemplate, details, requestOn, until } from './as.ts'

/** The server, started again with a newer rule set; and one request that cannot be judged among others. */

const folder = mkdtempSync(join(tmpdir(), 'rule-sets-'))
const ruleSetFolder = mkdtempSync(join(tmpdir(), 'rule-sets-'))
writeFileSync(join(ruleSetFolder, '2024-11.yaml'), rulesText)
writeFileSync(
  join(ruleSetFolder, '2026-08.yaml'),
  rulesTextWith(
    ['id: "2024-11"', 'id: "2026-08"'],
    ['conditions: [CD1, CD2, CD3, CD4, CD5]', 'conditions: [CD1, CD2, CD3, CD4, CD5, CA2]'],
  ),
)
const written: string[] = []
const start = (ruleSet: string) =>
  startPracticeWorld({ folder, ruleSetFolder, ruleSet, logTo: { write: (line) => written.push(line) } })

let world: PracticeWorld
let approved = ''
let open = ''
beforeAll(async () => {
  world = await start('2024-11')
  approved = await copyTemplate(world, 'deploy', 'Production Deploy for Priya Shah')
  open = await copyTemplate(world, 'deploy', 'Production Deploy for Jo Bell')
  await as(world, 'priya').act('ask', approved, details)
  await as(world, 'sam').act('approve', await requestOn(world, approved), confirmations)
  const jo = { email: 'jo.bell@example.gov.uk', github: 'jo-b', aws: 'jo.bell@example.gov.uk' }
  await as(world, 'jo').act('ask', open, { ...details, ...jo })
  await world.close()
  world = await start('2026-08')
}, 120_000)
afterAll(async () => {
  await world.close()
  for (const one of [folder, ruleSetFolder]) rmSync(one, { recursive: true })
})

const ruleSetOn = async (card: string) =>
  (
    await world.product.db.kysely
      .selectFrom('request')
      .select('rule_set')
      .where('card_id', '=', card)
      .executeTakeFirstOrThrow()
  ).rule_set

test('the open request says what changed; the approved one goes on under the rules that it was approved by', async () => {
  expect((await as(world, 'jo').section(open)).status.lines).toEqual(
    expect.arrayContaining([
      expect.stringContaining('(2026-08, before 2024-11). This request was judged again.'),
      expect.stringMatching(/^Now asked: .*probation/i),
    ]),
  )
  expect((await as(world, 'priya').section(approved)).status.lines.join()).not.toContain('The rules changed')
  expect([await ruleSetOn(open), await ruleSetOn(approved)]).toEqual(['2026-08', '2024-11'])
  const rules = (await as(world, 'rae').settings()).parts.find((part) => part.title === 'Rules')
  expect(rules?.rows[0]?.title).toBe('Rule set 2026-08')
})

test('one request that cannot be judged is "Status unknown", and spoils no badge, queue or step of another', async () => {
  const { kysely } = world.product.db
  await kysely
    .updateTable('request')
    .set((eb) => ({ rule_set: '1999-01', version: eb('version', '+', 1) }))
    .where('card_id', '=', open)
    .execute()
  const { cards } = await as(world, 'sam').badges(open, approved)
  expect(cards[open]?.badges).toEqual([{ text: 'Status unknown', color: 'light-gray' }])
  expect(cards[approved]?.badges[0]?.text).not.toBe('Status unknown')
  const { rows } = await as(world, 'alex').queue('everything')
  expect(rows.filter((row) => row.person === 'Status unknown').map((row) => row.key)).toEqual([`unknown-${open}`])
  expect(rows.some((row) => row.person === 'Priya Shah')).toBe(true)
  await until(
    async () => written.some((line) => /RuleSetNotInstalled.*1999-01/.test(line)),
    'the reason in the process log',
  )
  await as(world, 'sam').badges(open, approved)
  await kysely.updateTable('request').set({ rule_set: '2026-08' }).where('card_id', '=', open).execute()
  expect((await as(world, 'sam').badges(open)).cards[open]?.badges[0]?.text).not.toBe('Status unknown')
})

test('without the rules that an unfinished request was approved by, the server does not start', async () => {
  await world.close()
  rmSync(join(ruleSetFolder, '2024-11.yaml'))
  await expect(start('2026-08')).rejects.toThrow(
    'Unfinished requests are judged by rule sets that are not installed: 2024-11 (1). Put their files back',
  )
  writeFileSync(join(ruleSetFolder, '2024-11.yaml'), rulesText)
  world = await start('2026-08')
  expect(await ruleSetOn(approved)).toBe('2024-11')
})
