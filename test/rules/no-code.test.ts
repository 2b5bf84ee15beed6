import { describe, expect, test } from 'vitest'
import { holdingUp } from '../../server/rules/eligibility.ts'
import { templatesOf } from '../../server/rules/installation-check.ts'
import { judgeSponsorship, whoCanSponsor } from '../../server/rules/sponsorship.ts'
import { installationFor, judged, known, planOf, questionOf, rulesWith, stepOf } from './happy.ts'
import { oneMoreLevel } from './one-more-level.ts'

describe('one more level and one more system are text, and no code', () => {
  const rules = rulesWith(...oneMoreLevel)
  const platform = { ruleSet: rules, level: 'platform' }

  test('eligibility asks for the conditions of all levels below and its own', () => {
    expect(judged(platform).map(({ id }) => id)).toEqual(['CD2', 'CD3', 'CD4', 'CD5', 'CA1', 'CA2', 'CA3', 'CP1', 'AB'])
    expect(holdingUp(judged(platform)).map(({ id }) => id)).toEqual(['CP1'])
    const confirmed = ['CD2', 'CD3', 'CD4', 'CD5', 'CP1']
    expect(holdingUp(judged({ ...platform, answers: { confirmed } }))).toEqual([])
  })

  test('what was confirmed with a held level below is not asked again', () => {
    const held = [
      { level: 'deploy', since: '2026-02-02' },
      { level: 'admin', since: '2026-06-01' },
    ]
    const findings = judged({ ...platform, request: { held, review: null }, answers: { confirmed: ['CP1'] } })
    expect(holdingUp(findings)).toEqual([])
    expect(findings.find(({ id }) => id === 'CA3')).toMatchObject({ date: '2026-06-01' })
  })

  test('sponsors are those of the level: a contractor tech lead, and no Senior Tech', () => {
    const question = questionOf({ ...platform, people: { sam: { employment: known('contractor') } } })
    expect(whoCanSponsor(question)).toEqual(['sam'])
    const ask = (id: string) => {
      const viewer = question.people.get(id)
      if (!viewer) throw new RangeError(id)
      return judgeSponsorship({ ...question, viewer })
    }
    expect(ask('sam')).toMatchObject({ may: true, relation: 'tech-lead' })
    expect(ask('dan')).toMatchObject({ may: false, reason: 'not-recorded-tech-lead' })
    expect(ask('priya').sentence).toBe('You cannot approve your own request. Sam Okoro, your tech lead, can.')
  })

  test('the plan has all that the levels below have, and the new system after its prerequisite', () => {
    const plan = planOf(platform)
    const below = planOf({ ruleSet: rules, level: 'admin' })
    expect(plan.steps.map(({ key }) => key)).toEqual(
      expect.arrayContaining([...below.steps.map(({ key }) => key), 'pager/production']),
    )
    expect(stepOf(plan, 'pager/production')).toMatchObject({
      account: { id: 'priya.shah@example.gov.uk' },
      after: ['aws-admin/production'],
      task: { looksRight: 'Priya Shah is in the rota.' },
      words: { works: ['be paged'] },
    })
    expect(plan.levelName).toBe('Platform Engineer')
    expect(plan.willNotChange).toEqual(['No root account.'])
  })

  test('its template card stands for it', () => {
    expect(templatesOf(rules, installationFor(rules)).get('platform')).toBe('Plat2026')
  })
})

test('one more entitlement on a system that is there needs one line', () => {
  const rules = rulesWith(
    ['    serves: [D3]\n', '    serves: [D3, D7]\n'],
    [
      '\ngrants:\n',
      '  D7: { level: deploy, name: search old logs, sentence: Old logs., section: production-deploy-access }\n\ngrants:\n',
    ],
  )
  expect(stepOf(planOf({ ruleSet: rules }), 'logit').words.works).toEqual(['see logs', 'search old logs'])
})
