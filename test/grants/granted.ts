import { expect } from 'vitest'
import { isClosed, isHandWork } from '../../server/grants/steps.ts'
import { ActRefused, type StepRow } from '../../server/requests/act.ts'
import { loadWorld } from '../../server/requests/world.ts'
import { lists, type TestOffice } from './office.ts'

/** Everything of a Deploy request of Priya's, closed. Answers its id. */
export async function granted(it: TestOffice): Promise<string> {
  const request = await it.approved('priya')
  await it.run()
  it.github.accept('priya-s')
  // What we can read may be verified before anybody says anything.
  for (const key of ['aws-iam-user', 'signon-production/production', 'logit'])
    if ((await it.step(request, key)).state !== 'verified') await it.attest(request, key)
  await it.run()
  it.github.merge(lists, it.github.pulls(lists).length)
  await it.run()
  for (const key of ['aws-user/staging', 'aws-user/production']) await it.attest(request, key)
  expect((await it.request(request)).state).toBe('granted')
  return request
}

/** All that a decision about a request may look at. */
export async function worldOf({ db, office }: TestOffice, request: string) {
  const { card_id } = await db.kysely
    .selectFrom('request')
    .select('card_id')
    .where('id', '=', request)
    .executeTakeFirstOrThrow()
  const world = await loadWorld(db.kysely, office, card_id)
  if (!world) throw new Error('no world')
  return world
}

/** What a second person makes of it: they saw it, it is not there, or it is for us to look and nobody says anything. */
export type Looked = 'seen' | 'not-there' | 'ours'

export interface World {
  /** What goes on outside by itself between looks: something is applied, somebody signs in. */
  goesOn?(): void | Promise<void>
  /** What a person clicks in the system itself before they say that a step is done. */
  byHand?(step: StepRow): void | Promise<void>
  /** What a second person does who is asked to look; without it they see whatever was said. */
  looks?(step: StepRow): Promise<Looked>
}

/**
 * Lets a request go on as it would: invitations accepted, pull requests merged, tasks done and seen, what is stuck tried
 * again. Answers whether every step closed within so many rounds.
 */
export async function closeAll(
  it: TestOffice,
  request: string,
  direction: 'grant' | 'revoke' = 'grant',
  world: World = {},
  rounds = 12,
): Promise<boolean> {
  for (let round = 0; round < rounds; round += 1) {
    await it.run(2)
    // What waits to be tried again may wait for some minutes.
    if (round > 3) it.pass(10 * 60_000)
    if (it.github.openInvitations('example-gov').length > 0) it.github.accept('priya-s')
    for (const pull of it.github.pulls(lists)) if (pull.state === 'open') it.github.merge(lists, pull.number)
    await world.goesOn?.()
    // Each as it stands then: looks go on between one person's clicks and another's.
    for (const step of await it.steps(request, direction))
      if (!isClosed(step)) await moveOn(it, await it.step(request, step.key, direction), world)
    if ((await it.steps(request, direction)).every(isClosed)) return true
  }
  return false
}

async function moveOn(it: TestOffice, step: StepRow, { byHand, looks }: World): Promise<void> {
  const { id, plan } = step
  if (isClosed(step)) return
  if (step.state === 'stuck') return void (await it.act('dan', 'retry-step', id))
  if (step.turn === 'engineer' && step.method === 'task' && step.state === 'ready')
    return void (await it.act('priya', 'do-own-part', id))
  if (isHandWork(step)) {
    await byHand?.(step)
    const task = step.direction === 'grant' ? plan.task : plan.undoTask
    await it.act(task?.doer === 'senior-tech' ? 'dan' : 'alex', 'done-step', id)
  }
  // Where we can look, we do that first.
  if ((await it.step(step.request_id, step.key, step.direction)).turn === 'us' && isHandWork(step)) await it.run(1)
  const now = await it.step(step.request_id, step.key, step.direction)
  if (now.state !== 'done' || (now.turn !== 'second-person' && !looks)) return
  const looked = looks ? await looks(now) : 'seen'
  // What a higher value leaves there is looked at again once that is gone.
  if (looked === 'seen') await it.act('jo', 'seen-step', id).catch(unlessHigherFirst)
  if (looked === 'not-there') await it.act('jo', 'undo-done-step', id)
}

function unlessHigherFirst(error: unknown): void {
  if (!(error instanceof ActRefused) || error.refusal.code !== 'higher-first') throw error
}
