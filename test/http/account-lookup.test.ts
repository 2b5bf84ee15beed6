import { expect, test } from 'vitest'
import { createAccountLookup } from '../../server/account-lookup.ts'

const lookup = createAccountLookup({
  github: null,
  awsBaseAccount: '000000000000',
  emailDomains: ['example.gov.uk'],
})
const arn = 'arn:aws:iam::000000000000:user/priya.shah@example.gov.uk'

test('keeps a GitHub username as it was typed, not checked, where GitHub is not connected', async () => {
  expect(await lookup.find('github', 'https://github.com/Priya-S')).toEqual({
    kind: 'github',
    id: 'typed:priya-s',
    name: 'Priya-S',
  })
  expect(await lookup.find('github', 'priya shah')).toHaveProperty('problem')
})

test.each([
  ['a user name', 'priya.shah@example.gov.uk'],
  ['a whole ARN', arn],
])('allows %s', async (_what, typed) => {
  expect(await lookup.find('aws', typed)).toEqual({ kind: 'aws', id: arn, name: 'priya.shah@example.gov.uk' })
})

test.each([
  ['no @', 'priya.shah', 'AWS user names here are work email addresses. Check yours in the AWS console.'],
  ['no dot before the @', 'priya@example.gov.uk', 'AWS user names here need a dot before the @'],
  ['more than 64 characters', `${'p.'.repeat(30)}@example.gov.uk`, 'AWS user names have at most 64 characters.'],
  ['a space', 'priya shah@example.gov.uk', 'AWS user names have only letters, digits and'],
  ['another account', arn.replace('000000000000', '000000000001'), 'This is a user in another AWS account.'],
])('denies %s, before anybody approves it', async (_what, typed, sentence) => {
  const found = await lookup.find('aws', typed)
  expect('problem' in found ? found.problem : found).toContain(sentence)
})

test.each([`$\{var.token}@example.gov.uk`, 'a`b`@example.gov.uk', 'a"b@example.gov.uk', 'a@b@example.gov.uk'])(
  'denies a work address that would mean something where it is written: %s',
  async (typed) => {
    expect(await lookup.find('email', typed)).toHaveProperty('problem')
    expect(await lookup.find('email', "o'hara.jo+x@example.gov.uk")).not.toHaveProperty('problem')
  },
)
