import { describe, expect, test } from 'vitest'
import { type Moving, movementsOf } from '../../../server/grants/drift/movements.ts'

/** What alarms nobody because it is in progress, and what only looks like it. */

const listedAt = new Date('2026-12-01T04:00:00Z')
const before = new Date('2026-11-20T10:00:00Z')
const step = (change: Partial<Moving> = {}): Moving => ({
  requestId: 'r-1',
  requestState: 'granting',
  isPaused: false,
  personId: 'priya',
  key: 'team',
  direction: 'grant',
  state: 'ready',
  turn: 'us',
  isIntended: false,
  since: before,
  ...change,
})
const isMoving = (...steps: Partial<Moving>[]) => movementsOf(steps.map(step))('priya', 'team', listedAt)

describe('is in progress', () => {
  const stories: [string, Partial<Moving>[]][] = [
    ['what is about to be granted', [{}]],
    ['what is being granted', [{ state: 'acting' }]],
    ['what waits for somebody to accept it', [{ state: 'waiting', turn: 'engineer' }]],
    ['what somebody said that they did', [{ state: 'done', turn: 'second-person' }]],
    ['what is stuck, while its approval holds', [{ state: 'stuck', turn: 'second-line' }]],
    ['what begins after a step that moves', [{ state: 'planned', turn: 'nobody' }, { key: 'other' }]],
    ['what was under way when it was stopped', [{ requestState: 'stopped', state: 'acting' }]],
    ['what was under way when its card was archived', [{ isPaused: true, state: 'waiting', turn: 'engineer' }]],
    ['what was sent, and whose answer was lost', [{ requestState: 'stopped', isIntended: true }]],
    ['what is being revoked', [{ requestState: 'revoking', direction: 'revoke' }]],
    ['what is being revoked on an archived card', [{ requestState: 'revoking', direction: 'revoke', isPaused: true }]],
    ['what cannot be revoked', [{ requestState: 'revoking', direction: 'revoke', state: 'stuck' }]],
    ['what closed after the list was made', [{ requestState: 'granted', state: 'verified', since: listedAt }]],
    ['what moves in one of two requests', [{ requestId: 'r-2', requestState: 'stopped', state: 'stopped' }, {}]],
  ]
  test.each(stories)('%s', (_name, steps) => expect(isMoving(...steps)).toBe(true))
})

describe('is not in progress, so what appears there is told', () => {
  const stories: [string, Partial<Moving>[]][] = [
    ['what was stopped before it began', [{ requestState: 'stopped', state: 'stopped', turn: 'sponsor' }]],
    ['what is stuck in a stopped request', [{ requestState: 'stopped', state: 'stuck' }]],
    ['what was fenced while the rest goes on', [{ state: 'stopped' }, { key: 'other' }]],
    ['what would begin after a step that was stopped', [{ state: 'planned' }, { key: 'other', state: 'stopped' }]],
    ['what is paused with its card', [{ isPaused: true }]],
    ['what waits until something is known again', [{ turn: 'keeper' }]],
    ['what was stopped because access is revoked', [{ requestState: 'revoking', state: 'stopped' }]],
    ['what closed long ago', [{ requestState: 'granted', state: 'seen' }]],
    ['what was revoked long ago', [{ requestState: 'ended', direction: 'revoke', state: 'verified' }]],
    ['what is being done to somebody else', [{ personId: 'sam' }]],
  ]
  test.each(stories)('%s', (_name, steps) => expect(isMoving(...steps)).toBe(false))
})
