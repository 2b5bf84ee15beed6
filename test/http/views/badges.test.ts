import { expect, test } from 'vitest'
import { badgeModel, badgesAt } from '../../../server/http/views/badges.ts'
import { type StateName, stateNames, states } from './states.ts'
import { makeWorld, now } from './world.ts'

const badges = (name: StateName, days = 0) =>
  badgesAt(badgeModel(states[name]()), new Date(now.getTime() + days * 86_400_000)).badges.map(
    ({ text, color }) => `${text} (${color})`,
  )

const table: [StateName, string[]][] = [
  ['template', []],
  ['not asked yet', ['Not started (light-gray)']],
  ['attached, not asked', ['Not started (light-gray)']],
  ['two details missing', ['Engineer: 2 to do, 4 days (yellow)']],
  ['changes asked', ['Engineer: changes asked (yellow)']],
  ['a fact unknown', ['Keeper: update record (orange)']],
  ['the line manager’s word missing', ['Waiting: a confirmation (orange)']],
  ['ready', ['Sponsor: approve, 1 day (blue)']],
  ['ready for review', ['Senior Tech: review (blue)']],
  ['reviewed, ready for approval', ['Senior Tech: approve (blue)']],
  ['granting', ['Granting 6 of 8 (sky)']],
  ['engineer to accept', ['Engineer: accept GitHub (yellow)']],
  ['engineer has two', ['Engineer: 2 to do (yellow)']],
  ['2nd line to do Signon', ['2nd line: Signon, 3 days (orange)']],
  ['engineer and 2nd line', ['2nd line: Signon, 2 days (orange)', 'Engineer: accept GitHub, 1 day (yellow)']],
  ['reviewer to merge', ['PR reviewer: AWS (orange)']],
  ['done, to be seen', ['2nd person: check Logit (orange)']],
  ['stuck', ['Stuck: AWS, 6 of 8, 2 days (red)']],
  ['held by a changed account', ['Sponsor: approve again (blue)']],
  ['stopped', ['Stopped at 7 of 8 (red)']],
  ['help asked', ['2nd line: help (orange)']],
  ['granted', ['Deploy granted (green)']],
  ['review due', ['Sponsor: review, 12 days (purple)']],
  ['revoking', ['Revoking 7 of 8 (sky)']],
  ['revoking, 2nd line', ['2nd line: revoke Signon (orange)']],
  ['revoking, still there', ['Revoke stuck: Fastly, 1 day (red)']],
  ['revoked', ['Revoked (light-gray)']],
  ['declined', ['Declined (light-gray)']],
  ['withdrawn', ['Withdrawn (light-gray)']],
  ['expired', ['Expired (light-gray)']],
]

test.each(table)('%s: the badge says whose turn it is', (name, expected) => {
  expect(badges(name)).toEqual(expected)
})

test.each(stateNames)('%s: a badge fits in 30 characters at any age, and there are at most two', (name) => {
  for (const days of [0, 1, 2, 9, 10, 99, 100, 400]) {
    const shown = badgesAt(badgeModel(states[name]()), new Date(now.getTime() + days * 86_400_000)).badges
    expect(shown.length).toBeLessThanOrEqual(2)
    for (const { text } of shown) {
      expect(text.length, text).toBeLessThanOrEqual(30)
      expect(text).not.toContain('…')
    }
  }
})

test('a badge carries roles, never names, and no private matter', () => {
  for (const name of stateNames)
    expect(badges(name).join(' ')).not.toMatch(/Priya|Sam|Alex|clearance|probation|apprentice|absen|away/i)
})

test('a badge is asked for again soon while work goes on, and rarely at rest', () => {
  expect(badgesAt(badgeModel(states.granting()), now).refresh).toBe(15)
  expect(badgesAt(badgeModel(makeWorld()), now).refresh).toBe(60)
})
