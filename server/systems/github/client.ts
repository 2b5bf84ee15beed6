import { createAppAuth } from '@octokit/auth-app'
import { Octokit } from '@octokit/core'
import { throttling } from '@octokit/plugin-throttling'
import type { z } from 'zod'
import { createGuard } from '../http/guard.ts'
import { outgoing } from '../http/outgoing.ts'
import type { Limits } from '../http/pace.ts'
import { cutOff, failureOf, notUnderstood } from './failures.ts'

/** One GitHub, for teams and for lists in repositories. Every failure becomes one of the typed ones. */
export interface GithubClient {
  /** One call. Answers `null` for 404. Throws GithubFailure for everything else that is not a success. */
  call(route: string, parameters: Record<string, unknown>): Promise<Answer | null>
  /** The installation as which our App calls; `null` where a token is used. */
  installationId: string | null
}

export interface Answer {
  status: number
  data: unknown
  requestId: string | null
  /** One of its headers, by its name in small letters. */
  header(name: string): string | null
}

export interface GithubParts {
  apiUrl: string
  credentials:
    | { kind: 'token'; token: string }
    | { kind: 'app'; appId: string; installationId: string; privateKey: string }
  /** Writes one second apart, as GitHub asks for, or at once where nobody minds. */
  pace?: 'as-github-asks' | 'at-once'
  timeOutMs?: number
  /** The wall clock, by which we rest; tests pass their own. */
  now?: () => Date
  /** Tests pass one that does not roll dice. */
  random?: () => number
}

/** 5,000 calls an hour, or more; GitHub says on every answer how many are left, of this limit and of others. */
const callsAnHour: Limits = {
  counts: 'every-call',
  read(headers) {
    const remaining = headers.get('x-ratelimit-remaining')
    return remaining === null || (headers.get('x-ratelimit-resource') ?? 'core') !== 'core'
      ? null
      : { remaining: Number(remaining), resetsAt: headers.get('x-ratelimit-reset') }
  },
}

const PacedOctokit = Octokit.plugin(throttling)

/**
 * Calls are never repeated in here: after a lost answer the worker reads before it acts again, and it knows how long
 * it was told to wait. So octokit's retries stay off and only its pacing is used.
 */
export function createGithubClient(parts: GithubParts): GithubClient {
  const { apiUrl, credentials, pace, timeOutMs, now = () => new Date(), random } = parts
  const guard = createGuard({ name: 'GitHub', now, limits: callsAnHour, ...(random ? { random } : {}) })
  const send = outgoing(apiUrl, timeOutMs)
  // Also what octokit asks by itself, such as an App's tokens.
  const heard: typeof fetch = async (input, init) => {
    const answer = await send(input, init)
    guard.heard(answer.headers)
    return answer
  }
  const never = () => false
  const options = {
    baseUrl: apiUrl,
    userAgent: 'production-access',
    request: { fetch: heard },
    throttle: { enabled: pace !== 'at-once', onRateLimit: never, onSecondaryRateLimit: never },
    // Octokit's own warnings would carry addresses of calls.
    log: { debug() {}, info() {}, warn() {}, error() {} },
  }
  const octokit =
    credentials.kind === 'token'
      ? new PacedOctokit({ ...options, auth: credentials.token })
      : new PacedOctokit({ ...options, authStrategy: createAppAuth, auth: appOf(credentials) })

  async function once(route: string, parameters: Record<string, unknown>): Promise<Answer | null> {
    try {
      const answer = await octokit.request(route, {
        ...parameters,
        headers: { 'X-GitHub-Api-Version': '2022-11-28' },
      })
      // Octokit hands over JSON that it could not read as plain text.
      if (typeof answer.data === 'string' && answer.data !== '') throw cutOff()
      const headers: Record<string, string | number | undefined> = answer.headers
      const header = (name: string) => (headers[name] === undefined ? null : String(headers[name]))
      return { status: answer.status, data: answer.data, requestId: header('x-github-request-id'), header }
    } catch (error) {
      const failure = failureOf(error, guard.refused)
      if (failure === null) return null
      throw failure
    }
  }

  return {
    installationId: credentials.kind === 'app' ? credentials.installationId : null,
    call: (route, parameters) => guard.run(route.split(' ')[0] ?? '', () => once(route, parameters)),
  }
}

function appOf({ appId, installationId, privateKey }: { appId: string; installationId: string; privateKey: string }) {
  return { appId, installationId, privateKey }
}

/** What an answer says, with the wanted keys checked and unknown ones tolerated. @throws GithubFailure */
export function checked<T>(schema: z.ZodType<T>, answer: Answer): T {
  const read = schema.safeParse(answer.data)
  if (!read.success) throw notUnderstood()
  return read.data
}
