import { decodeProtectedHeader, importSPKI, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { createTokenSigner } from './signer.ts'

const claims = { idPlugin: 'p', idBoard: 'b', idMember: 'm' }
const now = () => new Date('2026-03-02T10:00:00Z')

async function verify(signer: ReturnType<typeof createTokenSigner>, token: string) {
  const key = await importSPKI(signer.publicKeys()[0] ?? '', 'RS256')
  return jwtVerify(token, key, { algorithms: ['RS256'], currentDate: now() })
}

test('a good token is RS256, names no key, comes from trello and lasts fifteen minutes', async () => {
  const signer = createTokenSigner(now)
  const token = await signer.sign({ ...claims, state: 's' })
  const { payload } = await verify(signer, token)
  const iat = now().getTime() / 1000
  expect(payload).toEqual({ ...claims, state: 's', iss: 'trello', iat, exp: iat + 900 })
  expect(decodeProtectedHeader(token)).toEqual({ alg: 'RS256' })
})

test.each([
  ['signed with another key', (signer: ReturnType<typeof createTokenSigner>) => signer.forge(claims)],
  [
    'signed with the public key as a secret',
    (signer: ReturnType<typeof createTokenSigner>) => signer.signWithPublicKey(claims),
  ],
  ['not signed at all', async (signer: ReturnType<typeof createTokenSigner>) => signer.unsigned(claims)],
])('a token that is %s does not verify', async (_how, make) => {
  const signer = createTokenSigner(now)
  await expect(verify(signer, await make(signer))).rejects.toThrow()
})

test('after the keys were changed, an earlier token no longer verifies', async () => {
  const signer = createTokenSigner(now)
  const token = await signer.sign(claims)
  signer.rotate()
  await expect(verify(signer, token)).rejects.toThrow('signature verification failed')
})
