import { expect, test } from 'vitest'
import { holdsLevelForTasks } from '../../server/grants/held-levels.ts'
import { confirmations, startPractice } from '../requests/office.ts'
import { ruleSet, rulesWith } from '../rules/happy.ts'

test('the rule set says whose holders may carry out tasks for others, not the name of a level', async () => {
  const office = await startPractice()
  const { request } = await office.ready('priya')
  await office.as('sam').act('approve', request, confirmations)
  await office.closeSteps(request, 'grant')
  expect(await office.state(request)).toBe('granted')
  const conditions = '    conditions: [CD1, CD2, CD3, CD4, CD5]\n'
  const deployToo = rulesWith([conditions, `${conditions}    holdersMayDoTasks: true\n`])
  const may = (rules: typeof ruleSet) => holdsLevelForTasks(rules)(office.db.kysely, office.id('priya'))
  expect([await may(ruleSet), await may(deployToo)]).toEqual([false, true])
})
