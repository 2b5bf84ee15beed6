import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { emailOf, memberId, type PracticeWorld, people, startPracticeWorld } from '../practice-world.ts'
import { as, confirmations, copyTemplate, details, Refused, requestOn, until } from './as.ts'

/** Who may decide what, over HTTP, with every refusal in the words that people read. */

let world: PracticeWorld
beforeAll(async () => {
  world = await startPracticeWorld({ folder: null })
  // So that the step of his AWS user stays open, to be stopped.
  world.aws.setMfa(emailOf('Omar Aziz'), 0)
})
afterAll(() => world.close())

const review = {
  reference: 'Response 41',
  formVersion: 'Google Form',
  date: '2026-01-05',
  'objective-LO1': true,
  'objective-LO2': true,
  'objective-LO3': true,
  'objective-LO4': true,
}

function answersOf(name: string) {
  const person = people.find((one) => one.name === name)
  return { ...details, email: emailOf(name), github: person?.github ?? '', aws: emailOf(name) }
}

async function asked(level: 'deploy' | 'admin', username: string, name: string, more = {}): Promise<string> {
  const card = await copyTemplate(world, level, `${level} for ${name}`)
  await as(world, username).act('ask', card, { ...answersOf(name), ...more })
  return requestOn(world, card)
}

async function refused(work: Promise<unknown>): Promise<Refused> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof Refused)) throw new Error('this was not refused')
  return error
}

async function stateOf(request: string): Promise<string> {
  return (
    await world.product.db.kysely
      .selectFrom('request')
      .select('state')
      .where('id', '=', request)
      .executeTakeFirstOrThrow()
  ).state
}

async function refusalsLogged(act: string, code: string): Promise<number> {
  const rows = await world.product.db.kysely.selectFrom('event').select('data').where('type', '=', 'refused').execute()
  return rows.filter((row) => row.data['act'] === act && row.data['code'] === code).length
}

describe('Production Deploy', () => {
  test('denies the engineer, another tech lead and a stranger, each in words, and logs the refusals', async () => {
    const request = await asked('deploy', 'priya', 'Priya Shah')
    expect((await refused(as(world, 'priya').act('approve', request, confirmations))).message).toBe(
      'You cannot approve your own request. Sam Okoro, your tech lead, or any Senior Tech member can.',
    )
    expect((await refused(as(world, 'nia').act('approve', request, confirmations))).message).toBe(
      'You cannot approve this because you are not recorded as Priya’s tech lead. Sam Okoro is. If that has changed, ask a register keeper to update it.',
    )
    expect((await refused(as(world, 'uma').act('approve', request, confirmations))).message).toContain(
      'not linked to a person yet',
    )
    expect(await refusalsLogged('approve', 'sponsor-self')).toBe(1)
    expect(await refusalsLogged('approve', 'sponsor-not-recorded-tech-lead')).toBe(1)
    expect(await stateOf(request)).toBe('ready')
  })

  test('denies a tech lead who is no civil servant, and allows Senior Tech instead', async () => {
    const request = await asked('deploy', 'lee', 'Lee Hart')
    expect((await refused(as(world, 'nia').act('approve', request, confirmations))).message).toBe(
      'You cannot approve this because a tech lead who sponsors must be a civil servant. Any Senior Tech member can approve it.',
    )
    const missing = await refused(as(world, 'dan').act('approve', request, { 'confirm-CD2': true }))
    expect(Object.keys(missing.problem.fields ?? {}).sort()).toEqual(['confirm-CD3', 'confirm-CD4', 'confirm-CD5'])
    await as(world, 'dan').act('approve', request, confirmations)
    expect(await stateOf(request)).toBe('granting')
    expect((await refused(as(world, 'dan').act('approve', request, confirmations))).message).toBe(
      'This has been approved already by Dan Reyes.',
    )
  })

  test('asks where clearance was seen when the register is silent, for a contractor too', async () => {
    const request = await asked('deploy', 'omar', 'Omar Aziz')
    expect(await stateOf(request)).toBe('ready')
    const missing = await refused(as(world, 'sam').act('approve', request, confirmations))
    expect(missing.problem.fields).toEqual({ clearanceWhere: 'Say where you have seen it.' })
    await as(world, 'sam').act('approve', request, {
      ...confirmations,
      clearanceWhere: 'Onboarding record 12',
      clearanceDate: '2026-02-01',
    })
    expect(await stateOf(request)).toBe('granting')
  })

  test('a second open request of one engineer is refused and says what to do', async () => {
    const card = await copyTemplate(world, 'deploy', 'another card for Priya')
    expect((await refused(as(world, 'priya').act('ask', card, details))).message).toBe(
      'Priya already has an open request for Production Deploy. Go to that card, or withdraw it there and ask again here.',
    )
  })

  test('a name that GitHub does not know is refused at its field, and nothing is lost', async () => {
    const card = await copyTemplate(world, 'deploy', 'for Kit')
    const error = await refused(
      as(world, 'priya').act('ask', card, { ...details, github: 'nobody-here', email: 'priya@elsewhere.example' }),
    )
    expect(error.problem.fields).toEqual({
      email: 'Use your work email address, at example.gov.uk.',
      github: 'GitHub has nobody called nobody-here. Check the spelling.',
    })
  })

  test('an account that belongs to somebody else is refused', async () => {
    const request = await asked('deploy', 'jo', 'Jo Bell')
    const error = await refused(
      as(world, 'jo').act('give-details', request, { ...answersOf('Jo Bell'), github: 'sam-o' }),
    )
    expect(error.problem.fields?.['github']).toContain('belongs to somebody else')
  })
})

