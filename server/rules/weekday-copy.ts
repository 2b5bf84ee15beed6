const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/**
 * Signon in staging is a copy of production: backed up every night at 23:03, restored at 01:03 from Monday to Friday, both
 * in London. Source: `charts/db-backup/values.yaml` of alphagov/govuk-helm-charts.
 */
const BACKUP = 23 * 60 + 3
const RESTORE = 1 * 60 + 3

const format = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  weekday: 'long',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})

function london(at: Date): { weekday: string; minutes: number } {
  const part = (type: string) => format.formatToParts(at).find((one) => one.type === type)?.value ?? ''
  return { weekday: part('weekday'), minutes: Number(part('hour')) * 60 + Number(part('minute')) }
}

const isWeekend = (weekday: string) => weekday === 'Saturday' || weekday === 'Sunday'

/** When a change that was made in production at this moment is in staging. */
export function inStagingAt(changed: Date): Date {
  // The first backup that has it, then the first restore after that one.
  return nextRestore(nextAt(changed, BACKUP))
}

function nextRestore(from: Date): Date {
  let at = from
  do at = nextAt(at, RESTORE)
  while (isWeekend(london(at).weekday))
  return at
}

/** The weekday by whose morning it is there: “Tuesday”. */
export function inStagingBy(changed: Date): string {
  return london(inStagingAt(changed)).weekday
}

/** On any other night it is there within 26 hours, and an hour more where the clocks change. */
const LATE = 27 * HOUR

/**
 * Whether the copy comes so late that a revocation must be done in staging by hand: from Friday to Sunday, and on
 * Thursday after the backup.
 */
export function isFarFromStaging(changed: Date): boolean {
  const isWeekendAhead = ['Friday', 'Saturday', 'Sunday'].includes(london(changed).weekday)
  return isWeekendAhead || inStagingAt(changed).getTime() - changed.getTime() > LATE
}

/** Whether what was done in staging by hand is undone by a copy from before the change in production. */
export function isOverwritten(byHand: Date, changed: Date): boolean {
  return nextRestore(byHand) < inStagingAt(changed)
}

/** The next moment after `from` at which London's clocks show these minutes of a day; exact over changes of the clock. */
function nextAt(from: Date, minutes: number): Date {
  const ahead = (minutes - london(from).minutes + 24 * 60) % (24 * 60) || 24 * 60
  const at = new Date(Math.floor(from.getTime() / MINUTE) * MINUTE + ahead * MINUTE)
  const off = london(at).minutes - minutes
  if (off === 0) return at
  // The clocks changed in between.
  const shift = off > 0 ? -HOUR : HOUR
  const moved = new Date(at.getTime() + shift)
  return moved > from ? moved : new Date(moved.getTime() + DAY)
}
