import { EventEmitter } from 'node:events'

/** Something on a card changed. */
export interface Change {
  cardId: string
  boardId: string
  version: string
  /** Of the whole board, after this change. */
  boardVersion: string
}

export interface Changes {
  tell(change: Change): void
  /** Answers the function that stops listening. */
  listen(hear: (change: Change) => void): () => void
}

/** Carries changes to open frames within this process. */
export function createChanges(): Changes {
  const emitter = new EventEmitter()
  emitter.setMaxListeners(0)
  return {
    tell: (change) => emitter.emit('change', change),
    listen(hear) {
      emitter.on('change', hear)
      return () => emitter.off('change', hear)
    },
  }
}
