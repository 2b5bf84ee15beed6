import { z } from 'zod'
import type { Act, Actor, Refusal, World } from '../act.ts'
import { refusedByTable } from '../authorisation.ts'
import { attachedNotice, notForThemNotice } from '../notices.ts'
import { relationsOf } from '../relations.ts'
import { createRequest, duplicate, mayOpen } from './ask.ts'
import { about, changeRequest, onlyIn, requestOf } from './common.ts'

const input = z.strictObject({
  engineer: z.string().min(1, 'Choose the engineer this card is for.').max(60),
  /** Only for a card that is no copy of a template. */
  level: z.string().max(40).default(''),
})

/**
 * Names the engineer of a candidate card, also in place of one who has not asked, or takes in a card by hand. The
 * request opens with the engineer's own click.
 */
export const attach: Act<typeof input> = {
  name: 'attach',
  on: 'card',
  input,
  readsCard: true,
  engineerOf: (_actor, { engineer }) => engineer,
  namesEngineer: true,
  allows(world, actor, { engineer }) {
    if (world.engineer?.id !== engineer)
      return world.people.has(engineer)
        ? onlyIn(world, ['candidate'])
        : {
            code: 'unknown-person',
            sentence: 'We do not know this person. A register keeper can add them.',
            status: 422,
          }
    if (world.engineer.left?.value)
      return { code: 'left', sentence: `${world.engineer.fullName} has left, so nobody can ask for them.`, status: 409 }
    if (named(world) === engineer)
      return { code: 'attached', sentence: `This card is for ${world.engineer.fullName} already.`, status: 409 }
    return refusedToName(world, actor) ?? mayOpen({ ...world, engineer: null }) ?? duplicate(world)
  },
  statement: (world, { engineer, level }) => ({ engineer, level: levelOf(world, level), way: world.card.way }),
  async carryOut(doing, world, { engineer, level: chosen }) {
    const before = world.request?.state === 'candidate' ? world.request : null
    if (before) await letGo(doing, world)
    const level = levelOf(world, chosen)
    if (level !== world.card.level)
      await doing.tx.updateTable('card').set({ level }).where('id', '=', world.card.id).execute()
    const card = { ...world.card, level }
    const request = await createRequest(doing, { ...world, card }, engineer, 'candidate')
    const attached = { ...world, card, request }
    doing.log({ ...about(doing, attached), type: 'request-attached', data: { level, way: card.way } })
    const name = world.engineer?.fullName ?? 'The engineer'
    if (doing.actor.person.id === engineer) return 'This card is for you now. Ask for access when you are ready.'
    doing.notify(attachedNotice(attached))
    return `This card is for ${name} now. ${name} opens the request with a click of their own.`
  },
}

/** The engineer who is named on the card and has not asked yet. */
function named({ request }: World): string | null {
  return request?.state === 'candidate' ? request.person_id : null
}

/** A copy has its template's level; only a card that was taken in by hand is given one. */
function levelOf({ card, ruleSet }: World, chosen: string): string {
  return card.way === 'attached' && Object.hasOwn(ruleSet.levels, chosen) ? chosen : card.level
}

/**
 * Whether somebody may put another name in place of the one on the card: whoever could have named that one, or did.
 * `null`: they may, or the card names nobody.
 */
export function refusedToName(world: World, actor: Actor): Refusal | null {
  const now = world.people.get(named(world) ?? '')
  if (!now || world.request?.attached_by === actor.person?.id) return null
  const sentence = refusedByTable('attach', relationsOf(actor, now, []))
  return sentence === null ? null : { code: 'not-allowed', sentence, status: 403 }
}

/** Whom this actor may name on the card. */
export function whoCanBeNamed(world: World, actor: Actor): string[] {
  if (refusedToName(world, actor)) return []
  return whoCouldBeNamed(world.people, actor).filter((id) => id !== named(world))
}

/** Whom this actor may name on a card that nobody is named on. */
export function whoCouldBeNamed(people: World['people'], actor: Actor): string[] {
  return [...people.values()]
    .filter((person) => !person.left?.value)
    .filter((person) => refusedByTable('attach', relationsOf(actor, person, [])) === null)
    .map((person) => person.id)
}

const nothing = z.strictObject({})

/** "This is not for me", or a wrong name taken off again, before the engineer has asked. The card can be named anew. */
export const detach: Act<typeof nothing> = {
  name: 'detach',
  on: 'request',
  input: nothing,
  readsCard: false,
  allows: (world) => onlyIn(world, ['candidate']),
  statement: (world) => ({ request: world.request?.id ?? null, engineer: world.request?.person_id ?? null }),
  async carryOut(doing, world) {
    const { attached_by } = requestOf(world)
    await letGo(doing, world)
    const own = doing.actor.person.id === world.request?.person_id
    if (own && attached_by !== doing.actor.person.id) doing.notify(notForThemNotice(world, attached_by))
    return own
      ? 'This card is not for you any more. Somebody can name its engineer anew.'
      : `This card is not for ${world.engineer?.firstName ?? 'them'} any more. Name its engineer anew.`
  },
}

async function letGo(doing: Parameters<Act['carryOut']>[0], world: World): Promise<void> {
  const request = requestOf(world)
  await changeRequest(doing, request, { closed_by: doing.actor.person.id }, 'withdrawn')
  // Whose name came off is not who is named next.
  doing.log({ ...about(doing, world), personId: request.person_id, type: 'request-detached', data: {} })
}
