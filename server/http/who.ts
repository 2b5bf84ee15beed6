import type { Request } from 'express'
import type { Presented } from '../requests/actor.ts'
import { readChallenge } from '../requests/challenge.ts'
import type { Performing } from '../requests/performing.ts'
import { HttpProblem } from './problem.ts'

/** What verifies Trello's token; the adapter's errors carry one of these reasons. */
export interface TokenReader {
  verify(token: string): Promise<{
    idMember: string
    idBoard: string
    idCard: string | null
    state: string | null
    publicKey: string
    exp: number
  }>
}

/** Who is looking: a verified token that is not a challenge. Challenges are good at their own act only. */
export interface Viewer extends Presented {
  /** When the token ends, for streams. */
  until: Date
}

export interface WhoParts {
  tokens: TokenReader
  /** Counts a refusal by its reason. */
  refused(reason: string): void
  /** Notes whose challenge came in the place of a reading token. */
  performing: Pick<Performing, 'misused'>
}

/** Verified once for each call, however many ask who it is. */
const viewers = new WeakMap<Request, Viewer>()

const bearer = /^Bearer ([A-Za-z0-9_.-]{20,4096})$/

/**
 * Reads who is looking from the `Authorization` header.
 * @throws HttpProblem 401 with what to do; the token's own text appears nowhere
 */
export async function viewerOf(
  request: Request,
  tokens: TokenReader,
  refused: (reason: string) => void,
  performing: WhoParts['performing'] | null = null,
): Promise<Viewer> {
  const known = viewers.get(request)
  if (known) return known
  const [, token] = bearer.exec(request.headers.authorization ?? '') ?? []
  if (!token) {
    refused('missing')
    throw new HttpProblem(
      401,
      'no-token',
      'You are not signed in to Trello. Nothing is lost. Sign in and open the board again.',
    )
  }
  const viewer = await verified(token, tokens, refused)
  if (viewer.state !== null && readChallenge(viewer.state)) {
    refused('challenge-as-bearer')
    await performing?.misused(viewer, viewer.state, 'challenge-as-bearer')
    throw new HttpProblem(401, 'token-refused', 'This token was made for one act only. Reload the board and try again.')
  }
  viewers.set(request, viewer)
  return viewer
}

/** Verifies a token that was made for one act. */
export async function verified(token: string, tokens: TokenReader, refused: (reason: string) => void): Promise<Viewer> {
  try {
    const claims = await tokens.verify(token)
    return {
      memberId: claims.idMember,
      boardId: claims.idBoard,
      cardId: claims.idCard,
      state: claims.state,
      token,
      publicKey: claims.publicKey,
      until: new Date(claims.exp * 1000),
    }
  } catch (error) {
    const reason = error instanceof Error && 'reason' in error ? String(error.reason) : 'unknown'
    refused(reason)
    if (reason === 'keys-unreachable')
      throw new HttpProblem(
        503,
        'keys-unreachable',
        'We cannot check who you are because Trello’s keys are out of reach. Nothing is lost. Try again in a minute.',
      )
    throw new HttpProblem(401, 'token-refused', reason === 'expired' ? ranOut : notForUs)
  }
}

const ranOut = 'Trello’s word on who you are has run out. Nothing is lost. Reload the board.'
const notForUs =
  'Trello’s word on who you are is not for us. Nothing has been changed. Reload the board. If this stays, tell whoever runs this server.'
