import { SECOND } from '../clock.ts'

/** How we speak to outside systems: to one host only, no redirects, an end in time, and no answer without an end. */

/** Longer than the slowest good answers, shorter than a worker's lease. */
const TIME_OUT = 15 * SECOND
/** Far above any answer that we ask for; GitHub gives files up to one megabyte. */
const LARGEST_ANSWER = 4 * 1024 * 1024

/**
 * A `fetch` for one system.
 * @param baseUrl every other origin is refused, so that credentials cannot leave for another host
 * @param timeOutMs for the whole answer, in milliseconds
 * @throws Error (named `TimeoutError` or as `fetch` does) which callers treat as "we do not know"
 */
export function outgoing(baseUrl: string, timeOutMs = TIME_OUT): typeof fetch {
  const { origin } = new URL(baseUrl)
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    if (url.origin !== origin) throw new Error('This address is not the one that was configured.')
    const ends = AbortSignal.timeout(timeOutMs)
    const signal = init?.signal ? AbortSignal.any([init.signal, ends]) : ends
    const answer = await fetch(input, { ...init, redirect: 'error', signal })
    const body = await wholeBody(answer)
    return new Response(body, { status: answer.status, statusText: answer.statusText, headers: answer.headers })
  }
}

async function wholeBody(answer: Response): Promise<Uint8Array<ArrayBuffer> | null> {
  if (answer.body === null || answer.status === 204) return null
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of answer.body) {
    size += chunk.length
    if (size > LARGEST_ANSWER) throw new Error('The answer is larger than any that we expect.')
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}
