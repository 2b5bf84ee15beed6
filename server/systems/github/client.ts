import { createAppAuth } from '@octokit/auth-app'
import { Octokit } from '@octokit/core'
import { SECOND } from '../../clock.ts'
import { SystemFailure } from '../../grants/system.ts'

/** One GitHub, for teams and for lists in repositories. Every failure becomes one of the typed ones. */
export interface GithubClient {
  /** One call. Answers `null` for 404. Throws SystemFailure for everything else that is not a success. */
  call(route: string, parameters: Record<string, unknown>): Promise<Answer | null>
}

export interface Answer {
  status: number
  data: unknown
  requestId: string | null
}

export interface GithubParts {
  apiUrl: string
  credentials:
    | { kind: 'token'; token: string }
    | { kind: 'app'; appId: string; installationId: string; privateKey: string }
}

/** Longer than GitHub's slowest answers, shorter than a worker's lease. */
const TIME_OUT = 15 * SECOND

export function createGithubClient({ apiUrl, credentials }: GithubParts): GithubClient {
  const options = { baseUrl: apiUrl, userAgent: 'production-access' }
  const octokit =
    credentials.kind === 'token'
      ? new Octokit({ ...options, auth: credentials.token })
      : new Octokit({
          ...options,
          authStrategy: createAppAuth,
          auth: {
            appId: credentials.appId,
            installationId: credentials.installationId,
            privateKey: credentials.privateKey,
          },
        })
  return {
    async call(route, parameters) {
      try {
        const answer = await octokit.request(route, {
          ...parameters,
          headers: { 'X-GitHub-Api-Version': '2022-11-28' },
          // A redirect could lead our credentials to another host.
          request: { signal: AbortSignal.timeout(TIME_OUT), redirect: 'error' },
        })
        const id = answer.headers['x-github-request-id']
        return { status: answer.status, data: answer.data, requestId: typeof id === 'string' ? id : null }
      } catch (error) {
        const failure = failureOf(error)
        if (failure === null) return null
        throw failure
      }
    },
  }
}

interface HttpError {
  status: number
  response?: { headers?: Record<string, string | undefined>; data?: unknown }
}

function isHttpError(error: unknown): error is HttpError {
  return typeof error === 'object' && error !== null && 'status' in error && typeof error.status === 'number'
}

/** GitHub's answers as typed failures; `null` for "not found", which is an answer and not a failure. */
function failureOf(error: unknown): SystemFailure | null {
  if (!isHttpError(error) || (error.status === 500 && !('response' in error)))
    return new SystemFailure(
      'transient',
      'GitHub could not be reached.',
      'This is tried again. If it stays, look at GitHub’s status page.',
    )
  const headers = error.response?.headers ?? {}
  const { status } = error
  if (status === 404) return null
  const retryAfter = Number(headers['retry-after'] ?? '')
  const limited =
    status === 429 ||
    (status === 403 &&
      (headers['x-ratelimit-remaining'] === '0' ||
        (Number.isFinite(retryAfter) && headers['retry-after'] !== undefined) ||
        saysLimit(error)))
  if (limited) {
    const wait =
      headers['retry-after'] !== undefined && Number.isFinite(retryAfter) ? retryAfter * SECOND : resetIn(headers)
    return new SystemFailure('throttled', 'GitHub asks us to slow down.', 'This is tried again by itself.', wait)
  }
  if (status === 401)
    return new SystemFailure(
      'unauthorised',
      'GitHub does not accept our credentials.',
      'Whoever runs this server renews the GitHub credentials, then tries again.',
    )
  if (status === 403)
    return new SystemFailure(
      'forbidden',
      'GitHub does not let us do this.',
      'Whoever runs this server gives our GitHub App what it lacks, then tries again.',
    )
  if (status === 409)
    return new SystemFailure(
      'conflict',
      'GitHub says that something changed meanwhile.',
      'This is read again by itself.',
    )
  if (status === 422)
    return new SystemFailure(
      'invalid',
      'GitHub refused what we sent.',
      'Look at the attempts, or make it a task for people.',
    )
  return new SystemFailure(
    'transient',
    `GitHub answered ${status}.`,
    'This is tried again. If it stays, look at GitHub’s status page.',
  )
}

function saysLimit(error: HttpError): boolean {
  const data = error.response?.data
  return typeof data === 'object' && data !== null && 'message' in data && /rate limit/i.test(String(data.message))
}

function resetIn(headers: Record<string, string | undefined>): number | null {
  const reset = Number(headers['x-ratelimit-reset'] ?? '')
  return Number.isFinite(reset) && reset > 0 ? Math.max(SECOND, reset * SECOND - Date.now()) : null
}
