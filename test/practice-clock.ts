import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { type Clock, DAY } from '../server/clock.ts'

/**
 * The two clocks of the practised world: the calendar can be moved on, the wall clock stays. So days pass for the rules and
 * for what expires in the systems around, and no token or lease runs out because of it.
 */
export interface PracticeClock extends Clock {
  move(days: number): void
  /** The calendar's day in words. */
  today(): string
}

/** A day, a week, and as long as it takes until an absence of today is over the limit. */
export const CALENDAR_STEPS = [1, 7, 43] as const

const words = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', dateStyle: 'full' })

/** @param file where it is kept how far the calendar was moved; `null` keeps nothing */
export function practiceClock(file: string | null): PracticeClock {
  let days = file && existsSync(file) ? z.number().parse(JSON.parse(readFileSync(file, 'utf8'))) : 0
  const calendar = () => new Date(Date.now() + days * DAY)
  return {
    wall: () => new Date(),
    calendar,
    today: () => words.format(calendar()),
    move(by) {
      days += by
      if (file) writeFileSync(file, JSON.stringify(days))
    },
  }
}
