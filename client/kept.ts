/** What this browser tab keeps, where it may: some browsers refuse storage to framed pages, and then nothing is kept. */

export interface Shelf {
  read(key: string): unknown
  write(key: string, value: unknown): void
  drop(key: string): void
}

export function createShelf(open: () => Storage = () => sessionStorage): Shelf {
  function guarded<T>(use: (storage: Storage) => T): T | null {
    try {
      return use(open())
    } catch {
      return null
    }
  }
  return {
    read: (key) => guarded((storage): unknown => JSON.parse(storage.getItem(key) ?? 'null')),
    write: (key, value) => void guarded((storage) => storage.setItem(key, JSON.stringify(value))),
    drop: (key) => void guarded((storage) => storage.removeItem(key)),
  }
}
