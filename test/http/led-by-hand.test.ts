import { afterAll, beforeAll, expect, test } from 'vitest'
import { emailOf, type PracticeWorld, startPracticeWorld } from '../practice-world.ts'
import { covers } from '../systems/covers.ts'
import { as, confirmations, copyTemplate, details, requestOn, until } from './as.ts'

/** Signon and Logit as people practise them: pages that run here, an export, and what the product sees of it. */

let world: PracticeWorld
let request: string
const priya = emailOf('Priya Shah')
const alex = emailOf('Alex Green')

beforeAll(async () => {
  world = await startPracticeWorld({ folder: null })
  const card = await copyTemplate(world, 'deploy', 'Production Deploy for Priya Shah')
  await as(world, 'priya').act('ask', card, details)
  request = await requestOn(world, card)
  const { seen } = await as(world, 'sam').window('approve', request)
  await as(world, 'sam').act('approve', request, confirmations, seen)
})
afterAll(() => world.close())

const step = (key: string, direction: 'grant' | 'revoke' = 'grant') =>
  world.product.db.kysely
    .selectFrom('step')
    .selectAll()
    .where('request_id', '=', request)
    .where('key', '=', key)
    .where('direction', '=', direction)
    .executeTakeFirstOrThrow()
const signon = 'signon-production/production'
const press = (path: string, values: Record<string, string>) =>
  fetch(`${world.signon.origin}${path}`, { method: 'POST', body: new URLSearchParams(values) })
const idOf = (email: string) => world.signon.user(email)?.uid ?? ''
const done = async (who: string, key: string, direction?: 'grant' | 'revoke') => {
  const { id } = await step(key, direction)
  await as(world, who).act('take-step', id)
  await as(world, who).act('done-step', id)
}
/** Somebody downloads the export from the Users page, and brings it. */
const bring = async (who: string) => {
  const page = await (await fetch(`${world.signon.origin}/users?by=${idOf(alex)}`)).text()
  const [, csv = ''] = /href="data:text\/csv;charset=utf-8,([^"]+)"/.exec(page) ?? []
  return as(world, who).act('import-export', 'signon', { csv: decodeURIComponent(csv), fresh: true })
}
const verified = (key: string, direction?: 'grant' | 'revoke') =>
  until(async () => {
    const found = await step(key, direction)
    return found.state === 'verified' ? found : null
  }, `${key} to be verified`)

test(
  'Logit: that the engineer signed in once is seen by itself; the team is for a second person',
  covers('Logit', 'grant', 'verify'),
  async () => {
    expect(await step('logit')).toMatchObject({ turn: 'engineer', sentence: 'Sign in to Logit once' })
    await fetch(`${world.logit.origin}/sign-in`, { method: 'POST', body: new URLSearchParams({ as: priya }) })
    await until(async () => (await step('logit')).turn === 'second-line', '2nd line’s turn')
    await done('alex', 'logit')
    await until(async () => (await step('logit')).turn === 'second-person', 'a second person’s turn')
    await as(world, 'jo').act('seen-step', (await step('logit')).id)
    expect(await step('logit')).toMatchObject({ state: 'seen' })
  },
)

test(
  'Signon: invited by hand, accepted by the engineer, and verified by the export that a colleague brings',
  covers('Signon', 'grant', 'wait', 'verify'),
  async () => {
    const { plan } = await step(signon)
    expect(plan.task?.clicks[0]?.link).toBe(`${world.signon.origin}/users/invitation/new`)
    await press(`/users/invitation/new?by=${idOf(alex)}`, {
      name: 'Priya Shah',
      email: priya,
      'Release/signin': 'on',
      'Whitehall/signin': 'on',
    })
    await done('alex', signon)
    await bring('jo')
    await until(async () => (await step(signon)).turn === 'engineer', 'the engineer to accept')
    expect((await step(signon)).sentence).toBe('Accept the Signon invitation, which comes by email.')
    await press('/account/two-step', { who: idOf(priya), do: 'accept' })
    await bring('jo')
    expect(await verified(signon)).toMatchObject({
      evidence: { role: 'Normal', status: 'active', applications: 'Release: signin; Whitehall: signin' },
    })
  },
)

test(
  'Signon: revoked by hand, still there until it is suspended, and gone by the next export',
  covers('Signon', 'revoke', 'verify'),
  async () => {
    await as(world, 'sam').act('stop', request, {})
    await as(world, 'sam').act('undo-granted', request, { reason: 'Wrong team' })
    await done('alex', signon, 'revoke')
    await bring('jo')
    await until(async () => (await step(signon, 'revoke')).sentence.includes('still in Signon'), 'it to be still there')
    await press(`/users/${idOf(priya)}?by=${idOf(alex)}`, { do: 'suspend', reason: 'production access revoked' })
    await bring('jo')
    const gone = await verified(signon, 'revoke')
    expect(gone.sentence).toMatch(
      /^Suspended in the Signon export of .* (Expected in staging by|Staging follows only on)/,
    )
    expect(gone.effective_by?.getTime()).toBeGreaterThan(Date.now())
  },
)
