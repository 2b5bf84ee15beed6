export interface Repeating {
  /** Does it every so often, never twice at once. */
  every(ms: number, work: () => Promise<unknown>): void
  /** Begins nothing more and waits for what is under way. */
  stop(): Promise<void>
}

/** Work that comes again by itself. */
export function createRepeating(report: (error: unknown) => void): Repeating {
  const timers: NodeJS.Timeout[] = []
  const running = new Set<Promise<unknown>>()
  return {
    every(ms, work) {
      let busy = false
      const once = () => {
        if (busy) return
        busy = true
        const round: Promise<unknown> = work()
          .catch(report)
          .finally(() => {
            busy = false
            running.delete(round)
          })
        running.add(round)
      }
      timers.push(setInterval(once, ms))
    },
    async stop() {
      for (const timer of timers) clearInterval(timer)
      await Promise.all(running)
    },
  }
}
