import { beforeEach, describe, expect, test } from 'vitest'
import { verifyLog } from '../../server/audit/verify.ts'
import { MINUTE, SECOND } from '../../server/clock.ts'
import { HostFailure } from '../../server/requests/card-host.ts'
import { forgetChallenges } from '../../server/requests/challenges.ts'
import { writeSeen } from '../../server/requests/seen.ts'
import { board, confirmations, details, member, type Practice, refused, startPractice } from './office.ts'

/** What is signed is exactly what happens, once, soon, by whom it was made for; anything else is refused, named and logged. */

let office: Practice
let card = ''
let request = ''
beforeEach(async () => {
  office = await startPractice()
  const made = await office.ready('priya')
  card = made.card
  request = made.request
})

const sam = () => office.as('sam')
const approving = () => sam().prepare('approve', request, confirmations)
const again = 'Nothing has been changed. Go back and press the button again.'

/** Refused with this code and these words, logged once for this person, and nothing was granted. */
async function denies(work: Promise<unknown>, code: string, words: string, by = 'sam', act = 'approve') {
  const refusal = await refused(work)
  expect([refusal.code, refusal.sentence]).toEqual([code, words])
  expect((await office.refusals()).at(-1)).toEqual({ act, code, actor: office.id(by) })
  expect(await office.db.kysely.selectFrom('step').select('id').execute()).toEqual([])
}

