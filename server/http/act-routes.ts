import express, { type Router } from 'express'
import { z } from 'zod'
import { ActRefused } from '../requests/act.ts'
import type { Performing } from '../requests/performing.ts'
import type { ActDone, PreparedAct, SectionView, WindowView } from './api.ts'
import { createActCount } from './limits.ts'
import { HttpProblem } from './problem.ts'
import { type TokenReader, type Viewer, verified, viewerOf } from './who.ts'

const asked = z.strictObject({
  act: z.string().regex(/^[a-z-]{1,40}$/),
  subject: z.string().regex(/^[A-Za-z0-9_-]{1,60}$/),
  input: z.unknown(),
  seen: z.string().max(100_000).default(''),
})
const signed = z.strictObject({ challenge: z.string().max(400), token: z.string().min(20).max(4096) })

export interface ActRouteParts {
  performing: Performing
  tokens: TokenReader
  refused(reason: string): void
  section(viewer: Viewer, cardId: string): Promise<SectionView | null>
  /** A window as it stands now, to be shown again after something changed. */
  windowOf(viewer: Viewer, name: string, subject: string): Promise<WindowView | null>
  /** What was typed in a window has been sent: it is not kept as a draft any more. */
  sent(viewer: Viewer, name: string, subject: string): Promise<void>
}

/** The two calls with which anything is changed: prepare answers a challenge, and the signed challenge carries it out. */
export function actRoutes(parts: ActRouteParts): Router {
  const router = express.Router()
  const acts = createActCount()
  router.post('/prepare', async (request, response) => {
    const viewer = await viewerOf(request, parts.tokens, parts.refused)
    const body = asked.safeParse(request.body)
    if (!body.success)
      throw new HttpProblem(400, 'unreadable', 'We could not read this. Reload the card and try again.')
    const prepared: PreparedAct = await refusing(
      () => parts.performing.prepare(viewer, { ...body.data, input: body.data.input ?? {} }),
      () => parts.windowOf(viewer, windowNameOf(body.data.act), body.data.subject),
    )
    response.json(prepared)
  })
  router.post('/', async (request, response) => {
    const body = signed.safeParse(request.body)
    if (!body.success)
      throw new HttpProblem(400, 'unreadable', 'We could not read this. Reload the card and try again.')
    const viewer = await verified(body.data.token, parts.tokens, parts.refused)
    acts.begin(viewer.memberId)
    if (viewer.state !== body.data.challenge) {
      parts.refused('other-challenge')
      await parts.performing.misused(viewer, body.data.challenge, 'other-challenge')
      throw new HttpProblem(403, 'other-challenge', 'Nothing has been changed. Go back and press the button again.')
    }
    const [, act = '', subject = ''] = body.data.challenge.split('.')
    const done = await refusing(
      () => parts.performing.carryOut(viewer),
      () => parts.windowOf(viewer, windowNameOf(act), subject),
    )
    await parts.sent(viewer, windowNameOf(act), subject).catch(() => {})
    const section = done.cardId ? await parts.section(viewer, done.cardId).catch(() => null) : null
    const answer: ActDone = { said: done.said, section }
    response.json(answer)
  })
  return router
}

/** A refused act becomes a problem document in the refusal's own words; after a change, with the window as it is now. */
async function refusing<T>(work: () => Promise<T>, windowNow: () => Promise<WindowView | null>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ActRefused)) throw error
    const { code, sentence, fields, changed, status = 409 } = error.refusal
    const window = changed ? await windowNow().catch(() => null) : null
    throw new HttpProblem(status, code, sentence, {
      ...(fields ? { fields } : {}),
      ...(changed ? { changed } : {}),
      ...(window ? { window } : {}),
    })
  }
}

/** Acts whose window has another name. */
const windowNames: Record<string, string> = {
  'give-details': 'ask',
  'change-names': 'names',
  'ask-for-changes': 'changes',
  'review-preparedness': 'review',
  'undo-granted': 'undo',
  'revoke-holding': 'revoke',
  'confirm-revocation': 'review-access',
  'ask-help': 'help',
  'line-manager-agrees': 'line-manager',
  'claim-identity': 'claim',
}

function windowNameOf(act: string): string {
  return windowNames[act] ?? act
}
