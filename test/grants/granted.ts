import { expect } from 'vitest'
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
