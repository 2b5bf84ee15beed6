import { expect, test } from 'vitest'
import { createConnections } from '../../server/connections.ts'
import type { Health, SystemAdapter } from '../../server/grants/system.ts'
import { testDatabase } from '../db/database.ts'
import { movableClock } from '../trello/clock.ts'

/** What stands in the settings of each system. */

test('a system that neither the rules nor the installation speak of is not told of, and one that only the rules do is a problem', async () => {
  const db = await testDatabase()
  const clock = movableClock()
  const adapter = (id: string): SystemAdapter => ({
    id,
    name: id,
    can: ['pull-request'],
    health: async (): Promise<Health> => ({
      state: 'not-configured',
      sentence: 'It names no file.',
      checkedAt: clock.wall(),
    }),
    read: async () => ({ is: 'cannot-tell', detail: '' }),
    apply: async () => ({ vendorRequestId: null, link: null, detail: '' }),
  })
  const connections = createConnections({
    db,
    clock,
    adapters: [adapter('access-list'), adapter('github')],
    systems: new Map([['github', 'GitHub']]),
    credentialsEnd: new Map(),
    trello: () => ({ state: 'ok', sentence: '', lastOk: null }),
    keys: () => ({ ok: true, sentence: '', lastOk: null }),
    report: () => {},
  })
  const systems = (await connections.all()).filter(({ id }) => !['trello', 'keys', 'database'].includes(id))
  expect(systems).toMatchObject([{ id: 'github', ok: false, sentence: 'It names no file.' }])
})
