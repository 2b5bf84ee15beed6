import { SECOND } from '../../clock.ts'

/** How we speak to outside systems: to one host only, no redirects, an end in time, and no answer without an end. */

/** Longer than the slowest good answers, shorter than a worker's lease. */
const TIME_OUT = 15 * SECOND
/** Far above any answer that we ask for; GitHub gives files up to one megabyte. */
const LARGEST_ANSWER = 4 * 1024 * 1024

/** Answers that are refused whatever stands in them. The words name no address: those may carry what is asked about. */
export class AnswerRefused extends Error {
  override name = 'AnswerRefused'
}

/** Whether that is behind an error, also where a vendor's client put its own around it. */
export function isRefusedAnswer(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error instanceof AnswerRefused || isRefusedAnswer(error.cause)
}

/**
 * A `fetch` for one system.
 * @param baseUrl every other origin is refused, so that credentials cannot leave for another host
 * @param timeOutMs for the whole answer, in milliseconds
 * @throws AnswerRefused for a redirect or an answer that is too large; otherwise Error (named `TimeoutError` or as
 * `fetch` does) which callers treat as "we do not know"
 */
export function outgoing(baseUrl: string, timeOutMs = TIME_OUT, largestAnswer = LARGEST_ANSWER): typeof fetch {
  const { origin } = new URL(baseUrl)
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    if (url.origin !== origin) throw new Error('This address is not the one that was configured.')
    const ends = AbortSignal.timeout(timeOutMs)
    const signal = init?.signal ? AbortSignal.any([init.signal, ends]) : ends
    const answer = await fetch(input, { ...init, redirect: 'manual', signal })
    if (answer.status >= 300 && answer.status < 400 && answer.status !== 304) {
      await answer.body?.cancel()
      throw new AnswerRefused('The answer leads to another address.')
    }
    const body = await wholeBody(answer, largestAnswer)
    return new Response(body, { status: answer.status, statusText: answer.statusText, headers: answer.headers })
  }
}

async function wholeBody(answer: Response, largest: number): Promise<Uint8Array<ArrayBuffer> | null> {
  if (answer.body === null || answer.status === 204) return null
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of answer.body) {
    size += chunk.length
    if (size > largest) throw new AnswerRefused('The answer is larger than any that we expect.')
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}
