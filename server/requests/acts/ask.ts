import { json } from '../../db/json.ts'
import type { Act, Actor, Doing, Refusal, RequestRow, World } from '../act.ts'
import { newRequestId } from '../ids.ts'
import { gathering, openStates } from '../life.ts'
import { setAsideHidden } from '../set-aside.ts'
import { linkAccounts } from './accounts.ts'
import { about, changeRequest, onlyIn } from './common.ts'
import { appsFrom, type Details, detailsSchema, resolveAccounts } from './details.ts'

/** The engineer's own click: it opens the request. Nobody else can ask for somebody. */
export const ask: Act<typeof detailsSchema> = {
  name: 'ask',
  on: 'card',
  input: detailsSchema,
  readsCard: false,
  engineerOf: (actor) => actor.person.id,
  resolve: resolveAccounts,
  allows: (world) => mayOpen(world) ?? duplicate(world),
  statement: (world, input) => said(world, input),
  async carryOut(doing, world, input) {
    const request = await openRequest(doing, world)
    await writeDetails(doing, { ...world, request }, input)
    return 'You have asked for access. Your answers are kept.'
  },
}

/** Answers what was missing, before anybody decides. */
export const giveDetails: Act<typeof detailsSchema> = {
  name: 'give-details',
  on: 'request',
  input: detailsSchema,
  readsCard: false,
  resolve: resolveAccounts,
  allows: (world) => onlyIn(world, gathering),
  statement: (world, input) => said(world, input),
  async carryOut(doing, world, input) {
    const request = world.request
    if (!request) return 'Nobody has asked for access on this card yet.'
    await writeDetails(doing, world, input)
    if (request.state === 'changes-asked') await changeRequest(doing, request, { changes_asked: null }, 'open')
    return 'Your details are kept.'
  },
}

function said(world: World, input: Details) {
  return {
    level: world.request?.level ?? world.card.level,
    engineer: world.engineer?.id ?? null,
    accounts: input.accounts,
  }
}

/** Whether a request may be opened on this card by its engineer. */
export function mayOpen(world: World): Refusal | null {
  const { request, card, engineer } = world
  if (card.kind === 'template')
    return {
      code: 'template',
      sentence: 'This is the template. Copy it to your team’s board and ask there.',
      status: 409,
    }
  if (card.closed || card.deleted_at)
    return { code: 'card-closed', sentence: 'This card is archived. Bring it back first.', status: 409 }
  if (!world.board)
    return {
      code: 'board-not-connected',
      sentence:
        'This board is not connected yet. A register keeper or Senior Tech can connect it in the Power-Up’s settings.',
      status: 409,
    }
  if (request && openStates.includes(request.state) && request.state !== 'candidate')
    return {
      code: 'asked-already',
      sentence: 'You have asked already. Your answers are kept on this card.',
      status: 409,
    }
  if (request && request.state === 'granted')
    return { code: 'granted-already', sentence: 'You have this access already.', status: 409 }
  if (request && request.state === 'candidate' && engineer && request.person_id !== engineer.id)
    return {
      code: 'of-another',
      sentence: 'This card is for somebody else. Only the engineer named on it can ask.',
      status: 403,
    }
  return null
}

/** One open request per engineer and level: the second card says where the first one is. */
export function duplicate(world: World): Refusal | null {
  const { engineer, elsewhere } = world
  if (!engineer || !elsewhere) return null
  const level = world.plan?.levelName ?? 'this level'
  return {
    code: 'duplicate',
    sentence: `${engineer.firstName} already has an open request for ${level}. Go to that card, or withdraw it there and ask again here.`,
    status: 409,
  }
}

/** Opens the card's request, or moves the attached one on. Throws when the same person has one open elsewhere. */
export async function openRequest(doing: Doing<Actor>, world: World): Promise<RequestRow> {
  const { engineer, request } = world
  if (!engineer) throw new TypeError('A request needs its engineer.')
  const returns = world.returning ? { returns: world.returning.request } : {}
  if (request?.state === 'candidate') {
    await changeRequest(doing, request, {}, 'open')
    doing.log({ ...about(doing, world), type: 'request-opened', data: { level: request.level, ...returns } })
    return { ...request, state: 'open' }
  }
  const created = await createRequest(doing, world, engineer.id, 'open')
  doing.log({
    ...about(doing, { ...world, request: created }),
    type: 'request-opened',
    data: { level: created.level, ...returns },
  })
  return created
}

/**
 * Writes a new request for the card, linked to the finished one before it: of whoever returns what was revoked, else on
 * the same card. Reason and applications come along, and nothing that anybody judged, confirmed or reviewed.
 */
export async function createRequest(
  doing: Doing<Actor>,
  world: World,
  personId: string,
  state: 'candidate' | 'open',
): Promise<RequestRow> {
  const { card, request: before } = world
  const returning = world.engineer?.id === personId ? world.returning : null
  const now = doing.clock.calendar()
  const row = await doing.tx
    .insertInto('request')
    .values({
      id: newRequestId(),
      card_id: card.id,
      board_id: card.board_id,
      person_id: personId,
      level: card.level,
      rule_set: world.ruleSet.id,
      state,
      state_since: now,
      attached_by: doing.actor.person?.id ?? personId,
      signon_apps: json(returning?.signonApps ?? { production: ['Release'] }),
      apprentice: json({ confident: null, wantsSecondary: null, lineManagerAgrees: null }),
      reason: before?.person_id === personId ? before.reason : (returning?.reason ?? null),
      previous_request_id: returning?.request ?? before?.id ?? null,
      version: 1,
      updated_at: doing.clock.wall(),
      created_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await doing.tx.updateTable('card').set({ kind: 'request' }).where('id', '=', card.id).execute()
  // The card is about this one from now on.
  await setAsideHidden(doing, card.id)
  return row
}

/** Writes the details that were typed; a field left empty changes nothing. */
export async function writeDetails(doing: Doing<Actor>, world: World, details: Details): Promise<void> {
  const { request, engineer } = world
  if (!request || !engineer) throw new TypeError('Details belong to a request.')
  await linkAccounts(doing, world, engineer.id, details.accounts)
  const said = { by: engineer.id, date: world.today, reference: null, recordedBy: null }
  const apprentice = {
    ...request.apprentice,
    ...(details.confident ? { confident: said } : {}),
    ...(details.wantsSecondary ? { wantsSecondary: said } : {}),
  }
  await changeRequest(doing, request, {
    ...(details.reason === '' ? {} : { reason: details.reason }),
    signon_apps: json(appsFrom(details.signonApps, request.signon_apps)),
    apprentice: json(apprentice),
  })
  doing.log({ ...about(doing, world), type: 'details-given', data: { given: givenFields(details) } })
}

function givenFields(details: Details): string[] {
  const texts = (['email', 'github', 'aws', 'reason', 'signonApps'] as const).filter((name) => details[name] !== '')
  const clicks = (['confident', 'wantsSecondary'] as const).filter((name) => details[name])
  return [...texts, ...clicks]
}
