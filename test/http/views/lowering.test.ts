import { expect, test } from 'vitest'
import { loweringOf } from '../../../server/grants/lowering.ts'
import { wholeBackButtons } from '../../../server/http/views/giving-back.ts'
import { sectionView } from '../../../server/http/views/section.ts'
import { viewerOn } from '../../../server/http/views/viewer.ts'
import { windowView } from '../../../server/http/views/windows.ts'
import { states } from './states.ts'
import { actorIn, daysAgo } from './world.ts'

/** From Admin to Deploy: what the window shows before anybody signs. */

const world = states['admin granted']()
const extraOfSection = { history: [], claims: [], old: null, unreached: [] }
const keys = (plans: { key: string }[] = []) => plans.map(({ key }) => key)

test('what Admin has beyond Deploy goes, what both have stays, what is contained takes its place', () => {
  const lowering = loweringOf(world, 'deploy')
  expect(keys(lowering?.goes)).toEqual(
    expect.arrayContaining(['github-production-admin', 'aws-admin/tools', 'fastly', 'sentry', 'gcp-group']),
  )
  expect(keys(lowering?.stays)).toEqual(expect.arrayContaining(['github-production-deploy', 'logit']))
  expect(keys(lowering?.instead)).toEqual(
    expect.arrayContaining(['aws-user/staging', 'aws-user/production', 'signon-production/production']),
  )
  expect(keys(lowering?.goes).filter((key) => keys(lowering?.stays).includes(key))).toEqual([])
})

test('the window says all three, and the button is not offered where Deploy is held by another request', () => {
  const dan = actorIn(world, 'dan')
  // Also on the person's page, where the card is gone.
  expect(wholeBackButtons(world, viewerOn(world, dan)).map(({ text }) => text)).toEqual([
    'Revoke all of it',
    'Lower to Deploy',
  ])
  const extra = { seen: '', draft: {}, unlinked: [], candidates: [], attempts: [], levels: [] }
  const view = windowView('lower-level', world, dan, null, extra)
  expect(view).toMatchObject({ refusal: null, act: 'lower-level', submit: { text: 'Lower to Production Deploy' } })
  expect(JSON.stringify(view.parts[1])).toContain('Takes the place of what goes.')
  const offered = (of: typeof world) => sectionView(of, dan, extraOfSection).buttons.map(({ text }) => text)
  expect(offered(world)).toContain('Lower to Deploy')
  expect(offered({ ...world, held: [{ level: 'deploy', since: '2026-01-01' }] })).not.toContain('Lower to Deploy')
  expect(offered(states.granted())).not.toContain('Lower to Deploy')
})

test('once lowered, the section names who approved and who lowered, each with the day', () => {
  const deploy = states.granted()
  if (!deploy.request) throw new Error('nothing is granted in this world')
  const decided = { approved_by: 'dan', approved_at: daysAgo(30), lowered_by: 'sam', lowered_at: daysAgo(5) }
  const lowered = { ...deploy, request: { ...deploy.request, ...decided } }
  const { status } = sectionView(lowered, actorIn(lowered, 'priya'), extraOfSection)
  expect(status.headline).toBe('Granted, and lowered on 19 November to Production Deploy')
  expect(status.lines[0]).toBe('Approved by Dan Reyes on 25 October, lowered by Sam Okoro on 19 November.')
})