describe('what stood on the screen', () => {
  test('a plan that changed under the sponsor is refused with what changed', async () => {
    const card = await copyTemplate(world, 'deploy', 'deploy for Alex Green')
    await as(world, 'alex').act('ask', card, answersOf('Alex Green'))
    const request = await requestOn(world, card)
    const sam = as(world, 'sam')
    const { seen } = await sam.window('approve', request)
    await as(world, 'alex').act('give-details', request, {
      ...answersOf('Alex Green'),
      signonApps: 'Release, Whitehall, Publisher',
    })
    const error = await refused(sam.act('approve', request, confirmations, seen))
    expect(error.problem.status).toBe(409)
    expect(error.problem.changed).toContain('The Signon applications changed.')
    expect(error.message).toMatch(/^Nothing has been approved\./)
    expect(error.problem.window?.parts.length).toBeGreaterThan(1)
  })

  test('a card edited between look and click is refused, named and logged', async () => {
    const card = await copyTemplate(world, 'deploy', 'deploy for Alex Green')
    const request = await world.product.db.kysely
      .selectFrom('request')
      .select(['id', 'card_id'])
      .where('state', '=', 'ready')
      .executeTakeFirstOrThrow()
    const sam = as(world, 'sam')
    const { seen } = await sam.window('approve', request.id)
    const challenge = await sam.prepare('approve', request.id, confirmations, seen)
    const live = world.trello.model.card(request.card_id)
    if (!live) throw new Error('no card')
    world.trello.model.setClosed(memberId('sam'), live, true)
    const error = await refused(sam.carryOut(challenge, await sam.token(challenge)))
    expect(error.problem.changed).toContain('The card was archived.')
    expect(await refusalsLogged('approve', 'changed')).toBeGreaterThan(0)
    world.trello.model.setClosed(memberId('sam'), live, false)
    await until(
      () =>
        world.product.db.kysely
          .selectFrom('card')
          .select('id')
          .where('id', '=', live.id)
          .where('closed', '=', false)
          .executeTakeFirst(),
      'the card to be back',
    )
    expect(card).toHaveLength(24)
  })

  test('when Trello is out of reach nothing is approved, in words', async () => {
    const request = await world.product.db.kysely
      .selectFrom('request')
      .select('id')
      .where('state', '=', 'ready')
      .executeTakeFirstOrThrow()
    const sam = as(world, 'sam')
    world.trello.faults.restDown = true
    const error = await refused(sam.act('approve', request.id, confirmations))
    world.trello.faults.restDown = false
    expect(error.message).toBe(
      'Nothing has been approved because we could not reach Trello. Your answers are still here. Try again in a minute.',
    )
  })
})

