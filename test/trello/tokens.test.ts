import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../server/clock.ts'
import { createTokenVerifier, TokenRefused, type TokenVerifier } from '../../server/trello/tokens.ts'
import { createTokenSigner, type TokenClaims, type TokenSigner } from '../local-trello/signer.ts'
import { type Answering, answering } from './answering.ts'
import { type MovableClock, movableClock } from './clock.ts'

const pluginId = 'a'.repeat(24)
const claims: TokenClaims = { idPlugin: pluginId, idBoard: 'b'.repeat(24), idMember: 'c'.repeat(24) }
let keys: Answering
let clock: MovableClock
let signer: TokenSigner
let verifier: TokenVerifier
beforeAll(async () => {
  keys = await answering()
})
beforeEach(() => {
  clock = movableClock()
  signer = createTokenSigner(clock.wall)
  verifier = createTokenVerifier({ keysUrl: `${keys.origin}/keys`, pluginId, clock })
  keys.asked.splice(0)
  keys.answers((_request, response) => void response.end(JSON.stringify({ keys: signer.publicKeys() })))
})
const down = () => keys.answers((_request, response) => void response.writeHead(503).end('Service Unavailable'))
const seconds = (ms: number) => Math.floor((clock.wall().getTime() + ms) / 1000)
async function refusalOf(token: string): Promise<string> {
  const outcome = await verifier.verify(token).catch((error: unknown) => error)
  if (!(outcome instanceof TokenRefused)) throw new Error(`not refused: ${JSON.stringify(outcome)}`)
  return outcome.reason
}

test('a good token says who, on which board and card, until when, and which key verified it', async () => {
  const token = await signer.sign({ ...claims, idCard: 'd'.repeat(24), state: 'read' })
  expect(await verifier.verify(token)).toEqual({
    idMember: claims.idMember,
    idBoard: claims.idBoard,
    idCard: 'd'.repeat(24),
    state: 'read',
    exp: seconds(15 * MINUTE),
    publicKey: signer.publicKeys()[0],
  })
  expect(await verifier.verify(await signer.sign(claims))).toMatchObject({ idCard: null, state: null })
})

describe('each refusal has its name', () => {
  const cases: [string, () => Promise<string> | string, string][] = [
    ['a text that is no token', () => 'not.a.token', 'malformed'],
    ['algorithm none', () => signer.unsigned(claims), 'algorithm'],
    ['HMAC with the public key as its secret', () => signer.signWithPublicKey(claims), 'algorithm'],
    ['a key that is not Trello’s', () => signer.forge(claims), 'signature'],
    ['another Power-Up', () => signer.sign({ ...claims, idPlugin: 'e'.repeat(24) }), 'other-plugin'],
    ['another issuer', () => signer.sign({ ...claims, iss: 'trello.example' }), 'issuer'],
    ['a board id that is none', () => signer.sign({ ...claims, idBoard: 'board' }), 'malformed'],
    ['a card id that is none', () => signer.sign({ ...claims, idCard: '../cards' }), 'malformed'],
    ['a member who is not signed in', () => signer.sign({ ...claims, idMember: 'notLoggedIn' }), 'malformed'],
    ['run out 61 seconds ago', () => signer.sign({ ...claims, iat: seconds(-HOUR), exp: seconds(-61_000) }), 'expired'],
    ['made 2 minutes from now', () => signer.sign({ ...claims, iat: seconds(2 * MINUTE) }), 'not-yet'],
  ]
  test.each(cases)('denies %s', async (_name, make, reason) => {
    expect(await refusalOf(await make())).toBe(reason)
  })

  test('a token whose payload was changed after signing', async () => {
    const [head, , signature] = (await signer.sign(claims)).split('.')
    const [, payload] = (await signer.forge({ ...claims, idMember: 'f'.repeat(24) })).split('.')
    expect(await refusalOf([head, payload, signature].join('.'))).toBe('signature')
  })

  test('without any keys nobody is known, and it is not called the token’s fault', async () => {
    down()
    expect(await refusalOf(await signer.sign(claims))).toBe('keys-unreachable')
  })
})

test('clocks may differ by 60 seconds either way', async () => {
  await verifier.verify(await signer.sign({ ...claims, iat: seconds(-HOUR), exp: seconds(-59_000) }))
  await verifier.verify(await signer.sign({ ...claims, iat: seconds(59_000) }))
})

describe('keys', () => {
  test('are fetched once and kept for four hours', async () => {
    for (let n = 0; n < 5; n += 1) await verifier.verify(await signer.sign(claims))
    expect(keys.asked).toHaveLength(1)
    clock.move(4 * HOUR)
    await verifier.verify(await signer.sign(claims))
    expect(keys.asked).toHaveLength(2)
  })

  test('a rotated key is fetched when the first token signed with it comes', async () => {
    await verifier.verify(await signer.sign(claims))
    clock.move(2 * MINUTE)
    signer.rotate()
    await verifier.verify(await signer.sign(claims))
    expect(keys.asked).toHaveLength(2)
  })

  test('a flood of forged tokens asks for keys once a minute at most', async () => {
    await verifier.verify(await signer.sign(claims))
    const forged = await signer.forge(claims)
    clock.move(2 * MINUTE)
    for (let n = 0; n < 20; n += 1) expect(await refusalOf(forged)).toBe('signature')
    await Promise.all(Array.from({ length: 20 }, () => refusalOf(forged)))
    expect(keys.asked).toHaveLength(2)
    clock.move(MINUTE)
    await refusalOf(forged)
    expect(keys.asked).toHaveLength(3)
  })

  test('stale keys serve while the key set is unreachable, and its health says since when', async () => {
    await verifier.verify(await signer.sign(claims))
    const fetched = clock.wall()
    down()
    clock.move(5 * HOUR)
    await verifier.verify(await signer.sign(claims))
    expect(verifier.health()).toEqual({
      ok: false,
      sentence: `Trello’s key set is unreachable (${keys.origin}/keys). The keys we have still serve.`,
      lastOk: fetched,
    })
  })

  test('while there are none at all, they are tried every 5 seconds and not for every token', async () => {
    down()
    const token = await signer.sign(claims)
    for (let n = 0; n < 10; n += 1) await refusalOf(token)
    expect(keys.asked).toHaveLength(1)
    keys.answers((_request, response) => void response.end(JSON.stringify({ keys: signer.publicKeys() })))
    clock.move(5 * SECOND)
    await verifier.verify(token)
    expect(keys.asked).toHaveLength(2)
  })

  test('a key of an unknown kind among them, or a page instead of them, harms nothing', async () => {
    const good = signer.publicKeys()
    keys.answers((_request, response) => void response.end(JSON.stringify({ keys: ['-----BEGIN NEWS-----', ...good] })))
    await verifier.verify(await signer.sign(claims))
    keys.answers((_request, response) => void response.end('<html>Down for maintenance</html>'))
    clock.move(5 * HOUR)
    await verifier.verify(await signer.sign(claims))
  })

  test('a redirect to other keys is not followed', async () => {
    const theirs = createTokenSigner(clock.wall)
    keys.answers((request, response) => {
      if (request.url === '/keys') response.writeHead(302, { location: '/theirs' }).end()
      else response.end(JSON.stringify({ keys: theirs.publicKeys() }))
    })
    expect(await refusalOf(await theirs.sign(claims))).toBe('keys-unreachable')
    expect(keys.asked.map(({ url }) => url)).toEqual(['/keys'])
  })
})
