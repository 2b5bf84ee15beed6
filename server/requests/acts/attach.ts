import { z } from 'zod'
import type { Act } from '../act.ts'
import { createRequest, duplicate, mayOpen } from './ask.ts'
import { about } from './common.ts'

const input = z.strictObject({
  engineer: z.string().min(1, 'Choose the engineer this card is for.').max(60),
  /** Only for a card that is no copy of a template. */
  level: z.string().max(40).default(''),
})

/** Names the engineer of a candidate card, or takes in a card by hand. The request opens with the engineer's own click. */
export const attach: Act<typeof input> = {
  name: 'attach',
  on: 'card',
  input,
  readsCard: true,
  engineerOf: (_actor, { engineer }) => engineer,
  allows(world) {
    if (!world.engineer)
      return {
        code: 'unknown-person',
        sentence: 'We do not know this person. A register keeper can add them.',
        status: 422,
      }
    if (world.engineer.left?.value)
      return { code: 'left', sentence: `${world.engineer.fullName} has left, so nobody can ask for them.`, status: 409 }
    if (world.request?.state === 'candidate')
      return { code: 'attached', sentence: 'This card has its engineer already.', status: 409 }
    return mayOpen(world) ?? duplicate(world)
  },
  statement: (world, { engineer }) => ({ engineer, level: world.card.level, way: world.card.way }),
  async carryOut(doing, world, { engineer }) {
    const request = await createRequest(doing, world, engineer, 'candidate')
    doing.log({
      ...about(doing, { ...world, request }),
      type: 'request-attached',
      data: { level: request.level, way: world.card.way },
    })
    const name = world.engineer?.fullName ?? 'The engineer'
    return `This card is for ${name} now. ${name} opens the request with a click of their own.`
  },
}
