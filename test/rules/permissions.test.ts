import { expect, test } from 'vitest'
import { permissionsOf } from '../../server/rules/permissions.ts'
import { ruleSet } from './happy.ts'

test('the rules’ spreadsheet of permissions: every entitlement once, where it is, with its sentence and its source', () => {
  const all = permissionsOf(ruleSet)
  expect(all.map(({ id }) => id)).toEqual(['D1', 'D2', 'D3', 'D4', 'D5', 'D6', 'A1', 'A2', 'A3', 'A4', 'A5', 'A6'])
  expect(all.find(({ id }) => id === 'D4')).toEqual({
    level: 'Production Deploy',
    id: 'D4',
    name: 'see Argo CD',
    where: ['Argo CD (staging, production)'],
    sentence: 'Read-only access to dashboards in staging and production, such as the Argo CD web UI.',
    url: `${ruleSet.page}#production-deploy-access`,
  })
  expect(all.find(({ id }) => id === 'A2')?.where).toEqual(['AWS (production, staging, tools)'])
})
