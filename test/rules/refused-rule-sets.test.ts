import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadRuleSet, RuleSetError, readRuleSet } from '../../server/rules/rule-set.ts'
import { rulesText, rulesTextWith } from './happy.ts'

const changed = (from: string, to: string) => rulesTextWith([from, to])

/** The line on which a text first stands. */
function lineOf(text: string, part: string): number {
  const at = text.indexOf(part)
  if (at < 0) throw new RangeError(`no ${part}`)
  return text.slice(0, at).split('\n').length
}

interface Slip {
  what: string
  text: string
  /** First text on the line that the message names. */
  at: string
  problem: string
  remedy: string
}

const slips: Slip[] = [
  {
    what: 'an unknown key',
    text: changed('    confidential: true\n', '    confidental: true\n'),
    at: 'confidental',
    problem: 'the key conditions.CD1.confidental is not known',
    remedy: 'Check its spelling, or remove it.',
  },
  {
    what: 'an unknown key at the top',
    text: `${rulesText}\nwaivers: []\n`,
    at: 'waivers',
    problem: 'the key waivers is not known',
    remedy: 'Check its spelling, or remove it.',
  },
  {
    what: 'something else that is missing',
    text: changed('    whenSilent: unknown\n', ''),
    at: '  CA2:',
    problem: 'conditions.CA2.whenSilent is missing',
    remedy: 'Use one of approver-records, unknown.',
  },
  {
    what: 'a missing yes or no',
    text: changed('    confidential: true\n', ''),
    at: '  CD1:',
    problem: 'conditions.CD1.confidential is missing',
    remedy: 'Add it.',
  },
  {
    what: 'an id with a space',
    text: changed('  logit:\n', '  log it:\n'),
    at: '  log it:',
    problem: 'grants.log it is not right',
    remedy: 'Use letters, digits and hyphens.',
  },
  {
    what: 'a missing sentence',
    text: changed('    sentence: knows how to get help from someone with more access if they need it\n', ''),
    at: '  CD5:',
    problem: 'conditions.CD5.sentence is missing',
    remedy: 'Give the sentence of the page that this comes from.',
  },
  {
    what: 'an empty sentence',
    text: changed(
      '    sentence: knows how to get help from someone with more access if they need it\n',
      '    sentence: ""\n',
    ),
    at: '    sentence: ""',
    problem: 'conditions.CD5.sentence is not right',
    remedy: 'Give the sentence of the page that this comes from.',
  },
  {
    what: 'a missing link',
    text: changed('  section: temporarily-revoking-access\n', ''),
    at: 'absence:',
    problem: 'absence.section is missing',
    remedy: 'Give the heading of the page under which the sentence stands, as in its link.',
  },
  {
    what: 'a circle of prerequisites',
    text: changed('    proof: read-back\n', '    proof: read-back\n    after: [github-production-admin]\n'),
    at: '    after: [github-production-admin]',
    problem: 'the grant "github-production-deploy" waits for itself in a circle',
    remedy: 'Remove one of the prerequisites.',
  },
  {
    what: 'a circle that closes where a higher value stands in for a prerequisite',
    text: changed(
      '    target: signon:production\n    value: Super Admin\n',
      '    target: signon:production\n    value: Super Admin\n    after: [logit]\n',
    ).replace('    target: logit:users\n', '    target: logit:users\n    after: [signon-production]\n'),
    at: '    after: [signon-production]',
    problem: 'waits for itself in a circle',
    remedy: 'Remove one of the prerequisites.',
  },
  {
    what: 'a circle of levels',
    text: changed(
      '    includes: []\n',
      '    includes: [admin]\n    includesReading: { reading: so, evidence: ["https://example.gov.uk/"] }\n',
    ),
    at: '    includes: [admin]',
    problem: 'the level "deploy" includes itself in a circle',
    remedy: 'Remove one of the inclusions.',
  },
  {
    what: 'an unknown method',
    text: changed('    methods: [api, pull-request, task]\n', '    methods: [api, magic]\n'),
    at: '    methods: [api, magic]',
    problem: 'grants.github-production-deploy.methods.1 is not right',
    remedy: 'Use one of api, pull-request, task, follows.',
  },
  {
    what: 'an unknown prerequisite',
    text: changed('    after: [aws-iam-user]\n', '    after: [aws-iam-users]\n'),
    at: '    after: [aws-iam-users]',
    problem: 'there is no grant "aws-iam-users"',
    remedy: 'Add it, or name one of github-production-deploy, aws-iam-user,',
  },
  {
    what: 'an id that stands twice',
    text: changed('  CD2:\n', '  CD1:\n'),
    at: '  CD1:\n    kind: attestation',
    problem: 'this name stands here a second time',
    remedy: 'Give each entry a name of its own.',
  },
  {
    what: '"api" on a list that Terraform owns',
    text: changed('    methods: [pull-request, task]\n', '    methods: [pull-request, api, task]\n'),
    at: '    methods: [pull-request, api, task]',
    problem: 'Terraform owns the list of "aws-user", so "api" would fight it',
    remedy: 'Use pull-request or task.',
  },
  {
    what: '"satisfiedBy" that points nowhere',
    text: changed('    satisfiedBy: aws-admin\n', '    satisfiedBy: aws-root\n'),
    at: '    satisfiedBy: aws-root',
    problem: 'there is no grant "aws-root"',
    remedy: 'Add it, or name one of',
  },
  {
    what: '"satisfiedBy" on another target',
    text: changed('    satisfiedBy: aws-admin\n', '    satisfiedBy: fastly\n'),
    at: '    satisfiedBy: fastly',
    problem: 'the grant "aws-user" is satisfied by "fastly", which is on another target or account',
    remedy: 'Name a grant on the same target, or remove "satisfiedBy".',
  },
  {
    what: '"satisfiedBy" in a circle',
    text: changed(
      '    target: signon:production\n    value: Super Admin\n',
      '    target: signon:production\n    value: Super Admin\n    satisfiedBy: signon-production\n',
    ),
    at: '    satisfiedBy: signon-superadmin',
    problem: 'is satisfied by itself in a circle',
    remedy: 'Remove one "satisfiedBy".',
  },
  {
    what: 'two values for one account',
    text: changed('    satisfiedBy: signon-superadmin\n', ''),
    at: '    target: signon:production\n    value: Super Admin',
    problem: 'the grants "signon-production" and "signon-superadmin" set two values on one target',
    remedy: 'Say with "satisfiedBy" which of them contains the other.',
  },
  {
    what: 'an entitlement that nothing grants',
    text: changed('    serves: [D3]\n', '    serves: [D6]\n'),
    at: '  D3:',
    problem: 'nothing grants the entitlement "D3"',
    remedy: 'Name it in the "serves" of a grant of its level.',
  },
  {
    what: 'an entitlement that only a higher level would grant',
    text: changed('  logit:\n    level: deploy\n', '  logit:\n    level: admin\n'),
    at: '  D3:',
    problem: 'nothing grants the entitlement "D3"',
    remedy: 'Name it in the "serves" of a grant of its level.',
  },
  {
    what: 'a prerequisite that a plan of the level would lack',
    text: changed('    target: logit:users\n', '    target: logit:users\n    after: [fastly]\n'),
    at: '    after: [fastly]',
    problem: 'the grant "logit" waits for "fastly", which its plan does not have in every environment',
    remedy: 'Give both the same level and environments, or remove the prerequisite.',
  },
  {
    what: 'a condition that no level asks for',
    text: changed('[CD1, CD2, CD3, CD4, CD5]', '[CD1, CD2, CD3, CD4]'),
    at: '  CD5:',
    problem: 'no level asks for the condition "CD5"',
    remedy: 'Name it in the "conditions" of a level, or remove it.',
  },
  {
    what: 'a condition that is not there',
    text: changed('[CA1, CA2, CA3]', '[CA1, CA2, CA3, CA4]'),
    at: '[CA1, CA2, CA3, CA4]',
    problem: 'there is no condition "CA4"',
    remedy: 'Add it, or name one of CD1,',
  },
  {
    what: 'a level that includes another and does not say why',
    text: changed('    includesReading:\n', '    # includesReading:\n').replace(
      / {6}reading: >-[\s\S]*?argo\.tf\n/,
      '',
    ),
    at: '    includes: [deploy]',
    problem: 'the level "admin" includes another and does not say why',
    remedy: 'Give "includesReading" with the reading and its evidence.',
  },
  {
    what: 'a grant without clicks for where its system is not connected',
    text: rulesText.replace(/ {4}undoTask:\n(?: {6}.*\n)+(?= {2}signon-production:)/, ''),
    at: '  argo-cd:',
    problem: 'the grant "argo-cd" has no clicks for people',
    remedy: 'Give it both "task" and "undoTask".',
  },
  {
    what: 'a follower of nothing',
    text: changed('    follows: github:production-deploy\n', '    follows: github:nobody\n'),
    at: '    follows: github:nobody',
    problem: 'the grant "argo-cd" follows nothing',
    remedy: 'Give "follows" the target that it comes with',
  },
  {
    what: 'a word that nothing fills',
    text: changed('change: Add {account} to {target.team}', 'change: Add {acount} to {target.team}'),
    at: '  logit:',
    problem: 'the words of "logit" name {acount}, which is not known',
    remedy: 'Use {account}, {id},',
  },
  {
    what: 'an unknown kind of condition',
    text: changed('    kind: review\n', '    kind: quiz\n'),
    at: '    kind: quiz',
    problem: 'conditions.CA3.kind is not right',
    remedy: 'Use one of the kinds register, attestation, review.',
  },
  {
    what: 'an unknown relation of a sponsor',
    text: changed('      - relation: senior-tech\n', '      - relation: friend\n'),
    at: '      - relation: friend',
    problem: 'levels.deploy.sponsors.1.relation is not right',
    remedy: 'Use one of the relations tech-lead, senior-tech.',
  },
  {
    what: 'two levels with one template card',
    text: changed('    template: GIHPZi2o\n', '    template: S9sex2XU\n'),
    at: '    template: S9sex2XU',
    problem: 'the levels "admin" and "deploy" have the same template card',
    remedy: 'Give each level a template card of its own.',
  },
  {
    what: 'a template card by its number',
    text: changed('    template: GIHPZi2o\n', '    template: "1391"\n'),
    at: '    template: "1391"',
    problem: 'levels.admin.template is not right',
    remedy: 'Use the template card’s short link, 8 characters.',
  },
  {
    what: 'something that is not YAML',
    text: changed('levels:\n', 'levels: [\n'),
    at: 'levels: [',
    problem: 'this is not YAML',
    remedy: 'Check the indentation and the quotes.',
  },
]

