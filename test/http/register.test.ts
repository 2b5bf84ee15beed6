import { afterAll, beforeAll, expect, test } from 'vitest'
import { emailOf, type PracticeWorld, people, startPracticeWorld } from '../practice-world.ts'
import { as, copyTemplate, details, requestOn, until } from './as.ts'
import { allSaid, commentsOn } from './life.ts'

/** A request waits for the register, and the register's answer reaches the card by itself. */

let world: PracticeWorld
beforeAll(async () => {
  world = await startPracticeWorld({ folder: null })
})
afterAll(() => world.close())

const idOf = async (name: string) =>
  (
    await world.product.db.kysely
      .selectFrom('person')
      .select('id')
      .where('full_name', '=', name)
      .executeTakeFirstOrThrow()
  ).id
const badge = async (card: string) =>
  (await as(world, 'priya').badges(card)).cards[card]?.badges.map((one) => one.text) ?? []

/** Asked and complete, while the register does not say whether somebody is away. */
async function waitingForKeeper(username: string, name: string): Promise<string> {
  await world.product.db.kysely
    .deleteFrom('person_fact')
    .where('person_id', '=', await idOf(name))
    .where('fact', '=', 'absences')
    .execute()
  const card = await copyTemplate(world, 'deploy', `Production Deploy for ${name}`)
  const github = people.find((one) => one.name === name)?.github ?? ''
  await as(world, username).submit('ask', card, { ...details, email: emailOf(name), aws: emailOf(name), github })
  expect(await badge(card)).toEqual(['Keeper: update record'])
  return card
}

/** Imports through the settings, as a keeper does. */
async function imports(csv: string): Promise<string> {
  const rae = as(world, 'rae')
  const { form } = (await rae.settings()).parts.find((part) => part.form?.act === 'import-people') ?? {}
  if (!form) throw new Error('there is no form to import people')
  return rae.act(form.act, form.subject, { csv })
}

test('an import of the missing fact makes a request ready: badge, section and comment follow, and open frames hear of it', async () => {
  const card = await waitingForKeeper('priya', 'Priya Shah')
  const heard: string[] = []
  const stream = await fetch(`${world.origin}/api/stream?card=${card}`, {
    headers: { authorization: `Bearer ${await as(world, 'sam').token()}` },
  })
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
  void (async () => {
    for (;;) {
      const part = await reader?.read().catch(() => undefined)
      if (!part || part.done) return
      heard.push(part.value)
    }
  })()
  expect(await imports(`name,email,absences\nPriya Shah,${emailOf('Priya Shah')},none\n`)).toContain('1 facts changed')
  expect(await badge(card)).toEqual(['Sponsor: approve'])
  const section = await as(world, 'sam').section(card)
  expect(section.status.headline).toContain('Priya Shah is ready for your decision')
  expect(section.primary?.text).toBe('Check and approve')
  await until(async () => heard.some((text) => text.includes(card)), 'the frame to hear of it')
  await reader?.cancel()
  await allSaid(world)
  expect(commentsOn(world, card)).toEqual([
    '@rae Priya Shah’s request for Production Deploy needs a register keeper. Open this card on a computer.',
    '@sam Priya Shah is ready for Production Deploy. Open this card on a computer to approve.',
  ])
  const types = await world.product.db.kysely
    .selectFrom('event')
    .select(['type', 'actor'])
    .where('request_id', '=', await requestOn(world, card))
    .orderBy('seq')
    .execute()
  expect(types.find((one) => one.type === 'ready')?.actor).toBe('system')
})

test('a fact that a keeper sets takes readiness away again where it says no', async () => {
  const card = await waitingForKeeper('lee', 'Lee Hart')
  const rae = as(world, 'rae')
  await rae.act('record-absence', await idOf('Lee Hart'), { away: 'no', source: 'Line manager' })
  expect(await badge(card)).toEqual(['Sponsor: approve'])
  await rae.act('set-fact', await idOf('Lee Hart'), { fact: 'clearance', value: false, source: 'Vetting' })
  expect(await badge(card)).toEqual(['Keeper: update record'])
})

test('a change of a tech lead reaches those whose lead they are', async () => {
  const card = await waitingForKeeper('omar', 'Omar Aziz')
  await as(world, 'rae').act('record-absence', await idOf('Omar Aziz'), { away: 'no', source: 'HR' })
  const before = await as(world, 'omar').section(card)
  expect(before.status.lines.join(' ')).toContain('Sam Okoro')
  const version = async () =>
    (
      await world.product.db.kysely
        .selectFrom('request')
        .select('version')
        .where('card_id', '=', card)
        .executeTakeFirstOrThrow()
    ).version
  const was = await version()
  await as(world, 'rae').act('set-fact', await idOf('Sam Okoro'), { fact: 'left', value: true, source: 'HR' })
  expect(await version()).toBeGreaterThan(was)
  expect((await as(world, 'omar').section(card)).status.lines.join(' ')).not.toContain('Sam Okoro')
})
