import type { Request, RequestHandler, Response } from 'express'
import { rateLimit } from 'express-rate-limit'
import { MINUTE } from '../clock.ts'
import { HttpProblem } from './problem.ts'
import { viewerOf, type WhoParts } from './who.ts'

/**
 * Who asks comes before what is asked: nothing is parsed, looked up or asked of another system for somebody without
 * Trello's word, and nobody can use up for all what GitHub and Trello allow this server.
 */

/**
 * Twenty a second: every change on a card that is open is read again, and a board whose badges are refused is blind until it
 * is loaded again. What this guards are the processors, not other systems.
 */
export const MOST_A_MINUTE = 1_200
/** Preparing may look somebody up in GitHub, the settings ask every connection, a download is logged. Nobody presses this often. */
export const MOST_COSTLY_A_MINUTE = 60
/** Open frames of one member; each tab holds one. */
export const MOST_STREAMS = 30

const costly = ['/acts/prepare', '/settings', '/queue', '/people', '/log', '/register']

/** Carrying out brings its own token in the body, made for one act: its challenge was handed out within these limits. */
const bringsItsOwn = (request: Request) => request.method === 'POST' && /^\/acts\/?$/i.test(request.path)

/** @throws HttpProblem 401 without a token that is Trello's, 429 above the limits */
export function knownFirst(parts: WhoParts): RequestHandler[] {
  const members = new WeakMap<Request, string>()
  const known: RequestHandler = async (request, _response, next) => {
    if (!bringsItsOwn(request))
      members.set(request, (await viewerOf(request, parts.tokens, parts.refused, parts.performing)).memberId)
    next()
  }
  const limit = (most: number, skip: (request: Request) => boolean) =>
    rateLimit({
      windowMs: MINUTE,
      limit: most,
      standardHeaders: 'draft-8',
      legacyHeaders: false,
      keyGenerator: (request) => members.get(request) ?? '',
      skip: (request) => bringsItsOwn(request) || skip(request),
      handler: (_request, _response, next) => next(tooMany()),
    })
  return [
    known,
    limit(MOST_A_MINUTE, () => false),
    limit(
      MOST_COSTLY_A_MINUTE, // Addresses are found in any letters, so they are counted in any.
      (request) => !costly.some((path) => request.path.toLowerCase().startsWith(path)),
    ),
  ]
}

/**
 * Acts that are carried out, counted once their token told whose they are: each misuse is written into the log, and a
 * flood of them must not hold its lock.
 */
export function createActCount(): { begin(memberId: string): void } {
  const limiter = new Map<string, { until: number; count: number }>()
  return {
    /** @throws HttpProblem 429 above the limit */
    begin(memberId) {
      const now = Date.now()
      const own = limiter.get(memberId)
      const open = own && own.until > now ? own : { until: now + MINUTE, count: 0 }
      open.count += 1
      limiter.set(memberId, open)
      // Whoever has not come for a minute is forgotten.
      if (limiter.size > 1_000) for (const [id, { until }] of limiter) if (until <= now) limiter.delete(id)
      if (open.count > MOST_COSTLY_A_MINUTE) throw tooMany()
    },
  }
}

function tooMany(): HttpProblem {
  return new HttpProblem(
    429,
    'too-many',
    'You asked for more than this server answers in a minute. Nothing is lost. Wait a minute, then try again.',
  )
}

/** Counts the open streams of each member. */
export function createStreamCount(): { open(memberId: string, response: Response): void } {
  const open = new Map<string, number>()
  return {
    /** @throws HttpProblem 429 where this member has as many as we hold for one */
    open(memberId, response) {
      const now = open.get(memberId) ?? 0
      if (now >= MOST_STREAMS) throw tooMany()
      open.set(memberId, now + 1)
      response.once('close', () => {
        const left = (open.get(memberId) ?? 1) - 1
        if (left > 0) open.set(memberId, left)
        else open.delete(memberId)
      })
    },
  }
}
