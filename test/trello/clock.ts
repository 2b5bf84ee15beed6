import type { Clock } from '../../server/clock.ts'

/** A clock that stands until a test moves it; wall and calendar go together. */
export interface MovableClock extends Clock {
  move(ms: number): void
}

export function movableClock(start = new Date('2026-11-24T09:00:00Z')): MovableClock {
  let now = start.getTime()
  return {
    wall: () => new Date(now),
    calendar: () => new Date(now),
    move(ms) {
      now += ms
    },
  }
}
