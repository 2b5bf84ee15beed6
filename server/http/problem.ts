import type { ErrorRequestHandler, RequestHandler } from 'express'
import type { Problem } from './api.ts'
import { troubleWords } from './views/trouble.ts'

/** An answer that is not what was asked for, as a problem document (RFC 9457). `detail` tells the reader what to do. */
export class HttpProblem extends Error {
  override name = 'HttpProblem'
  readonly problem: Problem
  constructor(status: number, type: string, detail: string, more: Partial<Problem> = {}) {
    super(detail)
    this.problem = { ...more, type: `about:${type}`, title: titles[status] ?? 'Problem', status, detail }
  }
}

const titles: Record<number, string> = {
  400: 'We could not read this',
  401: 'You are not signed in',
  403: 'You cannot do this',
  404: 'We do not know this',
  405: 'This address does not do that',
  409: 'Something changed',
  410: 'This is gone',
  413: 'This is too large',
  415: 'We cannot read this kind of content',
  422: 'Something to put right',
  429: 'Too many requests',
  500: 'Something went wrong on our side',
  503: 'We cannot do this now',
}

/** The last route: nothing of that name. */
export const notFound: RequestHandler = (_request, _response, next) => {
  next(new HttpProblem(404, 'not-found', 'There is nothing at this address.'))
}

/**
 * Turns whatever was thrown into a problem document. The log gets what was unexpected; the client never does.
 * @param recordsAnswer whether the database answers: where it does not, that is what the reader is told
 */
export function errorAnswer(
  report: (error: unknown) => void,
  recordsAnswer: () => Promise<boolean>,
): ErrorRequestHandler {
  return async (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error)
    const known = knownProblem(error)
    if (!known) report(error)
    const problem = known ?? ((await recordsAnswer()) ? ourSide : recordsAway)
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem))
  }
}

const ourSide = new HttpProblem(
  500,
  'our-side',
  'Nothing is lost. Try again in a minute. If it stays, ask 2nd line to look at the server’s log.',
).problem

const recordsAway = new HttpProblem(503, 'database-down', troubleWords('database', null, new Date(0))).problem

function knownProblem(error: unknown): Problem | null {
  if (error instanceof HttpProblem) return error.problem
  const status = statusOf(error)
  if (status === 413) return new HttpProblem(413, 'too-large', 'This is too large. Send less at once.').problem
  if (status !== null && status < 500)
    return new HttpProblem(status, 'unreadable', 'We could not read this. Open the card again and try once more.')
      .problem
  return null
}

/** Express's own body errors carry a status; anything else is ours. */
function statusOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('status' in error)) return null
  return typeof error.status === 'number' ? error.status : null
}