describe('tokens and challenges', () => {
  const anyReady = async () =>
    await world.product.db.kysely
      .selectFrom('request')
      .select(['id', 'card_id'])
      .where('state', '=', 'ready')
      .executeTakeFirstOrThrow()

  test('a challenge is used once', async () => {
    const { id } = await anyReady()
    const sam = as(world, 'sam')
    const challenge = await sam.prepare('ask-for-changes', id, { what: ['The reason is not clear'] })
    const token = await sam.token(challenge)
    await sam.carryOut(challenge, token)
    expect((await refused(sam.carryOut(challenge, token))).problem.type).toBe('about:challenge-used')
    const engineer = await world.product.db.kysely
      .selectFrom('request')
      .select('person_id')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    expect(engineer.person_id).not.toBe('')
  })

  test('a challenge of one member is worth nothing in another’s token', async () => {
    const request = await asked('deploy', 'rae', 'Rae Lund', { github: 'kit-d' })
    const dan = as(world, 'dan')
    const ines = as(world, 'ines')
    const challenge = await dan.prepare('decline', request, { reason: 'Not now' })
    expect((await refused(ines.carryOut(challenge, await ines.token(challenge)))).problem.type).toBe(
      'about:challenge-of-another',
    )
    expect(await stateOf(request)).not.toBe('declined')
  })

  test('a forged token, one of another Power-Up, an old one and a challenge as a reading token are refused', async () => {
    const claims = { idMember: memberId('sam'), idBoard: world.boardId, idPlugin: 'a'.repeat(24) }
    const read = async (token: string) =>
      (await fetch(`${world.origin}/api/settings`, { headers: { authorization: `Bearer ${token}` } })).status
    const now = Math.floor(Date.now() / 1000)
    expect(await read(await world.trello.signer.forge({ ...claims }))).toBe(401)
    expect(await read(await world.trello.signer.sign(claims))).toBe(401)
    expect(
      await read(
        await world.trello.signToken({
          idMember: memberId('sam'),
          idBoard: world.boardId,
          iat: now - 4000,
          exp: now - 3000,
        }),
      ),
    ).toBe(401)
    const { id } = await anyRequest()
    const challenge = await as(world, 'sam').prepare('ask-help', id, { system: 'Logit', what: 'no stacks' })
    expect(await read(await as(world, 'sam').token(challenge))).toBe(401)
    expect(await read(await as(world, 'sam').token('anything else'))).toBe(200)
  })

  test('the statement cannot be swapped: an altered challenge is not known', async () => {
    const { id } = await anyRequest()
    const sam = as(world, 'sam')
    const challenge = await sam.prepare('ask-help', id, { system: 'Logit', what: 'no stacks' })
    const altered = challenge.replace(/\.[0-9a-f]{64}\./, `.${'0'.repeat(64)}.`)
    expect((await refused(sam.carryOut(altered, await sam.token(altered)))).problem.type).toBe(
      'about:challenge-of-another',
    )
  })
})

async function anyRequest() {
  return world.product.db.kysely
    .selectFrom('request')
    .select(['id', 'card_id'])
    .where('state', 'in', ['ready', 'granting', 'open', 'changes-asked'])
    .orderBy('created_at')
    .executeTakeFirstOrThrow()
}

