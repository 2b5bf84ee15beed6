/** Whoever asks the same thing while it is being asked gets the same answer. Nothing is kept afterwards. */
export function createSingleFlight(): <T>(what: string, ask: () => Promise<T>) => Promise<T> {
  const flights = new Map<string, Promise<unknown>>()
  return async <T>(what: string, ask: () => Promise<T>): Promise<T> => {
    const flight = flights.get(what)
    // One question has one kind of answer: the key names it.
    if (flight) return flight as Promise<T>
    const own = ask().finally(() => flights.delete(what))
    flights.set(what, own)
    return own
  }
}
