import { useEffect, useMemo, useState } from 'preact/hooks'
import { oneAtATime } from '../one-at-a-time.ts'

export interface Reading<View> {
  /** What was read last; it stays while it cannot be read again. */
  known: { view: View; at: Date } | null
  /** Why it could not be read the last time; `null` where it could. */
  problem: unknown
  /** Reads it once more. */
  load(): Promise<void>
  setProblem(problem: unknown): void
}

/**
 * Reads what a page shows, at once and then on a timer while somebody can see the page.
 * @param read as it stands at the first drawing: what it goes by belongs in a ref
 * @param before what must be known before the first reading
 */
export function useReading<View>(
  everyMs: number,
  read: () => Promise<View | null>,
  before: () => Promise<void> = async () => {},
): Reading<View> {
  const [known, setKnown] = useState<{ view: View; at: Date } | null>(null)
  const [problem, setProblem] = useState<unknown>(null)
  const load = useMemo(
    () =>
      oneAtATime(async () => {
        try {
          const view = await read()
          if (view) setKnown({ view, at: new Date() })
          setProblem(null)
        } catch (error) {
          setProblem(error)
        }
      }),
    [],
  )
  useEffect(() => {
    void before().then(load)
    const timer = setInterval(() => !document.hidden && void load(), everyMs)
    return () => clearInterval(timer)
  }, [])
  return { known, problem, load, setProblem }
}
