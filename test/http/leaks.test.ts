import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { normalise } from '../../server/trello/checklist-map.ts'
import { type PracticeWorld, startPracticeWorld } from '../practice-world.ts'
import { as, copyTemplate, details, requestOn } from './as.ts'

/** What somebody outside may ask for, and what they must not learn by it. */

let world: PracticeWorld
let card = ''
let request = ''
beforeAll(async () => {
  world = await startPracticeWorld({ folder: null })
  card = await copyTemplate(world, 'deploy', 'Production Deploy for Priya Shah')
  await as(world, 'priya').act('ask', card, details)
  request = await requestOn(world, card)
})
afterAll(() => world.close())

describe('a window', () => {
  const secrets = /priya\.shah@|priya-s|arn:aws|CD1|"AB"/
  test.each(['uma', 'omar', 'alex'])(
    'that is refused to %s carries nothing of what it would rest on',
    async (viewer) => {
      const view = await as(world, viewer).window('approve', request)
      expect(view.refusal).not.toBeNull()
      expect(JSON.stringify(view)).not.toMatch(secrets)
    },
  )

  test('of somebody who may decide carries what the decision rests on', async () => {
    expect((await as(world, 'sam').window('approve', request)).seen).toMatch(secrets)
  })
})

test('a token of another board follows no card by its id', async () => {
  const token = await as(world, 'uma', 'f'.repeat(24)).token()
  const answer = await fetch(`${world.origin}/api/stream?card=${card}`, {
    headers: { authorization: `Bearer ${token}`, 'last-event-id': 'x' },
  })
  expect(answer.status).toBe(403)
  expect(await answer.text()).not.toContain(request)
})

test('a badge tells nobody whose word is missing', async () => {
  const apprentice = await copyTemplate(world, 'admin', 'Production Admin for Mia Cole')
  const answers = { email: 'mia.cole@example.gov.uk', github: 'mia-c', aws: 'mia.cole@example.gov.uk' }
  await as(world, 'mia').act('ask', apprentice, { ...details, ...answers, confident: true, wantsSecondary: true })
  const badges = await as(world, 'uma').badges(apprentice)
  expect(badges.cards[apprentice]?.badges[0]?.text).toBe('Waiting: a confirmation')
  expect(JSON.stringify(badges)).not.toMatch(/line.manager/i)
})

test('a checklist item of any length is read in a moment, and means nothing', () => {
  expect(normalise('['.repeat(16_384))).toBe('')
  expect(normalise('I **know** how to [roll back](https://example.gov.uk/a) an app')).toBe(
    'i know how to roll back an app',
  )
})

test('a handover names nobody to a stranger on the board', async () => {
  await as(world, 'priya').act('withdraw', request)
  const handover = async (viewer: string) => (await as(world, viewer).queue()).handover.join(' ')
  expect(await handover('omar')).toContain('Priya Shah')
  expect(await handover('uma')).not.toContain('Priya')
})
