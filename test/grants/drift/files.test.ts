import { afterEach, beforeEach, expect, test } from 'vitest'
import { askFile, knownToFile, type PeopleFile, placesOfFile } from '../../../server/grants/drift/files.ts'
import { reconcile } from '../../../server/grants/drift/reconcile.ts'
import { createGithubClient } from '../../../server/systems/github/client.ts'
import { createPeopleFile, type PeopleFileConfig } from '../../../server/systems/repository-lists/people-file.ts'
import { type LocalGithub, startLocalGithub } from '../../local-systems/github.ts'
import { ruleSet } from '../office.ts'
import { at, held, known, places, priya, type Story, sam } from './drifting.ts'

/** A file of people that other tools go by, compared with the record like a system. */

const repository = 'example-gov/example-access'
const text = `production_deploy_access: [priya-s, ghost]
production_admin_access: [sam-o]
people:
  - github_username: priya-s
    aws: { production: admin }
  - github_username: sam-o
    aws: { production: poweruser }
`
const config: PeopleFileConfig = {
  id: 'tech',
  name: 'tech.yml',
  repository,
  branch: 'main',
  path: 'config/tech.yml',
  account: 'github',
  key: 'github_username',
  lists: { production_deploy_access: 'deploy', production_admin_access: 'admin' },
  people: 'people',
  fields: { 'aws.production': { user: 'aws-user/production', admin: 'aws-admin/production' } },
}
let github: LocalGithub

beforeEach(async () => {
  github = await startLocalGithub()
  github.addRepo(repository, { 'config/tech.yml': text })
})
afterEach(() => github.close())

function fileWith(change: Partial<PeopleFileConfig> = {}): PeopleFile {
  const credentials = { kind: 'token', token: github.token } as const
  const client = createGithubClient({ apiUrl: `${github.origin}/api`, credentials, pace: 'at-once' })
  return createPeopleFile({ ...config, ...change }, client)
}

async function compared(file: PeopleFile, story: Omit<Story, 'says'>) {
  const asked = await askFile(file, placesOfFile(file, ruleSet, places), at, () => {})
  return reconcile(knownToFile(file, known({ ...story, says: {} }), places), asked)
}
const sentences = ({ findings }: Awaited<ReturnType<typeof compared>>) =>
  findings.map(({ kind, sentence, holdingId }) => `${kind}: ${sentence}${holdingId ?? ''}`)

test('what the file says of levels and fields is compared with what is held', async () => {
  const holdings = [held(priya, 'github-production-deploy'), held(sam, 'github-production-deploy')]
  expect(sentences(await compared(fileWith(), { holdings }))).toEqual([
    'unmanaged: ghost has Production Deploy in tech.yml and belongs to nobody in the register. ghost: production_deploy_access of config/tech.yml.',
    'extra: Sam Okoro was granted Production Deploy only, and has Production Admin in tech.yml, which belongs to Production Admin. sam-o: production_admin_access of config/tech.yml.',
    'cannot-tell: We could not tell whether Sam Okoro has AWS production (role_user_user_arns) in tech.yml. sam-o: aws.production “poweruser” in config/tech.yml.',
    'extra: Priya Shah was granted Production Deploy only, and has AWS production (role_admin_user_arns) in tech.yml, which belongs to Production Admin. priya-s: aws.production in config/tech.yml.',
    'cannot-tell: We could not tell whether Sam Okoro has AWS production (role_admin_user_arns) in tech.yml. sam-o: aws.production “poweruser” in config/tech.yml.',
  ])
})

test('whoever holds a level and is not in the file is missing there, and nothing of the ledger is touched by that', async () => {
  const kept = fileWith({ lists: { production_admin_access: 'admin' }, people: undefined, fields: {} })
  const done = await compared(kept, { holdings: [held(priya, 'aws-admin/production')] })
  expect(done.findings.map(({ kind, key, holdingId }) => ({ kind, key, holdingId }))).toContainEqual({
    kind: 'missing',
    key: 'tech:admin',
    holdingId: null,
  })
})

test('a file that is not there, or has no such list, says nothing of anybody', async () => {
  const holdings = [held(priya, 'github-production-deploy')]
  for (const change of [{ path: 'config/other.yml' }, { lists: { gone: 'deploy' } }]) {
    const done = await compared(fileWith(change), { holdings })
    expect(done.findings).toEqual([])
    expect(done.cannotTell).toHaveLength(1)
  }
})