describe('a rule set is refused, with file, line and remedy, for', () => {
  test.each(slips)('$what', ({ text, at, problem, remedy }) => {
    let said: unknown
    try {
      readRuleSet(text, 'rules.yaml')
    } catch (error) {
      said = error
    }
    if (!(said instanceof RuleSetError)) throw new TypeError('it was not refused')
    expect(said.message).toContain(problem)
    expect(said.message).toContain(remedy)
    if (problem !== 'this is not YAML') expect(said.line).toBe(lineOf(text, at))
    expect(said.message).toMatch(new RegExp(`^rules\\.yaml, line ${said.line}: `))
  })

  test('an empty file', () => {
    expect(() => readRuleSet('', 'rules.yaml')).toThrow('rules.yaml, line 1: the file is not right.')
  })
})

test('a file is refused under its own name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rules-'))
  try {
    const path = join(folder, '2030-01.yaml')
    writeFileSync(path, changed('    methods: [api, pull-request, task]\n', '    methods: []\n'))
    expect(() => loadRuleSet(path)).toThrow(/^2030-01\.yaml, line \d+: grants.*Name at least one method\.$/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('the digest is of the text: one more space is another rule set', () => {
  const one = readRuleSet(rulesText, 'a.yaml')
  expect(one.digest).toBe(readRuleSet(rulesText, 'b.yaml').digest)
  expect(readRuleSet(`${rulesText} \n`, 'a.yaml').digest).not.toBe(one.digest)
})
