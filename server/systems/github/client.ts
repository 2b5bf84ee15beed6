import { createAppAuth } from '@octokit/auth-app'
import { Octokit } from '@octokit/core'
import { throttling } from '@octokit/plugin-throttling'
import type { z } from 'zod'
import { outgoing } from '../http/outgoing.ts'
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
}

const PacedOctokit = Octokit.plugin(throttling)

/**
 * Calls are never repeated in here: after a lost answer the worker reads before it acts again, and it knows how long
 * it was told to wait. So octokit's retries stay off and only its pacing is used.
 */
export function createGithubClient({ apiUrl, credentials, pace, timeOutMs }: GithubParts): GithubClient {
  const never = () => false
  const options = {
    baseUrl: apiUrl,
    userAgent: 'production-access',
    request: { fetch: outgoing(apiUrl, timeOutMs) },
    throttle: { enabled: pace !== 'at-once', onRateLimit: never, onSecondaryRateLimit: never },
    // Octokit's own warnings would carry addresses of calls.
    log: { debug() {}, info() {}, warn() {}, error() {} },
  }
  const octokit =
    credentials.kind === 'token'
      ? new PacedOctokit({ ...options, auth: credentials.token })
      : new PacedOctokit({ ...options, authStrategy: createAppAuth, auth: appOf(credentials) })
  return {
    installationId: credentials.kind === 'app' ? credentials.installationId : null,
    async call(route, parameters) {
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
        const failure = failureOf(error)
        if (failure === null) return null
        throw failure
      }
    },
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
