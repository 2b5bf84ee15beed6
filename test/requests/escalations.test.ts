import { beforeEach, expect, test } from 'vitest'
import { fenced } from '../../server/grants/judge-again.ts'
import { setAccount } from '../../server/people/accounts.ts'
import {
  confirmations,
  details,
  emailOf,
  linkedNames,
  member,
  type Practice,
  refused,
  review,
  startPractice,
} from './office.ts'

/** The escalations that enrolment and accounts invite, each refused and logged. */

let office: Practice
beforeEach(async () => {
  office = await startPractice()
})

const claim = async (as: string, person: string) =>
  office.as(as).act('claim-identity', await office.card(), { person: office.id(person) })
const answer = async (by: string, person: string) =>
  office.as(by).act('confirm-identity', await office.card(), { person: office.id(person), answer: 'yes' })
const words = async (work: Promise<unknown>) => (await refused(work)).sentence
const keeper = () => office.as('rae')
const importing = (csv: string) => keeper().act('import-people', 'installation', { csv })

test('a second Trello account', async () => {
  expect(await words(claim('second', 'priya'))).toBe(
    'Priya Shah has another Trello account already. Ask a register keeper to link your Trello account.',
  )
})

test.for([
  ['Senior Tech', 'dan'],
  ['tech lead', 'sam'],
  ['line manager', 'lina'],
  ['register keeper', 'rae'],
  ['2nd line', 'alex'],
] as const)('a claimed %s', async ([, name]) => {
  await office.db.kysely
    .deleteFrom('person_account')
    .where('kind', '=', 'trello')
    .where('person_id', '=', office.id(name))
    .execute()
  expect(await words(claim('second', name))).toMatch(
    /has a role in approvals, so only a register keeper can link this account\. Ask a register keeper/,
  )
})

test('a claim that gets its role while it waits', async () => {
  await claim('newcomer', 'kit')
  await keeper().act('set-fact', office.id('kit'), { fact: 'seniorTech', value: true, source: 'HR' })
  expect(await words(answer('omar', 'kit'))).toContain('only a register keeper can link the account')
})

test('a role for somebody whose link is a colleague’s word only', async () => {
  await claim('newcomer', 'kit')
  await answer('omar', 'kit')
  for (const fact of [
    { fact: 'seniorTech', value: true },
    { fact: 'keeper', value: true },
  ])
    expect(await words(keeper().act('set-fact', office.id('kit'), { ...fact, source: 'HR' }))).toContain(
      'is linked on a colleague’s word. Import its member id before giving a role in approvals.',
    )
  expect(
    await words(
      keeper().act('set-fact', office.id('priya'), { fact: 'techLead', value: office.id('kit'), source: 'HR' }),
    ),
  ).toContain('is linked on a colleague’s word')
})

test('a claimant who confirms himself under a second account', async () => {
  await claim('first', 'kit')
  // The second account is a stranger's, and a stranger confirms nobody …
  expect(await words(answer('second', 'kit'))).toBe(
    'You cannot confirm this. A colleague whose Trello account is linked can.',
  )
  // … may not claim the same person beside the first …
  expect(await words(claim('second', 'kit'))).toContain('Somebody else says they are Kit Doyle.')
  // … and once a keeper links it to Kit, it is Kit who would confirm Kit.
  await importing(`name,email,trello_member_id\nKit Doyle,${emailOf('kit')},${member('second')}`)
  expect(await words(answer('second', 'kit'))).toBe('You cannot confirm yourself. Another linked colleague can.')
})

test('a colleague linked on another’s word who vouches for a second account', async () => {
  await claim('newcomer', 'kit')
  await answer('omar', 'kit')
  await importing(`name,email\nUna Frost,una.frost@example.gov.uk`)
  const una = await office.db.kysely
    .selectFrom('person')
    .select('id')
    .where('full_name', '=', 'Una Frost')
    .executeTakeFirstOrThrow()
  const card = await office.card()
  await office.as('second').act('claim-identity', card, { person: una.id })
  const yes = (by: string) => office.as(by).act('confirm-identity', card, { person: una.id, answer: 'yes' })
  expect(await words(yes('newcomer'))).toBe(
    'Your own Trello account is linked on a colleague’s word, so it cannot confirm others. A colleague whom a register keeper has linked can.',
  )
  expect(await yes('omar')).toContain('Una Frost is linked.')
})

