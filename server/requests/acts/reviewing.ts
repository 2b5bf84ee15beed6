import { z } from 'zod'
import { json } from '../../db/json.ts'
import type { Act, LinkedActor, Refusal, World } from '../act.ts'
import { gathering } from '../life.ts'
import { about, changeRequest, onlyIn, requestOf } from './common.ts'
import { lineAsked } from './lines.ts'

const day = z.iso.date('Use a date such as 2026-11-24.')

const review = z
  .strictObject({
    reference: lineAsked('Give the link or number of the form response you read.'),
    formVersion: z
      .string()
      .trim()
      .min(1, 'Say which version of the form it was.')
      .max(60, 'Use at most 60 characters.'),
    date: day,
  })
  .catchall(z.boolean())

/** A Senior Tech member has read the preparedness form response, and says so for each learning objective by name. */
export const reviewPreparedness: Act<typeof review> = {
  name: 'review-preparedness',
  on: 'request',
  input: review,
  readsCard: false,
  allows(world, _actor, input): Refusal | null {
    const wrongState = onlyIn(world, gathering)
    if (wrongState) return wrongState
    if (objectivesOf(world).length === 0)
      return { code: 'no-review', sentence: 'This level needs no review of a preparedness form.', status: 409 }
    if (input.date > world.today)
      return {
        code: 'input',
        sentence: 'There is 1 thing to put right.',
        fields: { date: 'Use a date that is not in the future.' },
        status: 422,
      }
    const left = objectivesOf(world).filter(({ id }) => input[`objective-${id}`] !== true)
    if (left.length === 0) return null
    const fields = Object.fromEntries(left.map(({ id }) => [`objective-${id}`, 'Confirm this, or ask for changes.']))
    return { code: 'input', sentence: `${left.length} of the objectives are not confirmed.`, fields, status: 422 }
  },
  statement: (world, input) => ({ request: world.request?.id ?? null, review: input, objectives: objectivesOf(world) }),
  async carryOut(doing, world, input) {
    const kept = reviewOf(world, doing.actor, input)
    await changeRequest(doing, requestOf(world), { review: json(kept) })
    doing.log({
      ...about(doing, world),
      type: 'review-recorded',
      data: { formVersion: kept.formVersion, date: kept.date, objectives: kept.objectives },
    })
    return 'The review is saved.'
  },
}

function reviewOf(world: World, actor: LinkedActor, input: z.infer<typeof review>) {
  return {
    reviewer: actor.person.id,
    reviewerName: actor.person.fullName,
    date: String(input.date),
    reference: String(input.reference),
    formVersion: String(input.formVersion),
    objectives: objectivesOf(world).map(({ id }) => id),
  }
}

/** The learning objectives that the level's review must confirm, each with the page's own words. */
function objectivesOf(world: World): { id: string; sentence: string }[] {
  return world.ruleSet.objectivesOf(world.request?.level ?? world.card.level)
}

const nothing = z.strictObject({})

/** The line manager's own word: an apprentice may go for Production Admin. */
export const lineManagerAgrees: Act<typeof nothing> = {
  name: 'line-manager-agrees',
  on: 'request',
  input: nothing,
  readsCard: false,
  allows: (world) => onlyIn(world, gathering) ?? notNeeded(world),
  statement: (world) => ({
    request: world.request?.id ?? null,
    says: 'I agree that this apprentice has Production Admin',
  }),
  async carryOut(doing, world) {
    const agreed = { by: doing.actor.person.id, date: world.today, reference: null, recordedBy: null }
    await keepAgreement(doing, world, agreed)
    return 'Your word is kept.'
  },
}

const recorded = z.strictObject({
  date: day,
  reference: lineAsked('Say where the line manager said so.'),
})

/** Senior Tech records that the line manager agreed elsewhere, with date and reference. */
export const recordLineManager: Act<typeof recorded> = {
  name: 'record-line-manager',
  on: 'request',
  input: recorded,
  readsCard: false,
  allows(world, _actor, input): Refusal | null {
    if (!world.engineer?.lineManager)
      return {
        code: 'no-line-manager',
        sentence: 'We do not know who the line manager is. A register keeper can add them.',
        status: 409,
      }
    if (input.date > world.today)
      return {
        code: 'input',
        sentence: 'There is 1 thing to put right.',
        fields: { date: 'Use a date that is not in the future.' },
        status: 422,
      }
    return onlyIn(world, gathering) ?? notNeeded(world)
  },
  statement: (world, input) => ({ request: world.request?.id ?? null, ...input }),
  async carryOut(doing, world, input) {
    const by = world.engineer?.lineManager?.value ?? ''
    await keepAgreement(doing, world, {
      by,
      date: input.date,
      reference: input.reference,
      recordedBy: doing.actor.person.id,
    })
    return 'The line manager’s word is recorded.'
  },
}

/** Asked for apprentices only, and then by a finding of its own. Says nothing of why, which is private. */
function notNeeded(world: World): Refusal | null {
  if (world.findings.some((finding) => finding.id === 'AP-line-manager')) return null
  return { code: 'not-needed', sentence: 'This request needs no word of the line manager.', status: 409 }
}

async function keepAgreement(
  doing: Parameters<Act['carryOut']>[0],
  world: World,
  agreed: { by: string; date: string; reference: string | null; recordedBy: string | null },
): Promise<void> {
  const request = requestOf(world)
  await changeRequest(doing, request, { apprentice: json({ ...request.apprentice, lineManagerAgrees: agreed }) })
  doing.log({ ...about(doing, world), type: 'line-manager-agreed', data: { recorded: agreed.recordedBy !== null } })
}
