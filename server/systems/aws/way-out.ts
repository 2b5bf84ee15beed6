import type { Guard } from '../http/guard.ts'
import { outgoing } from '../http/outgoing.ts'

/** A call as the SDK hands it over: signed, with all its headers. */
interface SignedCall {
  protocol: string
  hostname: string
  port?: number
  path: string
  method: string
  headers: Record<string, string>
  body?: string | Uint8Array<ArrayBuffer>
}

/** Headers that `fetch` writes itself, with the same values as were signed. */
const ownHeaders = ['host', 'content-length']

/**
 * The SDK's calls through our own way out: to one host, without redirects, with an end in time and a largest answer.
 * @param baseUrl the only origin that is called
 * @param guard is told where AWS asks us to come back later
 * @param timeOutMs for the whole answer, in milliseconds
 */
export function wayOut(baseUrl: string, guard: Guard, timeOutMs?: number) {
  const send = outgoing(baseUrl, timeOutMs)
  return {
    async handle({ protocol, hostname, port, path, method, headers, body }: SignedCall) {
      const url = new URL(`${protocol}//${hostname}${port ? `:${port}` : ''}${path}`)
      const sent = Object.entries(headers).filter(([name]) => !ownHeaders.includes(name.toLowerCase()))
      const answer = await send(url, { method, headers: sent, ...(body === undefined ? {} : { body }) })
      // AWS counts nothing in headers; where it names a time at all, it is this one.
      if (!answer.ok && answer.headers.has('retry-after')) guard.refused(answer.headers, false)
      const bytes = new Uint8Array(await answer.arrayBuffer())
      return { response: { statusCode: answer.status, headers: Object.fromEntries(answer.headers), body: bytes } }
    },
    updateHttpClientConfig() {
      // Nothing here can be configured from outside.
    },
    httpHandlerConfigs: () => ({}),
  }
}
