import type { ActDone, PreparedAct, Problem } from '../server/http/api.ts'
import type { Trello } from './trello.ts'

/** Calls to our server: token, time-out, one fresh token when an old one ran out, errors as problem documents. */

const TIME_OUT_MS = 15_000

export class ProblemError extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail)
    this.problem = problem
  }
}

const noServer: Problem = {
  type: 'about:network',
  title: 'No connection',
  status: 0,
  detail:
    'Nothing has been changed because we could not reach the server. Your answers are still here. Try again in a minute.',
}

export interface Caller {
  t: Trello
  /** Whether tokens name the card: on a card they do, on a board page they cannot. */
  onCard: boolean
}

async function answered(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { ...init, signal: init.signal ?? AbortSignal.timeout(TIME_OUT_MS) })
  } catch {
    throw new ProblemError(noServer)
  }
}

async function problemOf(answer: Response): Promise<ProblemError> {
  try {
    return new ProblemError((await answer.json()) as Problem)
  } catch {
    return new ProblemError({ ...noServer, status: answer.status })
  }
}

/** A reading token. Trello's page keeps it until a minute before its end, so asking each time is cheap. */
export function token({ t, onCard }: Caller, fresh = ''): Promise<string> {
  return t.jwt({ state: `read${fresh}`, ...(onCard ? { card: true } : {}) })
}

export async function call<T>(
  caller: Caller,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<T | null> {
  for (let tried = 0; ; tried += 1) {
    const bearer = await token(caller, tried === 0 ? '' : String(Date.now()))
    const answer = await answered(path, {
      method,
      headers: {
        ...headers,
        Authorization: `Bearer ${bearer}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (answer.status === 401 && tried === 0) continue
    if (answer.status === 304 || answer.status === 204) return null
    if (!answer.ok) throw await problemOf(answer)
    return (await answer.json()) as T
  }
}

/** One act: prepared here, signed by Trello with the challenge in the token, then carried out. */
export async function act(
  caller: Caller,
  asked: { act: string; subject: string; input: unknown; seen: string },
): Promise<ActDone> {
  const prepared = await call<PreparedAct>(caller, 'POST', '/api/acts/prepare', asked)
  if (!prepared) throw new ProblemError(noServer)
  const signed = await caller.t.jwt({ state: prepared.challenge, ...(caller.onCard ? { card: true } : {}) })
  const answer = await answered('/api/acts', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ challenge: prepared.challenge, token: signed }),
  })
  if (!answer.ok) throw await problemOf(answer)
  return (await answer.json()) as ActDone
}

export function sentenceOf(error: unknown): string {
  return error instanceof ProblemError
    ? error.message
    : 'You are not signed in to Trello. Sign in and open this again. Nothing is lost.'
}
