import { useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks'

/** Lists that change while somebody stands on a row: that row is never taken away under them, it changes its text. */

interface Keyed {
  key: string
}

/** The new rows, with those of `held` kept in their places when they are no longer among them. */
export function holdRows<T extends Keyed>(before: T[], after: T[], held: (string | null)[]): T[] {
  return before.reduce((rows, row, index) => {
    if (!held.includes(row.key) || rows.some((one) => one.key === row.key)) return rows
    return rows.toSpliced(Math.min(index, rows.length), 0, row)
  }, after)
}

/** @param gone how a row reads that is only still there because somebody stands on it */
export function shownRows<T extends Keyed>(kept: T[], there: T[], gone: (row: T) => T): T[] {
  const keys = new Set(there.map((row) => row.key))
  return kept.map((row) => (keys.has(row.key) ? row : gone(row)))
}

function focusedRow(): string | null {
  const near = document.activeElement?.closest('[data-row], [data-under]')
  return near?.getAttribute('data-row') ?? near?.getAttribute('data-under') ?? null
}

/**
 * Rows to draw for the rows that there are: the one with the focus, and the one that is open, stay. A button that goes while it has the focus gives the focus to its row.
 * Every row must carry `data-row` with its key, on something that can take focus; what is open under it, `data-under`.
 */
export function useHeld<T extends Keyed>(rows: T[], gone: (row: T) => T, open: string | null = null): T[] {
  const [, draw] = useReducer((count: number) => count + 1, 0)
  const before = useRef(rows)
  const focused = focusedRow()
  // Kept as it was: that it is gone is said once, however often it is drawn.
  before.current = holdRows(before.current, rows, [focused, open])
  const held = shownRows(before.current, rows, gone)
  useLayoutEffect(() => {
    if (focused === null || !held.some((row) => row.key === focused)) return
    if (document.activeElement !== document.body && document.activeElement !== null) return
    const row = [...document.querySelectorAll<HTMLElement>('[data-row]')].find(
      (one) => one.getAttribute('data-row') === focused,
    )
    row?.focus({ preventScroll: true })
  })
  useEffect(() => {
    if (held.length === rows.length) return
    const left = () => setTimeout(() => draw(undefined), 0)
    document.addEventListener('focusout', left)
    return () => document.removeEventListener('focusout', left)
  })
  return held
}
