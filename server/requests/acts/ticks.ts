import { z } from 'zod'
import type { Act } from '../act.ts'
import { about } from './common.ts'

const nothing = z.strictObject({})

/** "These are mine": ticks that others made, or whose maker we do not know, become the engineer's own statement. */
export const claimTicks: Act<typeof nothing> = {
  name: 'claim-ticks',
  on: 'card',
  input: nothing,
  readsCard: true,
  allows(world, actor) {
    if (unclaimed(world.ticks, world.members.get(actor.person.id) ?? null).length > 0) return null
    return { code: 'none', sentence: 'There are no ticks left to claim.', status: 409 }
  },
  statement: (world) => ({
    items: world.ticks.filter((tick) => tick.complete).map(({ item_id, item_name }) => ({ item_id, item_name })),
  }),
  async carryOut(doing, world) {
    const mine = unclaimed(world.ticks, doing.actor.memberId).map((tick) => tick.item_id)
    await doing.tx
      .updateTable('tick')
      .set({ claimed_by: doing.actor.person.id })
      .where('card_id', '=', world.card.id)
      .where('item_id', 'in', mine)
      .execute()
    doing.log({ ...about(doing, world), type: 'ticks-claimed', data: { items: mine } })
    return mine.length === 1 ? 'This tick counts as yours.' : `These ${mine.length} ticks count as yours.`
  },
}

function unclaimed<T extends { complete: boolean; member_id: string | null; claimed_by: string | null }>(
  ticks: T[],
  memberId: string | null,
): T[] {
  return ticks.filter((tick) => tick.complete && tick.claimed_by === null && tick.member_id !== memberId)
}
