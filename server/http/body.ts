import express, { type RequestHandler } from 'express'
import { HttpProblem } from './problem.ts'

/** JSON bodies of our own client. The register's CSV is the largest thing sent: 10,000 people are about 2 MB. */
const MOST_BYTES = 4 * 1024 * 1024

/** Reads JSON bodies; anything else that is sent to a changing route is refused by its type. */
export function jsonBodies(): RequestHandler[] {
  const read = express.json({ limit: MOST_BYTES, type: 'application/json', strict: true })
  const only: RequestHandler = (request, _response, next) => {
    const sends = request.method === 'POST' || request.method === 'PUT'
    if (sends && !request.is('application/json'))
      return next(new HttpProblem(415, 'not-json', 'Send JSON (Content-Type: application/json).'))
    next()
  }
  return [only, read]
}
