import type { Database } from '../../db/database.ts'
import type { ExportState } from '../../grants/export-states.ts'
import type { CardHost } from '../../requests/card-host.ts'
import type { Office } from '../../requests/world.ts'
import type { Connection } from '../views/settings.ts'

/** What the loading of views needs of the rest of the house. */
export interface ReadingParts {
  db: Database
  office: Office
  host: CardHost
  /** Health of every connection, for the settings. */
  connections(): Promise<Connection[]>
  /** Whether our own records can be read at all. */
  recordsAnswer(): Promise<boolean>
  /** Reads a card again: ours may still say that it is where it was moved from. */
  refresh(cardId: string): Promise<void>
  /** Looks in the systems for what no record has, before somebody revokes a card’s request. */
  lookForMore(cardId: string): Promise<void>
  /** A sentence while what we show may be old, or `null`. */
  oldBecause(boardId: string): Promise<string | null>
  /** Texts of checklist items on templates and cards that no map knows. */
  unmapped(): Promise<string[]>
  /** Systems of which people bring exports. */
  exports(): Promise<ExportState[]>
}