test('a colleague whose role does not allow an act has nobody looked up in other systems', async () => {
  const { request } = await office.ready('priya')
  const before = office.lookedUp.length
  expect((await refused(office.as('jo').act('give-details', request, details('jo')))).status).toBe(403)
  expect(office.lookedUp.slice(before)).toEqual([])
  await office.as('priya').act('give-details', request, details('priya'))
  expect(office.lookedUp.slice(before)).toContain('priya-gh')
})

test('an account that claims the same person between the question and the answer', async () => {
  const card = await office.card()
  await office.as('newcomer').act('claim-identity', card, { ...details('kit'), person: office.id('kit') })
  const shown = { person: office.id('kit'), member: member('newcomer'), answer: 'yes' }
  const challenge = await office.as('omar').prepare('confirm-identity', card, shown)
  await office.as('dan').act('confirm-identity', card, { person: office.id('kit'), answer: 'no' })
  await office.as('second').act('claim-identity', card, { ...details('kit'), person: office.id('kit') })
  expect(await words(office.as('omar').carryOut(challenge))).toBe('This has been answered already.')
})

test('a claim with a token of another board', async () => {
  const card = await office.card()
  const elsewhere = office.as('newcomer', { boardId: 'f'.repeat(24) })
  expect(await words(elsewhere.act('claim-identity', card, { ...details('kit'), person: office.id('kit') }))).toBe(
    'Open this card on its own board, and tell us there who you are.',
  )
})

test('what a claimant typed counts only for the person who was confirmed', async () => {
  const card = await office.card()
  await office.as('newcomer').act('claim-identity', card, { ...details('kit'), person: office.id('kit') })
  expect(await office.requestOf(card)).toBe('none')
  await office.as('omar').act('confirm-identity', card, { person: office.id('kit'), answer: 'no' })
  expect(await office.requestOf(card)).toBe('none')
  await office.as('newcomer').act('claim-identity', card, { ...details('kit'), person: office.id('kit') })
  await office.as('omar').act('confirm-identity', card, { person: office.id('kit'), answer: 'yes' })
  const { request, engineer } = await office.world(card)
  expect([request?.state, engineer?.id]).toEqual(['ready', office.id('kit')])
})

test('a claimed person who has an open request on another card is linked, and gets no second one', async () => {
  const first = await office.card()
  await office.as('sam').act('attach', first, { engineer: office.id('kit') })
  const card = await office.card()
  await office.as('newcomer').act('claim-identity', card, { ...details('kit'), person: office.id('kit') })
  expect(await office.as('omar').act('confirm-identity', card, { person: office.id('kit'), answer: 'yes' })).toBe(
    'Kit Doyle is linked.',
  )
  expect(await office.requestOf(card)).toBe('none')
})

async function approved() {
  const made = await office.ready('priya')
  await office.as('sam').act('approve', made.request, confirmations)
  return made
}
const fences = async (card: string) => {
  const world = await office.world(card)
  return world.steps.map((step) => [step.plan.account.kind, fenced(world, step, 14)?.code ?? null])
}

test.for([
  ['GitHub login', 'github'],
  ['ARN', 'aws'],
] as const)('a swapped %s after approval', async ([, kind]) => {
  const { card, request } = await approved()
  // Over another request of theirs: the only place where an engineer can still change their names.
  const { request: other } = await office.ready('priya', 'admin')
  await office.as('priya').act('give-details', other, { ...details('priya'), [kind]: 'mallory' })
  for (const [of, fence] of await fences(card))
    expect([of, fence]).toEqual([of, of === kind ? 'account-changed' : null])
  expect(await words(office.as('priya').act('give-details', request, details('priya')))).toBe(
    'Nothing has been changed because this request is approved already.',
  )
  expect(await office.events()).toContain('account-changed')
})

