import express, { type RequestHandler } from 'express'
import { HttpProblem } from './problem.ts'

/** The register's CSV is the largest thing sent: 10,000 people are about 2 MB. It comes as an act's input. */
const LARGEST_ACT = 4 * 1024 * 1024
/** Everything else is small: 500 card ids are 14 KB, a draft at most a few pages of text. */
const LARGEST_OTHER = 256 * 1024
/** A challenge and a token, read before anybody is known. */
const LARGEST_SIGNED = 16 * 1024

/** Reads JSON bodies; anything else that is sent to a changing route is refused by its type. */
export function jsonBodies(): RequestHandler[] {
  const options = { type: 'application/json', strict: true }
  const act = express.json({ ...options, limit: LARGEST_ACT })
  const other = express.json({ ...options, limit: LARGEST_OTHER })
  const signed = express.json({ ...options, limit: LARGEST_SIGNED })
  const read: RequestHandler = (request, response, next) =>
    (request.path === '/acts/prepare' ? act : request.path === '/acts' ? signed : other)(request, response, next)
  const only: RequestHandler = (request, _response, next) => {
    const sends = request.method === 'POST' || request.method === 'PUT'
    if (sends && !request.is('application/json'))
      return next(new HttpProblem(415, 'not-json', 'Send JSON (Content-Type: application/json).'))
    next()
  }
  return [only, read]
}
