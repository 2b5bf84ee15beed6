const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', timeZone: 'Europe/London' })

/** "23 November". @param instant as a system writes it; told as it came when it is no time */
export function dayWords(instant: string): string {
  const at = Date.parse(instant)
  return Number.isNaN(at) ? instant : day.format(at)
}