test('an account swapped before approval is what the sponsor is told of', async () => {
  const { request } = await office.ready('priya')
  const challenge = await office.as('sam').prepare('approve', request, confirmations)
  await office.as('priya').act('give-details', request, { ...details('priya'), github: 'mallory' })
  expect((await refused(office.as('sam').carryOut(challenge))).changed).toContain('Priya’s GitHub username changed.')
})

test('an account linked to two people', async () => {
  await office.ready('priya')
  const card = await office.card()
  const refusal = await refused(office.as('alex').act('ask', card, { ...details('alex'), github: 'priya-gh' }))
  expect(refusal.fields).toEqual({
    github: 'The GitHub account priya-gh belongs to somebody else in the register. Check it, or ask a register keeper.',
  })
  expect(await office.refusals()).toEqual([{ act: 'ask', code: 'account-of-another', actor: office.id('alex') }])
  expect(await office.requestOf(card)).toBe('none')
  const link = { personId: office.id('alex'), kind: 'trello' as const, id: member('priya'), name: '', setBy: 'import' }
  await expect(office.db.transaction((tx) => setAccount(tx, { ...link, at: new Date(0) }))).rejects.toThrow(
    'belongs to somebody else',
  )
})

test.for([
  ['clearance', true],
  ['seniorTech', true],
  ['techLead', 'sam'],
  ['left', false],
] as const)('a keeper changing own facts: %s', async ([fact, value]) => {
  const given = typeof value === 'string' ? office.id(value) : value
  expect(await words(keeper().act('set-fact', office.id('rae'), { fact, value: given, source: 'me' }))).toBe(
    'You cannot change this. A register keeper can, but never their own facts.',
  )
  expect(await office.refusals()).toEqual([{ act: 'set-fact', code: 'not-allowed', actor: office.id('rae') }])
})

test('a keeper changing own facts by an import', async () => {
  const before = await office.events()
  const refusal = await refused(importing(`name,email,senior_tech\nRae Lund,${emailOf('rae')},yes`))
  expect(refusal.fields?.['csv']).toContain('nobody changes their own facts')
  expect(await office.refusals()).toEqual([{ act: 'import-people', code: 'import-refused', actor: office.id('rae') }])
  expect((await office.events()).length).toBe(before.length + 1)
})

test('a keeper who makes themselves somebody’s tech lead', async () => {
  const fact = { fact: 'techLead', value: office.id('rae'), source: 'me' }
  expect(await words(keeper().act('set-fact', office.id('priya'), fact))).toContain(
    'This would give you a role in approvals. Ask another register keeper.',
  )
})

test('an absence is recorded by the tech lead, never one’s own, and holds the request up', async () => {
  const { card, request } = await office.ready('priya')
  const absence = { away: 'yes', start: '2026-01-01', source: 'a letter' }
  expect(await words(office.as('priya').act('record-absence', office.id('priya'), absence))).toContain(
    'never their own absence',
  )
  expect(await words(office.as('omar').act('record-absence', office.id('priya'), absence))).toContain(
    'A register keeper or the tech lead can',
  )
  await office.as('sam').act('record-absence', office.id('priya'), absence)
  expect((await office.world(card)).findings.find((finding) => finding.id === 'AB')?.outcome).toBe('not-met')
  expect((await refused(office.as('sam').act('approve', request, confirmations))).code).toBe('state-open')
})

