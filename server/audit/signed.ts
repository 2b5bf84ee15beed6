import { createHash } from 'node:crypto'
import { compactVerify, importSPKI } from 'jose'
import { z } from 'zod'

/** What is kept of one signed act; see the table `signed_act`. */
export const signedActSchema = z.object({
  id: z.string(),
  act: z.string(),
  subject: z.string(),
  digest: z.string(),
  statement: z.string(),
  challenge: z.string(),
  token: z.string(),
  publicKey: z.string(),
  memberId: z.string(),
  personId: z.string().nullable(),
})
export type SignedAct = z.infer<typeof signedActSchema>

/** The part of every statement that says which act it is, on what, and whose. */
const statementSchema = z.object({
  act: z.string(),
  subject: z.string(),
  by: z.object({ member: z.string(), person: z.string().nullable(), board: z.string() }),
})

const planSchema = z.object({ about: z.object({ plan: z.string() }) })

/** The hash of the plan that an approval's statement names; `null` in other statements. */
export function signedPlan(kept: SignedAct): string | null {
  return planSchema.safeParse(parsed(kept.statement)).data?.about.plan ?? null
}

/** Challenges as Trello signs them: act, subject, the statement's digest, and a nonce. */
const challengeForm = /^v1\.([a-z-]+)\.([A-Za-z0-9_-]+)\.([0-9a-f]{64})\.[0-9a-f]{32}$/

/**
 * Checks the evidence of one act, offline: the statement has the digest that stands in the challenge, the challenge
 * stands in the token, and the kept key signed the token for this member. Times are not asked: it was in time then.
 * @param powerUpId whose tokens count; Trello signs those of every Power-Up with the same keys. `null`: not asked
 * @returns what is wrong, or `null`
 */
export async function checkSignedAct(kept: SignedAct, powerUpId: string | null = null): Promise<string | null> {
  const digest = createHash('sha256').update(kept.statement, 'utf8').digest('hex')
  if (digest !== kept.digest) return 'its statement was changed'
  const [, act, subject, signedDigest] = challengeForm.exec(kept.challenge) ?? []
  if (act !== kept.act || subject !== kept.subject || signedDigest !== digest)
    return 'its challenge does not stand for its statement'
  const says = statementOf(kept.statement)
  if (says?.act !== act || says.subject !== subject) return 'its statement is about something else'
  if (says.by.member !== kept.memberId || says.by.person !== kept.personId) return 'its statement is somebody else’s'
  const claims = await claimsOf(kept)
  if (!claims) return 'its token is not signed by its key'
  if (claims.state !== kept.challenge) return 'its token was made for something else'
  if (claims.idMember !== kept.memberId) return 'its token belongs to somebody else'
  if (claims.idBoard !== says.by.board) return 'its token is of another board'
  if (claims.iss !== 'trello') return 'its token is not Trello’s'
  if (powerUpId !== null && claims.idPlugin !== powerUpId) return 'its token was made for another Power-Up'
  return null
}

/** A short name for a public key: the first half of the SHA-256 of its DER bytes, in hex. */
export function keyName(publicKey: string): string {
  const der = Buffer.from(publicKey.replace(/-----[^-]+-----|\s/g, ''), 'base64')
  return createHash('sha256').update(der).digest('hex').slice(0, 32)
}

function statementOf(text: string): z.infer<typeof statementSchema> | null {
  return statementSchema.safeParse(parsed(text)).data ?? null
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const claimsSchema = z.object({
  state: z.string(),
  idMember: z.string(),
  idBoard: z.string(),
  idPlugin: z.string(),
  iss: z.string(),
})

async function claimsOf(kept: SignedAct): Promise<z.infer<typeof claimsSchema> | null> {
  // Base64 leaves spare bits at the end of a part: two texts could be one token.
  if (kept.token.split('.').some((part) => Buffer.from(part, 'base64url').toString('base64url') !== part)) return null
  try {
    const key = await importSPKI(kept.publicKey, 'RS256')
    const { payload } = await compactVerify(kept.token, key, { algorithms: ['RS256'] })
    return claimsSchema.safeParse(JSON.parse(new TextDecoder().decode(payload))).data ?? null
  } catch {
    return null
  }
}
