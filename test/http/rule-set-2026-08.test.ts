import { afterAll, beforeAll, expect, test } from 'vitest'
import { emailOf, org, type PracticeWorld, startPracticeWorld } from '../practice-world.ts'
import { as, confirmations, copyTemplate, details, requestOn, until } from './as.ts'

/** The rules of 2026 at work: access by one line in a YAML of people, and whatever comes of it read where it takes effect. */

const repository = 'example-gov/example-user-reviewer'
const path = 'config/govuk_tech.yml'
const listed = [
  '# Who has which level of access',
  'production_deploy_access:',
  `  - ${emailOf('Sam Okoro')}`,
  'production_admin_access:',
  `  - ${emailOf('Dan Reyes')} # leads the rota`,
  'platform_engineer_access:',
  `  - ${emailOf('Jo Bell')}`,
  '',
].join('\n')
const account = (name: string) => ({ page: `https://${name}.example.gov.uk/` })

let world: PracticeWorld
beforeAll(async () => {
  world = await startPracticeWorld({
    folder: null,
    ruleSet: '2026-08',
    installed: {
      templates: { deploy: 'S9sex2XU', admin: 'GIHPZi2o', platform: 'Plat2026' },
      targets: {
        'access-list:govuk-tech': { repository, branch: 'main', path, page: 'https://reviewer.example.gov.uk/' },
        'pagerduty:account': account('pagerduty'),
        'statuspage:account': account('statuspage'),
        'notify:account': account('notify'),
        'terraform-cloud:account': { ...account('terraform'), group: 'terraform@example.gov.uk' },
      },
    },
  })
  world.github.addRepo(repository, { [path]: listed })
})
afterAll(() => world.close())

test('Deploy comes by a pull request to the list, and counts only where GitHub itself shows it', async () => {
  const card = await copyTemplate(world, 'deploy', 'Production Deploy for Priya Shah')
  await as(world, 'priya').act('ask', card, details)
  const request = await requestOn(world, card)
  await as(world, 'sam').act('approve', request, confirmations)
  const states = async () => {
    const rows = await world.product.db.kysely
      .selectFrom('step')
      .select(['key', 'state', 'turn', 'method'])
      .where('request_id', '=', request)
      .execute()
    return Object.fromEntries(rows.map(({ key, state, turn, method }) => [key, `${method}: ${state}, ${turn}`]))
  }
  await until(
    async () => (await states())['access-deploy'] === 'pull-request: waiting, reviewer',
    'the pull request to wait',
  )
  expect(world.github.pulls(repository)[0]?.title).toContain('production_deploy_access')
  expect(await states()).toMatchObject({
    'github-production-deploy': 'follows: planned, nobody',
    'signon-production/production': 'task: ready, second-line',
  })

  world.github.merge(repository, 1)
  expect(world.github.file(repository, path)).toBe(
    listed.replace(`  - ${emailOf('Sam Okoro')}\n`, `  - ${emailOf('Sam Okoro')}\n  - ${details.email}\n`),
  )
  await until(async () => (await states())['access-deploy'] === 'pull-request: verified, nobody', 'the merged list')
  // Merged is not effective: Terraform has not filled the team yet, and nothing of ours writes to it.
  expect(world.github.membership(org, 'production-deploy', 'priya-s')).toBe('none')
  expect((await states())['github-production-deploy']).toMatch(/^follows: (ready|waiting), us$/)
  world.github.addMember(org, 'production-deploy', 'priya-s')
  await until(
    async () => (await states())['github-production-deploy'] === 'follows: verified, nobody',
    'GitHub to show it',
  )
  await until(async () => (await states())['argo-cd/production'] === 'follows: verified, nobody', 'Argo CD to follow')
  expect(world.github.writes.filter((write) => write.includes('/memberships/'))).toEqual([])
})

test('Admin has people led by hand in the systems that came later, and one line in the list', async () => {
  const card = await copyTemplate(world, 'admin', 'Production Admin for Alex Green', 'sam', world.homeOf('alex').id)
  const section = await as(world, 'alex').section(card)
  expect(section.title).toBe('Production Admin access')
  await as(world, 'alex').act('ask', card, {
    ...details,
    email: emailOf('Alex Green'),
    github: 'alex-g',
    aws: emailOf('Alex Green'),
  })
  const plan = (await as(world, 'alex').section(card)).folds.find((fold) => fold.id === 'plan')
  const rows = plan?.rows.map((row) => `${row.word}: ${row.title}`) ?? []
  expect(rows.filter((row) => row.startsWith('Access list'))).toEqual([
    `Access list: Add ${emailOf('Alex Green')} to production_admin_access`,
  ])
  for (const name of ['PagerDuty', 'Statuspage', 'GOV.UK Notify', 'Terraform Cloud'])
    expect(rows.some((row) => row.startsWith(name))).toBe(true)
})
