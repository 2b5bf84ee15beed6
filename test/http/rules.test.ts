import { afterAll, beforeAll, expect, test } from 'vitest'
import { readTable } from '../../server/people/csv.ts'
import { type BareApp, bareApp } from './bare-app.ts'

let app: BareApp
beforeAll(async () => {
  app = await bareApp()
})
afterAll(() => app.close())

test('what each level gives is saved as a spreadsheet, with the sentence of the rules and where it stands', async () => {
  const answer = await app.get('/api/rules', { authorization: `Bearer ${app.token()}` })
  expect(answer.headers.get('content-type')).toContain('text/csv')
  const { header, rows } = readTable(await answer.text())
  expect(header).toEqual(['rule_set', 'level', 'id', 'permission', 'where', 'sentence', 'source'])
  expect(rows).toHaveLength(12)
  expect(rows.find(({ cells }) => cells[2] === 'D3')?.cells).toEqual([
    '2024-11',
    'Production Deploy',
    'D3',
    'see logs',
    'Logit',
    'Read-only access to logging systems such as Logit, etc.',
    expect.stringMatching(/#production-deploy-access$/),
  ])
  expect((await app.get('/api/rules')).status).toBe(401)
})
