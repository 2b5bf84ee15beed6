import type { SectionView } from '../../server/http/api.ts'
import type { Shelf } from '../kept.ts'

/** The last state that was read, with its time: it is there at once, and it stays when nothing can be read. */
export interface Known {
  view: SectionView
  at: Date
}

/** @param build names what was built, so that a state kept by an older page is not drawn by a newer one */
export function createLastKnown(shelf: Shelf, build: string, member: string, card: string) {
  const key = `section ${member} ${card}`
  return {
    read(): Known | null {
      const kept = shelf.read(key)
      if (typeof kept !== 'object' || kept === null || !('build' in kept) || kept.build !== build) return null
      if (!('view' in kept) || !('at' in kept) || typeof kept.at !== 'string') return null
      // Written by this very build, below.
      return { view: kept.view as SectionView, at: new Date(kept.at) }
    },
    write(view: SectionView, at: Date): void {
      shelf.write(key, { build, view, at: at.toISOString() })
    },
    forget(): void {
      shelf.drop(key)
    },
  }
}
