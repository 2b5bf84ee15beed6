import express, { type Router } from 'express'
import { rateLimit } from 'express-rate-limit'
import { MINUTE } from '../clock.ts'
import type { SystemCall, SystemCalls } from '../grants/system.ts'
import { HttpProblem } from './problem.ts'
import { sameSecret } from './same-secret.ts'

/** A system that calls us, and what is done with what it says. */
export interface Telling {
  calls: SystemCalls
  keep(call: SystemCall): Promise<void>
}

/** One call is about one person: a name, an address, and permissions in one application. */
const LARGEST_CALL = '16kb'
/** A system suspends many at once in a night, and tries again later what we refuse. */
export const MOST_CALLS_A_MINUTE = 600

/**
 * What a system tells us by itself. Nothing is read before the token is known to be its own, and whoever it is about is
 * answered alike, known here or not.
 */
export function toldRoutes({ calls, keep }: Telling): Router {
  const router = express.Router()
  router.use((request, _response, next) => {
    if (!sameSecret(request.get('authorization') ?? '', `Bearer ${calls.token}`))
      throw new HttpProblem(401, 'token', 'The token is missing or is not the one of this system.')
    next()
  })
  router.use(
    rateLimit({
      windowMs: MINUTE,
      limit: MOST_CALLS_A_MINUTE,
      standardHeaders: 'draft-8',
      legacyHeaders: false,
      keyGenerator: () => calls.path,
      handler: (_request, _response, next) =>
        next(new HttpProblem(429, 'too-many', 'These are more calls than we take in a minute. Try again later.')),
    }),
  )
  router.use((request, _response, next) => {
    if (!request.is('application/json'))
      throw new HttpProblem(415, 'not-json', 'Send JSON (Content-Type: application/json).')
    next()
  })
  router.use(express.json({ type: 'application/json', strict: true, limit: LARGEST_CALL }))
  router.use(async (request, response) => {
    const call = calls.read({ method: request.method, path: decoded(request.path), body: request.body })
    if (!call) throw new HttpProblem(400, 'not-understood', 'We do not understand this call, so nothing was kept.')
    await keep(call)
    response.status(200).type('text').end()
  })
  return router
}

/** `''` for what is no address; no call is at that. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return ''
  }
}
