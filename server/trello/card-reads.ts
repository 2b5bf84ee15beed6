/**
 * Reads of one card, one after the other: two at once could write down the older answer last. Whoever asks while one is
 * under way gets the next one, which sees everything that had happened when it was asked for.
 */
export function createCardReads(read: (cardId: string) => Promise<void>): {
  ask(cardId: string): Promise<void>
  settled(): Promise<void>
} {
  const running = new Map<string, Promise<void>>()
  const next = new Map<string, Promise<void>>()

  function begin(cardId: string): Promise<void> {
    const work = read(cardId).finally(() => {
      if (running.get(cardId) === work) running.delete(cardId)
    })
    running.set(cardId, work)
    return work
  }

  return {
    ask(cardId) {
      const waiting = next.get(cardId)
      if (waiting) return waiting
      const now = running.get(cardId)
      if (!now) return begin(cardId)
      const later = now
        .catch(() => {})
        .then(() => {
          next.delete(cardId)
          return begin(cardId)
        })
      next.set(cardId, later)
      return later
    },
    async settled() {
      await Promise.allSettled([...running.values(), ...next.values()])
    },
  }
}
