import { afterEach, describe, expect, test, vi } from 'vitest'
import { act, call, ProblemError, standing } from '../../client/api.ts'
import { answering, json, standIn } from './trello-stand-in.ts'

afterEach(() => void vi.unstubAllGlobals())

const refused401 = json(401, { type: 'about:token-refused', title: '', status: 401, detail: 'Reload the board.' })
const bad = (status: number) => new Response('<h1>Bad gateway</h1>', { status })
const approval = { act: 'approve', subject: 'request-1', input: {}, seen: 's', typed: true }
const prepared = json(200, { challenge: 'v1.approve.request-1.d.n', expiresAt: '' })

async function wrong(work: Promise<unknown>): Promise<ProblemError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ProblemError)) throw new Error(`no problem, but ${String(error)}`)
  return error
}

describe('reading', () => {
  test('a refused token is replaced once by a fresh one', async () => {
    const { caller } = standIn()
    const sent = answering(refused401, json(200, { fine: true }))
    expect(await call(caller, 'GET', '/api/queue')).toEqual({ fine: true })
    expect(sent[0]?.token).toBe('token-for-read')
    expect(sent[1]?.token).toMatch(/^token-for-read\d+$/)
  })
  test('a token that is refused twice is a problem, and not asked for a third time', async () => {
    const { caller } = standIn()
    const sent = answering(refused401)
    expect((await wrong(call(caller, 'GET', '/api/queue'))).trouble).toBe('no-token')
    expect(sent).toHaveLength(2)
  })
  test('a problem document keeps its words, fields and window', async () => {
    const { caller } = standIn()
    answering(
      json(422, { type: '', title: '', status: 422, detail: 'There are 2 things left.', fields: { a: 'Tick it' } }),
    )
    const error = await wrong(call(caller, 'GET', '/api/windows/ask'))
    expect([error.message, error.problem.fields, error.trouble]).toEqual([
      'There are 2 things left.',
      { a: 'Tick it' },
      'refused',
    ])
  })
  test('an answer that is no problem document is not called a lost connection', async () => {
    const { caller } = standIn()
    answering(bad(502))
    const error = await wrong(call(caller, 'GET', '/api/queue'))
    expect([error.trouble, error.message, error.problem.status]).toEqual([
      'no-answer',
      'Our server did not answer as it should.',
      502,
    ])
  })
  test('an answer of the right status that cannot be read is a problem too', async () => {
    const { caller } = standIn()
    answering(bad(200))
    expect((await wrong(call(caller, 'GET', '/api/queue'))).trouble).toBe('no-answer')
  })
  test('signed out is told from a server that is down', async () => {
    const { caller, state } = standIn()
    answering(new TypeError('failed to fetch'))
    expect((await wrong(call(caller, 'GET', '/api/queue'))).trouble).toBe('no-server')
    state.signedOut = true
    expect((await wrong(call(caller, 'GET', '/api/queue'))).trouble).toBe('no-token')
  })
})

describe('an act', () => {
  test('is prepared, signed with its challenge on this card, and carried out once', async () => {
    const { caller, asked } = standIn()
    const sent = answering(prepared, json(200, { said: 'Approved.', section: null }))
    expect((await act(caller, approval)).said).toBe('Approved.')
    expect(asked.at(-1)).toEqual({ state: 'v1.approve.request-1.d.n', card: true })
    expect(sent.map(({ path }) => path)).toEqual(['/api/acts/prepare', '/api/acts'])
    expect(sent[0]?.body).toEqual({ act: 'approve', subject: 'request-1', input: {}, seen: 's' })
    expect(sent[1]?.body).toEqual({
      challenge: 'v1.approve.request-1.d.n',
      token: 'token-for-v1.approve.request-1.d.n',
    })
  })
  const nothing: [string, Response | Error, string][] = [
    ['the server is down', new TypeError('failed'), 'we could not reach our server'],
    ['a proxy answers in its place', bad(503), 'our server did not answer as it should'],
    [
      'its database is down',
      json(500, { type: '', title: '', status: 500, detail: 'x' }),
      'something does not work on our side',
    ],
  ]
  test.each(nothing)('says that nothing was approved when %s', async (_name, answer, why) => {
    const { caller } = standIn()
    answering(answer)
    expect((await wrong(act(caller, approval))).message).toBe(
      `Nothing has been approved because ${why}. Your answers are still here. Try again in a minute.`,
    )
  })
  test('says that nothing was approved when one was signed out meanwhile', async () => {
    const { caller, state } = standIn()
    answering(() => {
      state.signedOut = true
      return prepared
    })
    expect((await wrong(act(caller, approval))).message).toBe(
      'Nothing has been approved because Trello did not say who you are. Your answers are still here. Sign in to Trello and try again.',
    )
  })
  test('does not say that nothing was done when the answer was lost on its way', async () => {
    const { caller } = standIn()
    answering(prepared, new TypeError('connection lost'))
    expect((await wrong(act(caller, approval))).message).toBe(
      'We do not know yet whether this has been approved, because the answer did not reach us. Your answers are still here. Look at the card before you try again.',
    )
  })
  test('keeps the server’s own words for a refusal', async () => {
    const { caller } = standIn()
    answering(json(409, { type: '', title: '', status: 409, detail: 'Nothing has been approved. The reason changed.' }))
    expect((await wrong(act(caller, approval))).message).toBe('Nothing has been approved. The reason changed.')
  })
  test('a button that asks nothing does not speak of answers', async () => {
    const { caller } = standIn()
    answering(new TypeError('failed'))
    const { message } = await wrong(act(caller, { act: 'retry-step', subject: 's', input: {}, seen: '' }))
    expect(message).toBe('Nothing has been changed because we could not reach our server. Try again in a minute.')
  })
})

describe('what stands above an old state', () => {
  const now = new Date('2026-11-24T10:50:00Z')
  const at = new Date('2026-11-24T10:42:00Z')
  test('says why, how old it is, and that it updates by itself', async () => {
    const { caller } = standIn()
    answering(new TypeError('failed'))
    expect(standing(await wrong(call(caller, 'GET', '/api/x')), at, now)).toBe(
      'We cannot reach our server. This is how it stood at 10:42am. Nothing is lost. This updates by itself.',
    )
  })
  test('asks to sign in where nothing else helps', async () => {
    const { caller, state } = standIn()
    state.signedOut = true
    expect(standing(await wrong(call(caller, 'GET', '/api/x')), at, now)).toBe(
      'Trello does not say who you are. This is how it stood at 10:42am. Nothing is lost. Sign in to Trello and open this again.',
    )
  })
  test('claims no state where none was ever read', async () => {
    const { caller } = standIn()
    answering(bad(502))
    expect(standing(await wrong(call(caller, 'GET', '/api/x')), null, now)).toContain(
      'We do not know yet how this stands.',
    )
  })
})
