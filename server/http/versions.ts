import type { Database } from '../db/database.ts'
import type { Changes } from './changes.ts'

/** What a version is: it differs exactly when something that a viewer could see may have changed. */
export interface Versions {
  ofCard(cardId: string): Promise<string>
  /** Of everything on a board. */
  ofBoard(boardId: string): Promise<string>
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
    return row ? `${row.id ?? 'card'}-${row.version ?? 0}-${row.read_at.getTime()}` : ''
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
    async tell(cardId) {
      const card = await db.kysely.selectFrom('card').select('board_id').where('id', '=', cardId).executeTakeFirst()
      if (!card) return
      const [version, boardVersion] = await Promise.all([ofCard(cardId), ofBoard(card.board_id)])
      changes.tell({ cardId, boardId: card.board_id, version, boardVersion })
    },
  }
}
