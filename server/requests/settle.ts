import type { Tx } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { Doing, NewNotice, World } from './act.ts'
import { changeRequest } from './acts/common.ts'
import { keeperNotice, lineManagerNotice } from './asking-notices.ts'
import { currentRequest } from './current.ts'
import { newVersion } from './new-version.ts'
import { isTold, readyNotice } from './notices.ts'
import { loadWorld, type Office } from './world.ts'

/**
 * Judges a request again after anything that it rests on changed: between *open* and *ready* it moves by itself, and
 * whoever looks at it learns that something changed. Called last in the transaction of the change.
 */
export async function settle(
  doing: Pick<Doing, 'tx' | 'clock' | 'log' | 'notify'>,
  office: Office,
  cardId: string,
): Promise<void> {
  const world = await loadWorld(doing.tx, office, cardId)
  const request = world?.request
  if (!world || !request) return
  const event = {
    actor: 'system',
    requestId: request.id,
    personId: request.person_id,
    stepId: null,
    boardId: request.board_id,
  }
  const complete = (world.plan?.missing.length ?? 1) === 0 && !world.findings.some((finding) => finding.holdsUpReady)
  if (request.state === 'open' && complete) {
    await changeRequest(doing, request, {}, 'ready')
    doing.log({ ...event, type: 'ready', data: {} })
    doing.notify(readyNotice(world))
  } else if (request.state === 'ready' && !complete) {
    await changeRequest(doing, request, {}, 'open')
    doing.log({ ...event, type: 'no-longer-ready', data: {}, detail: { changes: missingWords(world) } })
  } else if (request.state === 'ready') await askNewLead(doing, world)
  // It may have moved just now.
  const standing = { ...world, request: await currentRequest(doing.tx, cardId) }
  const manager = await lineManagerAsked(doing.tx, standing)
  if (manager) doing.notify(lineManagerNotice(world, manager))
  const keeper = keeperAsked(standing)
  if (keeper && !(await isTold(doing.tx, keeper))) doing.notify(keeper)
  await newVersion(doing.tx, request.id, doing.clock)
}

/** What is missing now, in the words of the conditions. It can tell of somebody's private matters. */
function missingWords({ plan, findings }: World): string[] {
  const labels = findings.filter((finding) => finding.holdsUpReady).map(({ label }) => label)
  return [...labels, ...(plan?.missing ?? []).map(({ sentence }) => sentence.replace(/\.$/, ''))]
}

/** Whoever leads the engineer since it was ready is asked as whoever led them before was, once for each request. */
async function askNewLead({ tx, notify }: Pick<Doing, 'tx' | 'notify'>, world: World): Promise<void> {
  const lead = world.engineer?.techLead?.value
  const request = world.request
  if (!request || !lead || !world.sponsors.includes(lead)) return
  const told = await tx
    .selectFrom('notice')
    .select(['id', 'kind', 'state', 'mentions'])
    .where('request_id', '=', request.id)
    .where('kind', 'in', ['ready', 'reminder'])
    .execute()
  if (told.some(({ mentions }) => mentions.includes(lead))) return
  const notSent = told.find(({ kind, state }) => kind === 'ready' && state === 'owed')
  if (!notSent) return notify(readyNotice(world))
  const { mentions } = readyNotice(world)
  await tx
    .updateTable('notice')
    .set({ mentions: json(mentions) })
    .where('id', '=', notSent.id)
    .execute()
}

/** As the badge has it: while somebody's confirmation is waited for, it does not say that the register lacks something. */
function keeperAsked(world: World): NewNotice | null {
  const { request, findings } = world
  if (request?.state !== 'open') return null
  const others = findings.filter((finding) => finding.holdsUpReady && finding.turn !== 'engineer')
  if (others.length === 0 || others.some((finding) => finding.turn === 'line-manager')) return null
  return keeperNotice(world, request.state_since)
}

/** The line manager, once it is their turn: the engineer's own part is done. Told once for each request. */
async function lineManagerAsked(tx: Tx, world: World): Promise<string | null> {
  const { request, findings, plan } = world
  if (request?.state !== 'open') return null
  const waits = findings.some((finding) => finding.id === 'AP-line-manager' && finding.turn === 'line-manager')
  const engineers = findings.some((finding) => finding.turn === 'engineer' && finding.holdsUpReady)
  if (!waits || engineers || plan?.missing.length !== 0) return null
  const told = await isTold(tx, { requestId: request.id, kind: 'line-manager' })
  return told ? null : (world.engineer?.lineManager?.value ?? null)
}
