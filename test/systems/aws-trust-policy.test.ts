import { expect, test } from 'vitest'
import { type Trust, trustIn } from '../../server/systems/aws/trust-policy.ts'
import { arnOf } from './orders.ts'

/** What a trust policy makes of one user: only a plain yes with MFA is a yes, and what cannot be weighed is neither. */

const priya = arnOf('priya.shah')
const mfa = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }
const allow = (principal: unknown, condition?: unknown, more: Record<string, unknown> = {}) => ({
  Effect: 'Allow',
  Principal: principal,
  Action: 'sts:AssumeRole',
  ...(condition === undefined ? {} : { Condition: condition }),
  ...more,
})
const deny = (principal: unknown, condition?: unknown) => ({ ...allow(principal, condition), Effect: 'Deny' })
const encoded = (statement: unknown) =>
  encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement: statement }))

const table: [string, Trust, unknown][] = [
  ['the user, with MFA', 'with-mfa', allow({ AWS: priya }, mfa)],
  ['a list of statements and of users', 'with-mfa', [allow({ AWS: [arnOf('sam.okoro'), priya] }, mfa)]],
  [
    'words in other capitals, as IAM reads them',
    'with-mfa',
    allow(
      { AWS: priya },
      { bool: { 'AWS:multifactorauthpresent': [true] } },
      { Action: ['STS:assumerole', 'sts:TagSession'] },
    ),
  ],
  ['an action with a star', 'with-mfa', allow({ AWS: priya }, mfa, { Action: 'sts:*' })],
  ['the user, without a condition', 'without-mfa', allow({ AWS: priya })],
  [
    'MFA only if the caller happens to say so',
    'without-mfa',
    allow({ AWS: priya }, { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } }),
  ],
  ['one statement with MFA beside one without', 'without-mfa', [allow({ AWS: priya }, mfa), allow({ AWS: priya })]],
  ['MFA asked to be false', 'cannot-tell', allow({ AWS: priya }, { Bool: { 'aws:MultiFactorAuthPresent': 'false' } })],
  [
    'MFA and an address',
    'cannot-tell',
    allow({ AWS: priya }, { ...mfa, IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }),
  ],
  ['another user', 'others', allow({ AWS: arnOf('sam.okoro') }, mfa)],
  ['the same name in another account', 'others', allow({ AWS: arnOf('priya.shah', '000000000001') }, mfa)],
  ['a name that begins alike', 'others', allow({ AWS: `${priya}.example` }, mfa)],
  ['the same name in other capitals', 'others', allow({ AWS: arnOf('Priya.Shah') }, mfa)],
  ['another action', 'others', allow({ AWS: priya }, mfa, { Action: 'sts:TagSession' })],
  ['a service', 'others', allow({ Service: 'ec2.amazonaws.com' })],
  ['nobody', 'others', []],
  ['a user that was deleted', 'orphaned', allow({ AWS: 'AIDALOCAL22222222222' }, mfa)],
  ['a role that was deleted', 'orphaned', allow({ AWS: ['AROALOCAL22222222222'] }, mfa)],
  ['a deleted user beside the user', 'with-mfa', allow({ AWS: ['AIDALOCAL22222222222', priya] }, mfa)],
  ['everybody', 'cannot-tell', allow('*', mfa)],
  ['everybody, named as AWS', 'cannot-tell', allow({ AWS: '*' }, mfa)],
  ['the whole account', 'cannot-tell', allow({ AWS: 'arn:aws:iam::000000000000:root' }, mfa)],
  ['the whole account by its number', 'cannot-tell', allow({ AWS: '000000000000' }, mfa)],
  ['the user and a refusal of them', 'denied', [allow({ AWS: priya }, mfa), deny({ AWS: priya })]],
  ['the user and a refusal of everybody', 'denied', [allow({ AWS: priya }, mfa), deny('*')]],
  [
    'the user and a refusal that depends',
    'cannot-tell',
    [allow({ AWS: priya }, mfa), deny('*', { Bool: { 'aws:SecureTransport': 'false' } })],
  ],
  ['the user and a refusal of another', 'with-mfa', [allow({ AWS: priya }, mfa), deny({ AWS: arnOf('sam.okoro') })]],
  ['everybody but one', 'cannot-tell', { ...allow(undefined, mfa), NotPrincipal: { AWS: arnOf('sam.okoro') } }],
  [
    'everything but one action',
    'cannot-tell',
    { ...allow({ AWS: priya }, mfa), Action: undefined, NotAction: 'sts:TagSession' },
  ],
]

test.each(table)('%s: %s', (_what, expected, statement) => {
  expect(trustIn(encoded(statement), priya)).toBe(expected)
})

test.each([
  ['no JSON', 'nothing'],
  ['a broken code', '%E0%A4%A'],
  ['another shape', encodeURIComponent('{"Statement":[{"Effect":"Maybe"}]}')],
])('%s is neither yes nor no', (_what, document) => {
  expect(trustIn(document, priya)).toBe('cannot-tell')
})