describe('Production Admin', () => {
  test('only Senior Tech approves; review and approval in one window', async () => {
    const request = await asked('admin', 'jo', 'Jo Bell')
    expect((await refused(as(world, 'sam').act('approve', request, confirmations))).message).toMatch(
      /^Only Senior Tech can approve Production Admin\. .* can\.$/,
    )
    const window = await as(world, 'dan').window('approve', request)
    expect(window.parts.map((part) => part.title)).toContain('Learning objectives')
    const missing = await refused(as(world, 'dan').act('approve', request, confirmations))
    expect(Object.keys(missing.problem.fields ?? {})).toContain('objective-LO1')
    await as(world, 'dan').act('approve', request, { ...confirmations, ...review })
    expect(await stateOf(request)).toBe('granting')
    const steps = await world.product.db.kysely
      .selectFrom('step')
      .select('key')
      .where('request_id', '=', request)
      .execute()
    expect(steps.map((step) => step.key)).toEqual(
      expect.arrayContaining([
        'github-production-deploy',
        'github-production-admin',
        'aws-admin/tools',
        'fastly',
        'sentry',
        'gcp-group',
      ]),
    )
    expect(steps.map((step) => step.key)).not.toContain('aws-user/production')
  })

  test('nobody reviews their own form', async () => {
    const request = await asked('admin', 'ines', 'Ines Moreau')
    expect((await refused(as(world, 'ines').act('review-preparedness', request, review))).message).toBe(
      'You cannot review this. Somebody in Senior Tech who is not the engineer can.',
    )
  })

  test('probation of a contractor is "not applicable" only with a written reason', async () => {
    const request = await requestOfPerson('Ines Moreau', 'admin')
    await as(world, 'dan').act('review-preparedness', request, review)
    const error = await refused(as(world, 'dan').act('approve', request, confirmations))
    expect(error.problem.fields).toEqual({ 'notApplicable-CA2': 'Say in writing how this condition is met.' })
    await as(world, 'dan').act('approve', request, {
      ...confirmations,
      'notApplicable-CA2': 'Managed service, six months with us',
    })
    expect(await stateOf(request)).toBe('granting')
  })

  test('an apprentice needs three facts, and the line manager’s own word', async () => {
    const request = await asked('admin', 'mia', 'Mia Cole', { confident: true, wantsSecondary: true })
    expect(await stateOf(request)).toBe('open')
    expect((await refused(as(world, 'sam').act('line-manager-agrees', request))).message).toContain(
      'Only the engineer’s line manager',
    )
    await as(world, 'dan').act('line-manager-agrees', request)
    const section = await as(world, 'mia').section(await cardOf(request))
    const rows = [...section.next, ...section.detail]
    expect(rows.find((row) => row.title === 'Your line manager agrees')?.mark).toBe('yes')
    // The register says that probation is not passed: that is never overridden.
    expect(await stateOf(request)).toBe('open')
    expect((await as(world, 'dan').window('approve', request)).refusal).toContain('probation has not been passed')
  })

  test('a board learns nothing private', async () => {
    const card = await cardOf(await requestOfPerson('Mia Cole', 'admin'))
    const words = /probation|apprentice|clearance|absen|BPSS/i
    const colleague = await as(world, 'omar').section(card)
    const stranger = await as(world, 'uma').section(card)
    const badges = await as(world, 'omar').badges(card)
    expect(
      JSON.stringify({ next: colleague.next, detail: colleague.detail, status: colleague.status, badges }),
    ).not.toMatch(words)
    expect(JSON.stringify(stranger)).not.toMatch(words)
    expect(JSON.stringify(stranger)).not.toContain('Mia')
  })
})