describe('A challenge', () => {
  test('is carried out by whom it was made for', async () => {
    await sam().carryOut(await approving())
    expect(await office.state(request)).toBe('granting')
  })

  test('lives five minutes', async () => {
    const challenge = await approving()
    office.pass({ ms: 5 * MINUTE - SECOND })
    await sam().carryOut(challenge)
    expect(await office.state(request)).toBe('granting')
  })

  test('that is older than five minutes is refused', async () => {
    const challenge = await approving()
    office.pass({ ms: 5 * MINUTE })
    await denies(sam().carryOut(challenge), 'challenge-expired', again)
    expect(await office.state(request)).toBe('ready')
  })

  test('is used once', async () => {
    const challenge = await sam().prepare('ask-for-changes', request, { line: 'Which team?' })
    await sam().carryOut(challenge)
    const words = 'This was sent already. Look at the card to see what happened.'
    await denies(sam().carryOut(challenge), 'challenge-used', words, 'sam', 'ask-for-changes')
  })

  test('replayed long after it was used and forgotten is refused', async () => {
    const challenge = await sam().prepare('ask-for-changes', request, { line: 'Which team?' })
    await sam().carryOut(challenge)
    office.pass({ ms: 14 * MINUTE })
    await sam().prepare('ask-help', request, { system: 'Logit', what: 'x' })
    await denies(sam().carryOut(challenge), 'challenge-unknown', again, 'sam', 'ask-for-changes')
  })

  test('sent twice at the same moment counts once', async () => {
    const challenge = await approving()
    const ends = await Promise.allSettled([sam().carryOut(challenge), sam().carryOut(challenge)])
    expect(ends.map((end) => end.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect((await office.events()).filter((type) => type === 'approved')).toHaveLength(1)
  })

  test('in the place of a reading token is noted in the log of whose token it was; a stranger’s is not', async () => {
    const challenge = `v1.approve.${'r'.repeat(8)}.${'a'.repeat(64)}.${'b'.repeat(32)}`
    const presented = {
      memberId: member('sam'),
      boardId: board,
      cardId: null,
      state: challenge,
      token: '',
      publicKey: '',
    }
    await office.performing.misused(presented, challenge, 'challenge-as-bearer')
    await office.performing.misused({ ...presented, memberId: member('stranger') }, challenge, 'challenge-as-bearer')
    expect(await office.refusals()).toEqual([{ act: 'approve', code: 'challenge-as-bearer', actor: office.id('sam') }])
  })

  test('of one member is worth nothing in another’s token', async () => {
    const challenge = await approving()
    await denies(office.as('dan').carryOut(challenge), 'challenge-of-another', again, 'dan')
  })

  test('of one board is worth nothing in a token of another', async () => {
    const challenge = await approving()
    await denies(sam().carryOut(challenge, { boardId: 'f'.repeat(24) }), 'challenge-of-another', again)
  })

  test('of one card is worth nothing in a token of another', async () => {
    const challenge = await approving()
    const words = 'This belongs to another card. Open that card and try again.'
    await denies(sam().carryOut(challenge, { cardId: await office.card() }), 'token-of-another-card', words)
    // It is gone with that: a try with a wrong token uses it up.
    await denies(
      sam().carryOut(challenge),
      'challenge-used',
      'This was sent already. Look at the card to see what happened.',
    )
  })

  test.for([
    ['another act', (challenge: string) => challenge.replace('.ask-for-changes.', '.decline.'), 'decline'],
    ['another statement', (text: string) => text.replace(/\.[0-9a-f]{64}\./, `.${'0'.repeat(64)}.`), 'ask-for-changes'],
  ] as const)('altered to stand for %s is refused', async ([, alter, act]) => {
    const challenge = alter(await sam().prepare('ask-for-changes', request, { line: 'Which team?' }))
    await denies(sam().carryOut(challenge), 'challenge-of-another', again, 'sam', act)
    expect(await office.state(request)).toBe('ready')
  })

  test('is kept for ten minutes, with what was typed into it, and no longer', async () => {
    await approving()
    const kept = async () => {
      await forgetChallenges(office.db.kysely, office.office.clock.wall())
      return (await office.db.kysely.selectFrom('challenge').select('act').where('used_at', 'is', null).execute())
        .length
    }
    expect(await kept()).toBe(1)
    office.pass({ ms: 10 * MINUTE })
    expect(await kept()).toBe(1)
    office.pass({ ms: 1 })
    expect(await kept()).toBe(0)
  })

  test('altered to stand for another request is refused', async () => {
    const { request: other } = await office.ready('alex')
    const challenge = (await approving()).replace(request, other)
    await denies(sam().carryOut(challenge), 'challenge-of-another', again)
    expect(await office.state(other)).toBe('ready')
  })

  test('that we never gave is refused', async () => {
    const challenge = (await approving()).replace(/[0-9a-f]{32}$/, 'a'.repeat(32))
    await denies(sam().carryOut(challenge), 'challenge-unknown', again)
  })

  test.for(['', 'anything', 'v1..x', 'v1.approve', `v2.approve.x.${'0'.repeat(64)}.${'0'.repeat(32)}`])(
    'is not this: %j',
    async (state) => {
      await denies(sam().carryOut(state), 'not-a-challenge', again, 'sam', 'unknown')
    },
  )

  test('of a stranger leaves no event, whatever they try', async () => {
    const before = await office.events()
    expect((await refused(office.as('nobody').carryOut('anything'))).code).toBe('not-a-challenge')
    expect((await refused(office.as('nobody').act('approve', request, confirmations))).sentence).toContain(
      'not linked to a person yet',
    )
    expect(await office.events()).toEqual(before)
  })
})

describe('What changed between look and click', () => {
  test('a plan that changed under the sponsor is refused, in words', async () => {
    const seen = writeSeen(await office.world(card))
    await office.as('priya').act('give-details', request, { ...details('priya'), github: 'another-gh' })
    const refusal = await refused(sam().act('approve', request, confirmations, seen))
    expect(refusal.changed).toContain('Priya’s GitHub username changed.')
    expect(refusal.sentence).toMatch(/^Nothing has been approved\. .* Your other answers are kept\.$/)
    expect(await office.refusals()).toEqual([{ act: 'approve', code: 'changed', actor: office.id('sam') }])
    expect(await office.state(request)).toBe('ready')
  })

  test('a plan that changed between click and signature is refused, in words', async () => {
    const challenge = await approving()
    await office.as('priya').act('give-details', request, { ...details('priya'), reason: 'Another reason' })
    await denies(
      sam().carryOut(challenge),
      'changed',
      'Nothing has been approved. The reason changed while you were reading. Check the change and approve again. Your other answers are kept.',
    )
  })

  test.for([
    ['archived', { closed: true }, 'The card was archived.'],
    ['moved to another board', { board_id: 'e'.repeat(24) }, 'The card moved to another board.'],
  ] as const)('a card that was %s is refused, in words', async ([, values, words]) => {
    const challenge = await approving()
    office.edit(async () => {
      await office.db.kysely.updateTable('card').set(values).where('id', '=', card).execute()
    })
    const refusal = await refused(sam().carryOut(challenge))
    expect([refusal.code, refusal.changed]).toEqual(['changed', [words]])
    expect(await office.state(request)).toBe('ready')
  })

  test('when the card cannot be read again nothing is approved, and its request’s log says so', async () => {
    const challenge = await approving()
    office.edit(async () => {
      throw new HostFailure('unreachable', 'Trello is down.')
    })
    await denies(
      sam().carryOut(challenge),
      'host-unreachable',
      'Nothing has been approved because we could not reach Trello. Your answers are still here. Try again in a minute.',
    )
    const event = await office.db.kysely
      .selectFrom('event')
      .select('request_id')
      .where('type', '=', 'refused')
      .executeTakeFirst()
    expect(event?.request_id).toBe(request)
  })

  test('somebody who may not decide learns nothing of what changed, whatever they say they saw', async () => {
    const seen = writeSeen(await office.world(card))
      .replaceAll('priya-gh', 'x')
      .replace(request, 'other')
    for (const who of ['omar', 'nobody']) {
      const refusal = await refused(office.as(who).prepare('approve', request, confirmations, seen))
      expect(refusal.changed).toBeUndefined()
      expect(refusal.status).toBe(403)
    }
  })

  test('a sponsor who lost the role between click and signature is refused', async () => {
    const challenge = await approving()
    await office
      .as('rae')
      .act('set-fact', office.id('priya'), { fact: 'techLead', value: office.id('alex'), source: 'HR' })
    const refusal = await refused(sam().carryOut(challenge))
    expect(refusal.code).toBe('sponsor-not-recorded-tech-lead')
    expect(await office.state(request)).toBe('ready')
  })

  test('two sponsors at the same moment: one approves, the other reads who was first', async () => {
    const [one, other] = [await approving(), await office.as('dan').prepare('approve', request, confirmations)]
    const ends = await Promise.allSettled([sam().carryOut(one), office.as('dan').carryOut(other)])
    expect(ends.filter((end) => end.status === 'fulfilled')).toHaveLength(1)
    expect((await office.events()).filter((type) => type === 'approved')).toHaveLength(1)
  })
})

describe('The evidence', () => {
  test('of an approval is token, key and statement; the log holds their digest alone', async () => {
    await sam().carryOut(await approving())
    const kept = await office.db.kysely
      .selectFrom('signed_act')
      .selectAll()
      .where('act', '=', 'approve')
      .executeTakeFirstOrThrow()
    expect(JSON.parse(kept.statement)).toMatchObject({
      act: 'approve',
      subject: request,
      by: { member: member('sam'), person: office.id('sam'), board },
      about: { plan: (await office.world(card)).plan?.hash, level: 'deploy', engineer: office.id('priya') },
    })
    const event = await office.db.kysely
      .selectFrom('event')
      .select('data')
      .where('type', '=', 'approved')
      .executeTakeFirstOrThrow()
    expect(event.data).toMatchObject({ signedAct: kept.id, digest: kept.digest })
    const log = JSON.stringify(await office.db.kysely.selectFrom('event').selectAll().execute())
    for (const secret of [kept.token, 'priya-gh', 'Deploying from 1 December', 'priya.shah@example.gov.uk'])
      expect(log).not.toContain(secret)
  })

  test('of every signed act is named by an event, so that none can be taken away', async () => {
    await office.as('nobody').act('claim-identity', await office.card(), { person: office.id('kit') })
    await sam().act('ask-for-changes', request, { line: 'Which team?' })
    const acts = await office.db.kysely.selectFrom('signed_act').select(['id', 'act']).orderBy('at').execute()
    expect(acts.map(({ act }) => act).sort()).toEqual(['ask', 'ask-for-changes', 'claim-identity'])
    expect((await verifyLog(office.db.kysely, [])).ok).toBe(true)
    for (const { id, act } of acts) {
      const copy = await office.db.kysely
        .selectFrom('signed_act')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
      await office.db.kysely.deleteFrom('signed_act').where('id', '=', id).execute()
      const { ok, lines } = await verifyLog(office.db.kysely, [])
      expect([act, ok, lines[0]]).toEqual([act, false, expect.stringMatching(/the evidence of ".*" is missing/)])
      await office.db.kysely
        .insertInto('signed_act')
        .values({ ...copy, answers: null })
        .execute()
    }
  })
})
