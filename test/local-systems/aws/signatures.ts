import { createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { type Reply, refusal, sha256 } from './model.ts'

/** AWS Signature Version 4, checked as AWS does: a header that was changed on the way is found. */

export interface Key {
  secret: string
  /** Of a session; `null` for keys of a user. */
  token: string | null
  /** Milliseconds since 1970, or `null`. */
  endsAt: number | null
  /** The assumed role's ARN with its session name, or the user's. */
  arn: string
  account: string
}

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()

/** Whose call it is, or the refusal. */
export function callerOf(
  request: IncomingMessage,
  body: string,
  keys: Map<string, Key>,
  now: number,
): { key: Key } | { refused: Reply } {
  const refused = (status: number, code: string, message: string) => ({ refused: refusal(status, code, message) })
  const header = request.headers.authorization ?? ''
  const [, id = '', date = '', region = '', service = '', signed = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([\w-]+)\/(\w+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)$/.exec(
      header,
    ) ?? []
  if (id === '') return refused(403, 'MissingAuthenticationToken', 'Request is missing Authentication Token')
  const key = keys.get(id)
  const token = request.headers['x-amz-security-token'] ?? null
  if (!key || key.token !== token)
    return refused(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.')
  const names = signed.split(';')
  const canonical = [
    request.method,
    new URL(request.url ?? '/', 'http://local').pathname,
    '',
    ...names.map((name) => `${name}:${String(request.headers[name] ?? '').trim()}`),
    '',
    signed,
    sha256(body),
  ].join('\n')
  const scope = `${date}/${region}/${service}/aws4_request`
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical)].join('\n')
  const signing = [region, service, 'aws4_request'].reduce(
    (last: Buffer, part) => hmac(last, part),
    hmac(`AWS4${key.secret}`, date),
  )
  if (!names.includes('host') || hmac(signing, text).toString('hex') !== signature)
    return refused(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match.')
  if (service === 'iam' && region !== 'us-east-1')
    return refused(403, 'SignatureDoesNotMatch', `Credential should be scoped to a valid region, not '${region}'.`)
  if (key.endsAt !== null && key.endsAt <= now)
    return refused(403, 'ExpiredToken', 'The security token included in the request is expired')
  return { key }
}
