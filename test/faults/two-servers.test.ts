import { expect, test } from 'vitest'
import { postgresDatabase } from '../db/postgres-server.ts'
import { listsRepository, org } from '../practice-world.ts'
import { aroundKilledServer } from './killed-server.ts'

test('two server processes on one PostgreSQL share the work, and nothing is done twice, also when one is killed', {
  timeout: 300_000,
}, async () => {
  const postgres = await postgresDatabase()
  const one = await aroundKilledServer(postgres.url)
  try {
    await one.start()
    const other = await one.sibling()
    await one.approve()
    await one.stepIs('github-production-deploy', (step) => step.turn === 'engineer')
    await one.attest('aws-iam-user')
    await one.stepIs('aws-user/production', (step) => step.turn === 'reviewer')
    expect(one.github.openInvitations(org)).toEqual(['priya-s'])
    expect(one.history()).toMatchObject({ invitations: 1, commits: 1, pulls: 1 })
    expect((await one.peek()).intents).toBe(3)
    other.kill('SIGKILL')
    one.github.accept('priya-s')
    one.github.merge(listsRepository, 1)
    // Whatever the other held is free once its lease has run out.
    await one.freeLeases()
    await one.stepIs('aws-user/staging', (step) => step.turn === 'second-line')
    await one.stepIs('argo-cd/production', (step) => step.state === 'verified')
    expect(one.history()).toMatchObject({ invitations: 1, commits: 1, pulls: 1 })
    expect((await one.peek()).log).toMatchObject({ ok: true })
    expect(await one.stop()).toBe(0)
  } finally {
    await one.close()
    await postgres.drop()
  }
})
