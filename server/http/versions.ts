import type { Database } from '../db/database.ts'
import type { Changes } from './changes.ts'

/** What a version is: it differs exactly when something that a viewer could see may have changed. */
export interface Versions {
  ofCard(cardId: string): Promise<string>
  /** Of everything on a board. */
  ofBoard(boardId: string): Promise<string>
  /** Of the cards that changed since then, by card id. */
  since(moment: Date): Promise<Map<string, string>>
  /** Tells open frames that a card changed. */
  tell(cardId: string): Promise<void>
}

export function createVersions(db: Database, changes: Changes): Versions {
  async function ofCard(cardId: string): Promise<string> {
    const row = await db.kysely
      .selectFrom('card')
      .leftJoin('request', 'request.card_id', 'card.id')
      .select(['card.read_at', 'request.version', 'request.id'])
      .where('card.id', '=', cardId)
      .orderBy('request.created_at', 'desc')
      .limit(1)
      .executeTakeFirst()
    return row ? written(row) : ''
  }

  async function since(moment: Date): Promise<Map<string, string>> {
    const newest = db.kysely
      .selectFrom('card')
      .leftJoin('request', 'request.card_id', 'card.id')
      .distinctOn('card.id')
      .select(['card.id as card_id', 'card.read_at', 'request.version', 'request.id', 'request.updated_at'])
      .orderBy('card.id')
      .orderBy('request.created_at', 'desc')
    const rows = await db.kysely
      .selectFrom(newest.as('newest'))
      .select(['card_id', 'read_at', 'version', 'id'])
      .where((eb) => eb.or([eb('read_at', '>', moment), eb('updated_at', '>', moment)]))
      .execute()
    return new Map(rows.map((row) => [row.card_id, written(row)]))
  }

  async function ofBoard(boardId: string): Promise<string> {
    const row = await db.kysely
      .selectFrom('card')
      .leftJoin('request', 'request.card_id', 'card.id')
      .select((eb) => [
        eb.fn.max('card.read_at').as('read'),
        eb.fn.sum<number>('request.version').as('versions'),
        eb.fn.countAll<number>().as('rows'),
      ])
      .where('card.board_id', '=', boardId)
      .executeTakeFirst()
    return `board-${Number(row?.rows ?? 0)}-${Number(row?.versions ?? 0)}-${row?.read?.getTime() ?? 0}`
  }

  return {
    ofCard,
    ofBoard,
    since,
    async tell(cardId) {
      const card = await db.kysely.selectFrom('card').select('board_id').where('id', '=', cardId).executeTakeFirst()
      if (!card) return
      const [version, boardVersion] = await Promise.all([ofCard(cardId), ofBoard(card.board_id)])
      changes.tell({ cardId, boardId: card.board_id, version, boardVersion })
    },
  }
}

function written(row: { id: string | null; version: number | null; read_at: Date }): string {
  return `${row.id ?? 'card'}-${row.version ?? 0}-${row.read_at.getTime()}`
}
