import { expect } from 'vitest'
import { isClosed, isHandWork } from '../../server/grants/steps.ts'
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

/** Closes every step of a request as it would be closed: invitations accepted, pull requests merged, tasks done and seen. */
export async function closeAll(
  it: TestOffice,
  request: string,
  direction: 'grant' | 'revoke' = 'grant',
): Promise<void> {
  for (let round = 0; round < 12; round += 1) {
    await it.run(2)
    if (it.github.openInvitations('example-gov').length > 0) it.github.accept('priya-s')
    for (const pull of it.github.pulls(lists)) if (pull.state === 'open') it.github.merge(lists, pull.number)
    const steps = await it.steps(request, direction)
    const open = steps.filter((step) => isHandWork(step) || (step.turn === 'engineer' && step.method === 'task'))
    for (const { key, id, plan } of open) {
      if ((plan.task?.doer ?? '') !== 'senior-tech') await it.attest(request, key, direction)
      else {
        if ((await it.step(request, key, direction)).turn === 'engineer') await it.act('priya', 'do-own-part', id)
        await it.act('dan', 'done-step', id)
        if ((await it.step(request, key, direction)).turn === 'us') await it.run(1)
        if ((await it.step(request, key, direction)).state === 'done') await it.act('jo', 'seen-step', id)
      }
    }
    if ((await it.steps(request, direction)).every(isClosed)) return
  }
}
