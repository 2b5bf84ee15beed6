import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WindowView } from '../../server/http/api.ts'
import { type PracticeWorld, startPracticeWorld } from '../practice-world.ts'
import { as, copyTemplate, details, requestOn } from './as.ts'

/** What was typed and not sent is kept for whoever typed it, and let go once it was sent or rests on something else. */

let world: PracticeWorld
beforeAll(async () => {
  world = await startPracticeWorld({ folder: null })
})
afterAll(() => world.close())

async function keep(username: string, name: string, subject: string, values: unknown): Promise<void> {
  const answer = await fetch(`${world.origin}/api/drafts/${name}?subject=${subject}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${await as(world, username).token()}`, 'content-type': 'application/json' },
    body: JSON.stringify(values),
  })
  expect(answer.status).toBe(204)
}

function valueIn(view: WindowView, name: string): unknown {
  const field = view.parts.flatMap((part) => part.fields).find((one) => one.name === name)
  if (!field || field.kind === 'file' || field.kind === 'checks') return undefined
  return field.kind === 'check' ? field.checked : field.value
}

test('typed answers come back filled in, for nobody else, and are gone once they were sent', async () => {
  const priya = as(world, 'priya')
  const card = await copyTemplate(world, 'deploy', 'Production Deploy for Priya Shah')
  await keep('priya', 'ask', card, { github: 'a-mistyped-name', reason: 'Joining Sea' })
  expect(valueIn(await priya.window('ask', card), 'github')).toBe('a-mistyped-name')
  expect(valueIn(await as(world, 'lee').window('ask', card), 'github')).toBe('')
  await priya.act('ask', card, details)
  // Later the form shows what is known, and not the slip of before.
  const later = await priya.window('ask', card)
  expect([valueIn(later, 'github'), valueIn(later, 'reason')]).toEqual([details.github, details.reason])
})

test('what was typed of a review in the approve window stands in “Save review only”, and is not asked twice', async () => {
  const card = await copyTemplate(world, 'admin', 'Production Admin for Priya Shah')
  await as(world, 'priya').act('ask', card, details)
  const request = await requestOn(world, card)
  const dan = as(world, 'dan')
  await keep('dan', 'approve', request, { reference: 'Response 41', 'objective-LO1': true, 'confirm-CD2': true })
  const review = await dan.window('review', request)
  expect([valueIn(review, 'reference'), valueIn(review, 'objective-LO1'), valueIn(review, 'objective-LO2')]).toEqual([
    'Response 41',
    true,
    false,
  ])
  await keep('dan', 'review', request, { reference: 'Response 42' })
  expect(valueIn(await dan.window('review', request), 'reference')).toBe('Response 42')
})

test('a sponsor’s ticks are kept until the plan changes', async () => {
  const sam = as(world, 'sam')
  const card = await copyTemplate(world, 'deploy', 'Production Deploy for Lee Hart')
  const lee = { ...details, github: 'lee-h', email: 'lee.hart@example.gov.uk', aws: 'lee.hart@example.gov.uk' }
  await as(world, 'lee').act('ask', card, lee)
  const request = await requestOn(world, card)
  const dan = as(world, 'dan')
  await keep('dan', 'approve', request, { 'confirm-CD2': true })
  const before = await dan.window('approve', request)
  expect(valueIn(before, 'confirm-CD2')).toBe(true)
  await as(world, 'lee').act('give-details', request, { ...lee, signonApps: 'Release, Publisher' })
  const after = await dan.window('approve', request)
  expect(after.basis).not.toBe(before.basis)
  expect(valueIn(after, 'confirm-CD2')).toBe(false)
  expect((await sam.window('approve', request)).refusal).not.toBeNull()
})
