import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyLog } from '../../server/audit/verify.ts'
import { listsRepository, memberId, org, type PracticeWorld, startPracticeWorld } from '../practice-world.ts'
import { as, confirmations, copyTemplate, details, requestOn, until } from './as.ts'

let world: PracticeWorld
beforeAll(async () => {
  world = await startPracticeWorld({ folder: null })
})
afterAll(() => world.close())

test('an engineer’s copied card becomes verified Production Deploy access, from badge to log', async () => {
  const priya = as(world, 'priya')
  const sam = as(world, 'sam')
  const alex = as(world, 'alex')
  const jo = as(world, 'jo')
  const card = await copyTemplate(world, 'deploy', 'Production Deploy for Priya Shah')
  const readLedger = async (username: string) => {
    const authorization = `Bearer ${await as(world, username).token()}`
    const answer = await fetch(`${world.origin}/api/people/ledger.csv`, { headers: { authorization } })
    return { status: answer.status, text: await answer.text() }
  }
  expect([(await readLedger('alex')).status, (await readLedger('uma')).status]).toEqual([403, 403])
  const badge = async () => (await priya.badges(card)).cards[card]?.badges.map((one) => one.text)
  expect(await badge()).toEqual(['Not started'])

  expect(await priya.act('ask', card, { ...details, github: '', reason: '' })).toContain('You have asked')
  expect(await badge()).toEqual(['Engineer: 2 to do'])
  const request = await requestOn(world, card)
  await priya.act('give-details', request, details)
  expect(await badge()).toEqual(['Sponsor: approve'])
  expect((await sam.section(card)).primary?.text).toBe('Check and approve')

  const approve = await sam.window('approve', request)
  expect(approve.refusal).toBeNull()
  await sam.act('approve', request, confirmations, approve.seen)

  await until(async () => world.github.membership(org, 'production-deploy', 'priya-s') === 'pending', 'the invitation')
  await until(async () => (await badge())?.some((text) => text.startsWith('Engineer: 2 to do')), 'the engineer’s turn')
  world.github.accept('priya-s')

  const step = async (key: string) => {
    const found = await world.product.db.kysely
      .selectFrom('step')
      .selectAll()
      .where('request_id', '=', request)
      .where('key', '=', key)
      .executeTakeFirstOrThrow()
    return found
  }
  await until(async () => (await step('aws-iam-user')).state === 'verified', 'the AWS user to be read', 30_000)
  for (const key of ['signon-production/production', 'logit']) {
    const { id, turn } = await step(key)
    if (turn === 'engineer') await priya.act('do-own-part', id)
    await alex.act('take-step', id)
    await alex.act('done-step', id)
    await expect(alex.act('seen-step', id)).rejects.toThrow('You cannot check this because you did it')
    await expect(priya.act('seen-step', id)).rejects.toThrow('the access is yours')
    // Where we can look, we do that first.
    await until(async () => (await step(key)).turn === 'second-person', `${key} waits for a second person`)
    await jo.act('seen-step', id)
  }
  await until(async () => world.github.pulls(listsRepository).length === 1, 'the pull request')
  world.github.merge(listsRepository, 1)
  // Merged is not applied: it waits for whoever applies it, and is then seen without anybody saying so.
  for (const environment of ['staging', 'production']) {
    const key = `aws-user/${environment}`
    await until(async () => (await step(key)).turn === 'second-line', `${key} merged`, 30_000)
    expect((await step(key)).sentence).toContain(`Merged, not applied in ${environment} yet.`)
    world.aws.apply(environment)
  }
  await until(async () => (await badge())?.[0] === 'Deploy granted', 'everything closed', 40_000)
  const states = await world.product.db.kysely
    .selectFrom('step')
    .select(['key', 'state'])
    .where('request_id', '=', request)
    .orderBy('ordinal')
    .execute()
  expect(Object.fromEntries(states.map(({ key, state }) => [key, state]))).toEqual({
    'github-production-deploy': 'verified',
    'aws-iam-user': 'verified',
    'aws-user/staging': 'verified',
    'aws-user/production': 'verified',
    'argo-cd/staging': 'verified',
    'argo-cd/production': 'verified',
    'signon-production/production': 'seen',
    logit: 'seen',
  })
  const comments = await until(async () => {
    const found = world.trello.model.actions
      .filter((action) => action.type === 'commentCard')
      .map((action) => String(action.data['text']))
    return found.some((text) => text.includes('you have Production Deploy now')) ? found.toReversed() : null
  }, 'the last comment')
  expect(comments.length).toBeLessThanOrEqual(6)
  await until(
    async () => world.trello.model.card(card)?.checklists[1]?.checkItems.every((item) => item.state === 'complete'),
    'earned ticks',
  )
  const verdict = await verifyLog(world.product.db.kysely, [])
  expect(verdict).toMatchObject({ ok: true })

  // The ledger tells it by person, on whose word and with what proof.
  const dan = as(world, 'dan')
  const { people } = await alex.people('priya')
  expect(people.map(({ name, holds }) => [name, holds])).toEqual([
    ['Priya Shah', expect.stringMatching(/^Production Deploy since \d+ \w+/)],
  ])
  const page = await dan.person(people[0]?.id ?? '')
  const held = page.parts.find(({ title }) => title.startsWith('Production Deploy since'))?.rows ?? []
  expect(held.map(({ title }) => title)).toContain('GitHub: member')
  expect(held.map(({ title }) => title)).toContainEqual(
    expect.stringMatching(/^Approved by Sam Okoro today, .*m, rules 2024-11$/),
  )

  // One GitHub membership is taken back, with its own signed act.
  await expect(
    alex.act('revoke-holding', request, { key: 'github-production-deploy', reason: 'Moves team' }),
  ).rejects.toThrow('cannot revoke')
  await dan.act('revoke-holding', request, { key: 'github-production-deploy', reason: 'Moves team' })
  await until(
    async () => world.github.membership(org, 'production-deploy', 'priya-s') === 'none',
    'the membership to be gone',
  )
  await until(async () => (await badge())?.[0] === 'Partly revoked', 'read back')
  const own = await priya.person('me')
  const revoked = own.parts.find(({ title }) => title === 'What was revoked')?.folds[0]?.rows ?? []
  expect(revoked.map(({ title }) => title)).toContain('GitHub: member')
  expect((await readLedger('dan')).text).toMatch(
    /^Priya Shah,priya\.shah@example\.gov\.uk,deploy,github-production-deploy,GitHub,,priya-s,member,/m,
  )

  // All that is left goes at once, for cause, from the person's page: with what was looked at in the window.
  const id = people[0]?.id ?? ''
  expect((await sam.window('revoke-for-cause', id)).refusal).toContain('Senior Tech or a register keeper can')
  const said = await dan.submit('revoke-for-cause', id, { reason: 'Lost laptop' })
  expect(said).toContain('A second person is mentioned on the card')
  expect((await sam.section(card)).status.headline).toMatch(/^Revoking, \d of \d gone/)
  expect(await verifyLog(world.product.db.kysely, [])).toMatchObject({ ok: true })
  expect(world.trello.problems).toEqual([])
  expect(memberId('priya')).toHaveLength(24)
})
