import { z } from 'zod'
import type { Act, World } from '../act.ts'
import { helpAnsweredNotice, helpAskedNotice } from '../asking-notices.ts'
import { newId } from '../ids.ts'
import { finalStates } from '../life.ts'
import { about, requestOf } from './common.ts'

const question = z.strictObject({
  system: z.string().trim().min(1, 'Choose the system.').max(60),
  what: z.string().trim().min(1, 'Say what you see, in a line or two.').max(1000, 'Use at most 1,000 characters.'),
})

/** What a question may be about: it stands in a comment of ours and on the badge, so it is never free text. */
export function helpSystems(world: World): string[] {
  const steps = [...(world.plan?.steps ?? []), ...world.steps.map((step) => step.plan)]
  return [...new Set(steps.map((step) => step.systemName)), 'Something else']
}

/** Anybody on the request asks 2nd line; it becomes their turn. */
export const askHelp: Act<typeof question> = {
  name: 'ask-help',
  on: 'request',
  input: question,
  readsCard: false,
  allows(world, _actor, { system }) {
    const { request } = world
    if (!request) return { code: 'no-request', sentence: 'Nobody has asked for access on this card yet.', status: 409 }
    if (finalStates.includes(request.state))
      return {
        code: 'closed',
        sentence: 'This request is closed. Ask again on it, or ask 2nd line directly.',
        status: 409,
      }
    if (!helpSystems(world).includes(system))
      return {
        code: 'input',
        sentence: 'There is 1 thing to put right.',
        fields: { system: 'Choose one of the systems.' },
        status: 422,
      }
    return null
  },
  statement: (world, input) => ({ request: world.request?.id ?? null, ...input }),
  async carryOut(doing, world, { system, what }) {
    const help = {
      id: newId(),
      request_id: requestOf(world).id,
      asked_by: doing.actor.person.id,
      asked_at: doing.clock.calendar(),
    }
    await doing.tx
      .insertInto('help')
      .values({ ...help, system, what })
      .execute()
    doing.log({ ...about(doing, world), type: 'help-asked', data: { help: help.id, system } })
    doing.notify(helpAskedNotice(world, doing.actor.person, system, help.asked_at))
    return '2nd line was asked. The answer comes as a comment on this card.'
  },
}

const reply = z.strictObject({
  help: z.string().min(1).max(60),
  answer: z.string().trim().min(1, 'Write the answer.').max(2000, 'Use at most 2,000 characters.'),
})

export const answerHelp: Act<typeof reply> = {
  name: 'answer-help',
  on: 'request',
  input: reply,
  readsCard: false,
  allows(world, _actor, { help }) {
    const asked = world.helps.find((row) => row.id === help)
    if (!asked) return { code: 'unknown-help', sentence: 'We do not know this question any more.', status: 404 }
    if (asked.answered_at) return { code: 'answered', sentence: 'This has been answered already.', status: 409 }
    return null
  },
  statement: (world, input) => ({ request: world.request?.id ?? null, ...input }),
  async carryOut(doing, world, { help, answer }) {
    const asked = world.helps.find((row) => row.id === help)
    await doing.tx
      .updateTable('help')
      .set({ answered_by: doing.actor.person.id, answered_at: doing.clock.calendar(), answer })
      .where('id', '=', help)
      .execute()
    doing.log({ ...about(doing, world), type: 'help-answered', data: { help } })
    if (asked) doing.notify(helpAnsweredNotice(world, asked.asked_by, asked.system))
    return 'The answer is sent.'
  },
}
