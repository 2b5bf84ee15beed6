import { createHash } from 'node:crypto'
import { compactVerify, importSPKI } from 'jose'

/** What is kept of one signed act; see the table `signed_act`. */
export interface SignedAct {
  id: string
  act: string
  subject: string
  digest: string
  statement: string
  challenge: string
  token: string
  publicKey: string
  memberId: string
}

/**
 * Checks the evidence of one act, offline: the statement has the digest that stands in the challenge, the challenge
 * stands in the token, and Trello's key signed the token for this member. Times are not asked: it was in time then.
 * @returns what is wrong, or `null`
 */
export async function checkSignedAct(kept: SignedAct): Promise<string | null> {
  const digest = createHash('sha256').update(kept.statement, 'utf8').digest('hex')
  if (digest !== kept.digest) return 'its statement was changed'
  const [version, act, subject, signedDigest] = kept.challenge.split('.')
  if (version !== 'v1' || act !== kept.act || subject !== kept.subject || signedDigest !== digest)
    return 'its challenge does not stand for its statement'
  let payload: unknown
  try {
    const key = await importSPKI(kept.publicKey, 'RS256')
    const verified = await compactVerify(kept.token, key, { algorithms: ['RS256'] })
    payload = JSON.parse(new TextDecoder().decode(verified.payload))
  } catch {
    return 'its token is not signed by its key'
  }
  if (typeof payload !== 'object' || payload === null) return 'its token says nothing'
  if (!('state' in payload) || payload.state !== kept.challenge) return 'its token was made for something else'
  if (!('idMember' in payload) || payload.idMember !== kept.memberId) return 'its token belongs to somebody else'
  return null
}
