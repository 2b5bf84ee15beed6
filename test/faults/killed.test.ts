import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type FaultPoint, faultPoints } from '../../server/grants/fault-point.ts'
import { type PostgresDatabase, postgresDatabase } from '../db/postgres-server.ts'
import { until } from '../http/as.ts'
import { listsRepository, org } from '../practice-world.ts'
import { aroundKilledServer, type KilledServer } from './killed-server.ts'

let postgres: PostgresDatabase
let server: KilledServer
beforeAll(async () => {
  postgres = await postgresDatabase()
})
afterAll(() => postgres.drop())
afterEach(() => server.close())

/** Kills the running server at these points of one system's steps, one after another, and starts it again. */
async function killAtEach(
  system: string,
  [point, ...others]: readonly FaultPoint[],
  first: () => Promise<void>,
): Promise<void> {
  await server.killAt(`${point}:${system}`)
  await first()
  await server.died()
  for (const next of others) {
    await server.freeLeases()
    await server.start(`${next}:${system}`)
    await server.died()
  }
  await server.freeLeases()
  await server.start()
}

/** Every point on PostgreSQL; on the embedded database those between which it must have kept what it was told. */
describe.each([
  ['the embedded database', (): string | null => null, ['after-intent', 'before-outcome'], ['after-apply']],
  ['PostgreSQL, at every point', (): string | null => postgres.url, faultPoints, faultPoints],
] as const)('On %s', (_name, url, atGithub, atAws) => {
  test('killed with kill -9 at named points of a grant, the server completes it and does nothing twice', {
    timeout: 300_000,
  }, async () => {
    server = await aroundKilledServer(url())
    await server.start()
    await killAtEach('github', atGithub, () => server.approve())
    await server.stepIs('github-production-deploy', (step) => step.turn === 'engineer')
    expect(server.github.openInvitations(org)).toEqual(['priya-s'])
    expect(server.history()).toMatchObject({ invitations: 1, pulls: 0 })

    await killAtEach('aws', atAws, () => server.attest('aws-iam-user'))
    await server.stepIs('aws-user/production', (step) => step.turn === 'reviewer')
    const [{ id: request } = { id: '' }] = (await server.peek()).requests
    expect(server.history()).toEqual({
      invitations: 1,
      branches: [`production-access/${request}-aws-lists-grant`],
      commits: 1,
      pulls: 1,
    })

    server.github.accept('priya-s')
    server.github.merge(listsRepository, 1)
    await server.stepIs('aws-user/staging', (step) => step.turn === 'second-line')
    await server.stepIs('argo-cd/production', (step) => step.state === 'verified')
    for (const key of ['aws-user/staging', 'aws-user/production', 'signon-production/production', 'logit'])
      await server.attest(key)
    const seen = await server.peek()
    expect(seen.requests).toMatchObject([{ state: 'granted' }])
    expect(seen.holdings).toEqual([...new Set(seen.steps.map((step) => step.key))].sort())
    expect(seen.log).toMatchObject({ ok: true })
    expect(server.history()).toMatchObject({ invitations: 1, commits: 1, pulls: 1 })
    expect(await server.stop()).toBe(0)
  })
})

test('killed between the branch and its pull request, the server finds its branch and opens one pull request', {
  timeout: 300_000,
}, async () => {
  server = await aroundKilledServer(null)
  await server.start()
  await server.approve()
  server.github.faults.next('no-answer', 'POST pulls$')
  await server.attest('aws-iam-user')
  const [{ id: request } = { id: '' }] = (await server.peek()).requests
  const path = 'data/infra-security/staging/common.tfvars'
  const branch = `production-access/${request}-aws-lists-grant`
  await until(async () => server.github.faults.left() === 0, 'the pull request to be asked for', 90_000)
  expect(server.github.file(listsRepository, path, branch)).toContain('priya.shah')
  await server.kill()
  expect(server.history().pulls).toBe(0)
  await server.start()
  await server.stepIs('aws-user/staging', (step) => step.turn === 'reviewer')
  expect(server.history()).toMatchObject({ branches: [branch], commits: 1, pulls: 1 })
})
