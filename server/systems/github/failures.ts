import { type FailureKind, SystemFailure } from '../../grants/system.ts'
import { failuresOf } from '../http/failures.ts'
import type { Guard } from '../http/guard.ts'
import { isRefusedAnswer } from '../http/outgoing.ts'

/** GitHub's answers as typed failures. What GitHub said is kept for our own decisions and never shown. */
export class GithubFailure extends SystemFailure {
  override name = 'GithubFailure'
  readonly status: number | null
  readonly said: string
  constructor(
    kind: FailureKind,
    texts: { message: string; remedy: string },
    answer: { status: number; said: string } | null,
    retryAfterMs: number | null = null,
  ) {
    super(kind, texts.message, texts.remedy, retryAfterMs)
    this.status = answer?.status ?? null
    this.said = answer?.said ?? ''
  }
}

interface HttpError {
  status: number
  response: { headers?: Record<string, string | number | undefined>; data?: unknown }
}

/** Octokit reports a call without an answer as status 500 without a response. */
function isHttpError(error: unknown): error is HttpError {
  return (
    typeof error === 'object' &&
    error !== null &&
    'status' in error &&
    typeof error.status === 'number' &&
    'response' in error &&
    typeof error.response === 'object'
  )
}

const again = 'This is tried again. If it stays, look at GitHub’s status page.'

/** For answers that are not what they should be; nothing is built on them. */
export const cutOff = () =>
  new GithubFailure('transient', { message: 'GitHub’s answer was cut off.', remedy: again }, null)
export const aboutSomebodyElse = () =>
  new GithubFailure(
    'invalid',
    {
      message: 'GitHub answered about somebody or something else.',
      remedy: 'Look at the attempts. Nothing was changed after that answer.',
    },
    null,
  )
export const notUnderstood = () =>
  new GithubFailure(
    'invalid',
    {
      message: 'We do not understand what GitHub answered.',
      remedy: 'Look at the attempts, or let people do it by hand.',
    },
    null,
  )

/**
 * The typed failure; `null` for "not found", which is an answer and not a failure.
 * @param refused tells the guard of our calls that GitHub asks us to wait; answers how long, in milliseconds
 */
export function failureOf(error: unknown, refused: Guard['refused']): GithubFailure | null {
  if (error instanceof GithubFailure) return error
  // For ever so: it is not tried again, and is no reason to ask nothing else of GitHub.
  if (isRefusedAnswer(error)) {
    const { message, remedy } = failuresOf('GitHub').refusedAnswer()
    return new GithubFailure('invalid', { message, remedy }, null)
  }
  if (!isHttpError(error))
    return new GithubFailure('transient', { message: 'GitHub could not be reached.', remedy: again }, null)
  const { status } = error
  if (status === 404) return null
  const headers = error.response.headers ?? {}
  const answer = { status, said: saidIn(error.response.data) }
  if (isLimit(answer, headers))
    return new GithubFailure(
      'throttled',
      { message: 'GitHub asks us to slow down.', remedy: 'This is tried again by itself.' },
      answer,
      refused(headersOf(headers), true),
    )
  return new GithubFailure(...byStatus(status, headers), answer)
}

function byStatus(
  status: number,
  headers: Record<string, string | number | undefined>,
): [FailureKind, { message: string; remedy: string }] {
  if (status === 401)
    return [
      'unauthorised',
      {
        message: 'GitHub does not accept our credentials.',
        remedy: 'Whoever runs this server renews the GitHub credentials, then tries again.',
      },
    ]
  if (status === 403) {
    const lacks = headers['x-accepted-github-permissions']
    return [
      'forbidden',
      {
        message: 'GitHub does not let us do this.',
        remedy: `Whoever runs this server gives our GitHub App what it lacks${lacks ? ` (${String(lacks)})` : ''}, then tries again.`,
      },
    ]
  }
  if (status === 409)
    return [
      'conflict',
      { message: 'GitHub says that something changed meanwhile.', remedy: 'This is read again by itself.' },
    ]
  if (status === 422)
    return [
      'invalid',
      { message: 'GitHub refused what we sent.', remedy: 'Look at the attempts, or let people do it by hand.' },
    ]
  if (status >= 500 || status === 408 || status === 425)
    return ['transient', { message: `GitHub answered ${status}.`, remedy: again }]
  return [
    'invalid',
    { message: `GitHub answered ${status}.`, remedy: 'Look at the attempts, or let people do it by hand.' },
  ]
}

function saidIn(data: unknown): string {
  if (typeof data !== 'object' || data === null) return ''
  const message = 'message' in data ? String(data.message) : ''
  return 'errors' in data ? `${message} ${JSON.stringify(data.errors)}` : message
}

/** GitHub signals its limits with 429, or with 403 and headers or words. */
function isLimit(answer: { status: number; said: string }, headers: Record<string, unknown>): boolean {
  if (answer.status === 429) return true
  if (answer.status !== 403) return false
  return (
    headers['x-ratelimit-remaining'] === '0' || headers['retry-after'] !== undefined || /rate limit/i.test(answer.said)
  )
}

function headersOf(headers: Record<string, string | number | undefined>): Headers {
  const said = new Headers()
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) said.set(name, String(value))
  return said
}
