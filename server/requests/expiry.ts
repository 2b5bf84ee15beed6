import { DAY } from '../clock.ts'
import type { Doing, World } from './act.ts'
import { changeRequest } from './acts/common.ts'
import { addDays, EXPIRING, firstExpiryDay, NOTICE_DAYS, quietDays } from './expiry-day.ts'
import { beforeApproval } from './life.ts'
import { newVersion } from './new-version.ts'
import { expiredNotice, expiringNotice } from './notices.ts'
import { type OwnParts, onEachCard } from './on-card.ts'
import { loadWorld } from './world.ts'

/**
 * Gives notice of what will expire, and expires what had its notice. Each request in a transaction of its own.
 * @returns cards that changed
 */
export async function expireQuiet(parts: OwnParts): Promise<string[]> {
  const { db, office } = parts
  const days = quietDays(office.installation)
  const quietSince = new Date(office.clock.calendar().getTime() - (days - NOTICE_DAYS - 1) * DAY)
  const quiet = await db.kysely
    .selectFrom('request')
    .select(['id', 'card_id'])
    .where('state', 'in', [...beforeApproval])
    .where('state_since', '<', quietSince)
    .where((eb) => eb.or([eb('moved_at', 'is', null), eb('moved_at', '<', quietSince)]))
    .orderBy('state_since')
    .execute()
  const requestOn = new Map(quiet.map(({ id, card_id }) => [card_id, id]))
  return onEachCard(parts, [...requestOn.keys()], async (doing, card) => {
    const world = await loadWorld(doing.tx, office, card)
    if (!world || world.request?.id !== requestOn.get(card)) return false
    return expireOne(doing, world, days)
  })
}

async function expireOne(
  doing: Pick<Doing, 'tx' | 'clock' | 'log' | 'notify'>,
  world: World,
  days: number,
): Promise<boolean> {
  const { request, today } = world
  if (!request || !beforeApproval.includes(request.state)) return false
  const due = firstExpiryDay(request, days)
  const noticed = world.expires
  if (noticed === null && today >= addDays(due, -NOTICE_DAYS)) {
    const last = [due, addDays(today, NOTICE_DAYS)].sort().at(-1) ?? due
    doing.notify(expiringNotice(world, `${EXPIRING}${last}`, last))
  } else if (noticed !== null && today >= noticed) {
    await changeRequest(doing, request, {}, 'expired')
    const about = { requestId: request.id, personId: request.person_id, stepId: null, boardId: request.board_id }
    doing.log({ ...about, type: 'expired', actor: 'system', data: {} })
    doing.notify(expiredNotice(world))
  } else return false
  await newVersion(doing.tx, request.id, doing.clock)
  return true
}