describe('who somebody is', () => {
  test('an unlinked engineer asks, a colleague says yes, and what was typed counts', async () => {
    const card = await copyTemplate(world, 'deploy', 'Production Deploy for Kit Doyle')
    const kit = as(world, 'kitd')
    const window = await kit.window('ask', card)
    const names = window.parts[0]?.fields[0]
    const person =
      names?.kind === 'choice' ? names.options.find((option) => option.text === 'Kit Doyle')?.value : undefined
    if (!person) throw new Error('Kit is not in the list')
    await kit.act('claim-identity', card, { ...answersOf('Kit Doyle'), github: '', person })
    expect(
      (await refused(as(world, 'uma').act('confirm-identity', card, { person, answer: 'yes' }))).message,
    ).toContain('A colleague')
    const line = (await as(world, 'sam').section(card)).next.find((row) => row.title === 'Is this Kit Doyle?')
    await as(world, 'sam').press(line?.buttons[0])
    expect((await kit.section(card)).status.headline).toBe('Your turn: 1 thing left')
  })

  test('a claimed Senior Tech is refused', async () => {
    const card = await copyTemplate(world, 'deploy', 'nobody’s card')
    const dan = await world.product.db.kysely
      .selectFrom('person')
      .select('id')
      .where('full_name', '=', 'Dan Reyes')
      .executeTakeFirstOrThrow()
    await world.product.db.kysely
      .deleteFrom('person_account')
      .where('kind', '=', 'trello')
      .where('person_id', '=', dan.id)
      .execute()
    const error = await refused(as(world, 'uma').act('claim-identity', card, { person: dan.id }))
    expect(error.message).toContain('only a register keeper can link')
    await world.product.db.kysely
      .insertInto('person_account')
      .values({
        kind: 'trello',
        id: memberId('dan'),
        name: '',
        person_id: dan.id,
        state: 'linked',
        since: new Date(),
        set_by: 'import',
      })
      .execute()
  })

  test('a second Trello account is refused', async () => {
    const card = await copyTemplate(world, 'deploy', 'nobody’s other card')
    const priya = await world.product.db.kysely
      .selectFrom('person')
      .select('id')
      .where('full_name', '=', 'Priya Shah')
      .executeTakeFirstOrThrow()
    expect((await refused(as(world, 'uma').act('claim-identity', card, { person: priya.id }))).message).toContain(
      'has another Trello account already',
    )
  })

  test('a GitHub login swapped after approval stops the steps not yet begun', async () => {
    const request = await requestOfPerson('Omar Aziz', 'deploy')
    const omar = await world.product.db.kysely
      .selectFrom('request')
      .select('person_id')
      .where('id', '=', request)
      .executeTakeFirstOrThrow()
    // The AWS user is pinned too: another one after the approval stops its steps.
    await world.product.db.kysely
      .updateTable('person_account')
      .set({ id: 'arn:aws:iam::000000000000:user/someone.else@example.gov.uk' })
      .where('kind', '=', 'aws')
      .where('person_id', '=', omar.person_id)
      .execute()
    const user = await world.product.db.kysely
      .selectFrom('step')
      .select('id')
      .where('request_id', '=', request)
      .where('key', '=', 'aws-iam-user')
      .executeTakeFirstOrThrow()
    // Its own task is a step not yet begun as well, and the next one only follows it: nobody does either for that account.
    await expect(as(world, 'alex').act('done-step', user.id)).rejects.toThrow(
      'account for this step changed after the approval. Nothing was changed.',
    )
  })
})

async function cardOf(request: string): Promise<string> {
  return (
    await world.product.db.kysely
      .selectFrom('request')
      .select('card_id')
      .where('id', '=', request)
      .executeTakeFirstOrThrow()
  ).card_id
}

async function requestOfPerson(name: string, level: string): Promise<string> {
  const row = await world.product.db.kysely
    .selectFrom('request')
    .innerJoin('person', 'person.id', 'request.person_id')
    .select('request.id')
    .where('full_name', '=', name)
    .where('level', '=', level)
    .executeTakeFirstOrThrow()
  return row.id
}

test('settings show every connection, and a keeper imports people or learns every bad row', async () => {
  const rae = as(world, 'rae')
  const titles = (await rae.settings()).parts.map((part) => part.title)
  expect(titles).toEqual(expect.arrayContaining(['Boards', 'Connections', 'Register', 'Import people']))
  const error = await refused(
    rae.act('import-people', 'installation', {
      csv: 'name,email,clearance\nZed Nil,zed@example.gov.uk,maybe\n,not-an-email,yes',
    }),
  )
  expect(error.problem.fields?.['csv']).toContain('line 2: clearance: use yes, no')
  expect(error.problem.fields?.['csv']).toContain('line 3: email')
  expect(
    await rae.act('import-people', 'installation', { csv: 'name,email,clearance\nZed Nil,zed@example.gov.uk,yes' }),
  ).toContain('1 people added')
  expect(
    (await refused(as(world, 'sam').act('import-people', 'installation', { csv: 'name,email\nA B,a@example.gov.uk' })))
      .message,
  ).toContain('A register keeper can')
})