test('an engineer who is own tech lead', async () => {
  const own = { fact: 'techLead', value: office.id('sam'), source: 'HR' }
  expect(await words(keeper().act('set-fact', office.id('sam'), own))).toBe(
    'Nobody is their own tech lead or line manager. Choose somebody else.',
  )
  // Even where the register says so, by an older hand: nobody approves themselves.
  const { request } = await office.ready('sam')
  const fact = { value: JSON.stringify(office.id('sam')), source: 'x', as_of: '2026-03-01', recorded_by: 'x' }
  await office.db.kysely
    .insertInto('person_fact')
    .values({ person_id: office.id('sam'), fact: 'techLead', recorded_at: new Date(0), ...fact })
    .execute()
  expect((await refused(office.as('sam').act('approve', request, confirmations))).code).toBe('sponsor-self')
  expect(await office.state(request)).toBe('ready')
})

test('a reviewer who is the engineer, under another account', async () => {
  const { request } = await office.ready('dan', 'admin')
  expect(await words(claim('second', 'dan'))).toContain('has another Trello account already')
  expect(await words(office.as('second').act('review-preparedness', request, review))).toContain('not linked')
  // A keeper's import moves Dan to the second account: it is still Dan.
  await importing(`name,email,trello_member_id\nDan Reyes,${emailOf('dan')},${member('second')}`)
  expect(await words(office.as('second').act('review-preparedness', request, review))).toBe(
    'You cannot review this. Somebody in Senior Tech who is not the engineer can.',
  )
  expect(await words(office.as('dan').act('review-preparedness', request, review))).toContain('not linked')
})

test('a sponsor who is the engineer, under another account', async () => {
  const { request } = await office.ready('dan')
  await importing(`name,email,trello_member_id\nDan Reyes,${emailOf('dan')},${member('second')}`)
  expect((await refused(office.as('second').act('approve', request, confirmations))).code).toBe('sponsor-self')
})

test('a line manager’s agreement recorded by the only source', async () => {
  const { request } = await office.ready('mia', 'admin', { confident: true, wantsSecondary: true })
  const record = { date: '2026-03-01', reference: 'Letter 4' }
  await office.as('dan').act('record-line-manager', request, record)
  const approve = (name: string) => office.as(name).act('approve', request, { ...confirmations, ...review })
  const refusal = await refused(approve('dan'))
  expect([refusal.code, refusal.sentence]).toEqual([
    'condition-AP-line-manager',
    'Nothing has been approved. You recorded what the line manager said, so you cannot be the one who approves as well. Ask another Senior Tech member, or ask the line manager to answer on the card.',
  ])
  await approve('ines')
  expect(await office.state(request)).toBe('granting')
})

test('a line manager’s agreement by the engineer, the tech lead or a keeper', async () => {
  const { request } = await office.ready('mia', 'admin', { confident: true, wantsSecondary: true })
  for (const name of ['mia', 'sam', 'rae'])
    expect(await words(office.as(name).act('line-manager-agrees', request))).toBe(
      'You cannot say this. Only the engineer’s line manager can.',
    )
  expect(await office.state(request)).toBe('open')
})

test('the engineer’s own clicks by anybody else', async () => {
  const { request } = await office.ready('mia', 'admin')
  for (const name of linkedNames.filter((one) => one !== 'mia'))
    expect(await words(office.as(name).act('give-details', request, { confident: true }))).toContain(
      'Only the engineer',
    )
})

test('a step said to be done and seen by one person, or by the engineer', async () => {
  const { request } = await approved()
  const step = await office.db.kysely
    .selectFrom('step')
    .selectAll()
    .where('request_id', '=', request)
    .where('state', '=', 'ready')
    .where('turn', '=', 'second-line')
    .orderBy('ordinal')
    .executeTakeFirstOrThrow()
  const own = 'You cannot mark this step because the access is yours. 2nd line or your tech lead can.'
  expect(await words(office.as('priya').act('done-step', step.id))).toBe(own)
  await office.as('alex').act('done-step', step.id)
  expect(await words(office.as('alex').act('seen-step', step.id))).toBe(
    'You cannot check this because you did it. Another linked colleague can, but not the engineer.',
  )
  expect(await words(office.as('priya').act('seen-step', step.id))).toContain('because the access is yours')
  await office.as('omar').act('seen-step', step.id)
})
