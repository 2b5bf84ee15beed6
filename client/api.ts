import type { ActDone, PreparedAct, Problem } from '../server/http/api.ts'
import type { Trello } from './trello.ts'
import { atWords, participle } from './words.ts'

/** Calls to our server: token, time-out, one fresh token when an old one ran out, errors as problem documents. */

const TIME_OUT_MS = 15_000
/** A log of years takes its time. */
const FILE_TIME_OUT_MS = 10 * 60_000

/** Why an answer is missing. `refused` carries the server's own words; the others are worded here. */
export type Trouble = 'refused' | 'no-server' | 'no-answer' | 'no-token' | 'our-side'

export class ProblemError extends Error {
  readonly problem: Problem
  readonly trouble: Trouble
  constructor(problem: Problem, trouble: Trouble) {
    super(problem.detail)
    this.problem = problem
    this.trouble = trouble
  }
}

const because: Record<Exclude<Trouble, 'refused'>, string> = {
  'no-server': 'we could not reach our server',
  'no-answer': 'our server did not answer as it should',
  'no-token': 'Trello did not say who you are',
  'our-side': 'something does not work on our side',
}

function troubled(trouble: Exclude<Trouble, 'refused'>, status = 0): ProblemError {
  return new ProblemError(
    { type: `about:${trouble}`, title: 'Not done', status, detail: `${capital(because[trouble])}.` },
    trouble,
  )
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
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
    throw troubled('no-server')
  }
}

/** What went wrong by the answer's own words; an answer that is none of ours is said to be just that. */
async function problemOf(answer: Response): Promise<ProblemError> {
  const document: unknown = await answer.json().catch(() => null)
  if (!isProblem(document)) return troubled('no-answer', answer.status)
  if (answer.status === 401) return new ProblemError(document, 'no-token')
  return new ProblemError(document, answer.status >= 500 ? 'our-side' : 'refused')
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'detail' in value && typeof value.detail === 'string'
}

async function bodyOf<T>(answer: Response): Promise<T> {
  try {
    return (await answer.json()) as T
  } catch {
    throw troubled('no-answer', answer.status)
  }
}

async function signed({ t, onCard }: Caller, state: string): Promise<string> {
  try {
    return await t.jwt({ state, ...(onCard ? { card: true } : {}) })
  } catch {
    throw troubled('no-token', 401)
  }
}

/** A reading token. Trello's page keeps it until a minute before its end, so asking each time is cheap. */
export function token(caller: Caller, fresh = ''): Promise<string> {
  return signed(caller, `read${fresh}`)
}

/**
 * One call with a reading token; a refused token is replaced once by a fresh one.
 * @returns the answer, or `null` where there is none (204)
 * @throws ProblemError whatever goes wrong
 */
export async function call<T>(caller: Caller, method: string, path: string, body?: unknown): Promise<T | null> {
  const answer = await askedFor(caller, method, path, body)
  return answer.status === 204 ? null : bodyOf<T>(answer)
}

/**
 * A file, whole, with a reading token.
 * @throws ProblemError whatever goes wrong, also when it breaks off
 */
export async function fetchFile(caller: Caller, path: string): Promise<Blob> {
  const answer = await askedFor(caller, 'GET', path, undefined, FILE_TIME_OUT_MS)
  try {
    return await answer.blob()
  } catch {
    throw troubled('no-answer', answer.status)
  }
}

async function askedFor(
  caller: Caller,
  method: string,
  path: string,
  body: unknown,
  timeOutMs = TIME_OUT_MS,
): Promise<Response> {
  for (let tried = 0; ; tried += 1) {
    const bearer = await token(caller, tried === 0 ? '' : String(Date.now()))
    const answer = await answered(path, {
      method,
      signal: AbortSignal.timeout(timeOutMs),
      headers: {
        Authorization: `Bearer ${bearer}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (answer.status === 401 && tried === 0) continue
    if (!answer.ok) throw await problemOf(answer)
    return answer
  }
}

/**
 * One act: prepared here, signed by Trello with the challenge in the token, then carried out.
 * @param asked.typed whether somebody typed answers that are still on the screen
 * @throws ProblemError saying that nothing was done and why; or, where the last answer was lost, that we do not know
 */
export async function act(
  caller: Caller,
  { typed = false, ...asked }: { act: string; subject: string; input: unknown; seen: string; typed?: boolean },
): Promise<ActDone> {
  let signedBody: string
  try {
    const prepared = await call<PreparedAct>(caller, 'POST', '/api/acts/prepare', asked)
    if (!prepared) throw troubled('no-answer')
    signedBody = JSON.stringify({ challenge: prepared.challenge, token: await signed(caller, prepared.challenge) })
  } catch (error) {
    throw nothingDone(error, asked.act, typed)
  }
  try {
    const answer = await answered('/api/acts', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: signedBody,
    })
    if (!answer.ok) throw await problemOf(answer)
    return await bodyOf<ActDone>(answer)
  } catch (error) {
    throw perhapsDone(error, asked.act, typed)
  }
}

function retold(error: ProblemError, detail: string): ProblemError {
  return new ProblemError({ ...error.problem, detail }, error.trouble)
}

const stillHere = (typed: boolean) => (typed ? ' Your answers are still here.' : '')

function nothingDone(error: unknown, name: string, typed: boolean): unknown {
  if (!(error instanceof ProblemError) || error.trouble === 'refused') return error
  const next = error.trouble === 'no-token' ? 'Sign in to Trello and try again.' : 'Try again in a minute.'
  return retold(
    error,
    `Nothing has been ${participle(name)} because ${because[error.trouble]}.${stillHere(typed)} ${next}`,
  )
}

/** The signed act was sent: only the server's own word tells whether it was carried out. */
function perhapsDone(error: unknown, name: string, typed: boolean): unknown {
  if (!(error instanceof ProblemError) || error.trouble === 'refused') return error
  if (error.problem.status === 503 || error.problem.status === 401) return nothingDone(error, name, typed)
  return retold(
    error,
    `We do not know yet whether this has been ${participle(name)}, because the answer did not reach us.${stillHere(typed)} Look at the card before you try again.`,
  )
}

export function sentenceOf(error: unknown): string {
  return error instanceof ProblemError ? error.message : 'This page stopped working. Reload it. Nothing is lost.'
}

/** What is said above a state that could not be read anew: why, how old it is, and that nobody loses anything. */
export function standing(error: unknown, at: Date | null, now: Date): string {
  const trouble = error instanceof ProblemError ? error.trouble : 'no-answer'
  const why = trouble === 'refused' ? sentenceOf(error) : `${capital(presently[trouble])}.`
  const how = at ? `This is how it stood ${atWords(at, now)}.` : 'We do not know yet how this stands.'
  const next = trouble === 'no-token' ? 'Sign in to Trello and open this again.' : 'This updates by itself.'
  return `${why} ${how} Nothing is lost. ${next}`
}

const presently: Record<Exclude<Trouble, 'refused'>, string> = {
  'no-server': 'we cannot reach our server',
  'no-answer': 'our server does not answer as it should',
  'no-token': 'Trello does not say who you are',
  'our-side': 'something does not work on our side',
}
