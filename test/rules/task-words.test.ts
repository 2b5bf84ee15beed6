import { describe, expect, test } from 'vitest'
import type { TaskWords } from '../../server/rules/types.ts'
import { installationFor, planOf, ruleSet, stepOf } from './happy.ts'

/** What a technician who has never seen it reads: exact clicks, exact values, what right looks like. */

const pages = {
  page: 'https://system.example.gov.uk/',
  invite: 'https://signon.example.gov.uk/users/invitation/new',
  name: 'GOV.UK Production Deploy',
  team: 'GOV.UK Users',
  group: 'production-access@example.gov.uk',
  repository: 'example-gov/example-aws-data',
  path: 'data/people.yml',
}
const targets = Object.fromEntries(Object.keys(installationFor(ruleSet).targets).map((target) => [target, pages]))
const deploy = planOf({ installation: { targets }, request: { signonApps: { production: ['Whitehall'] } } })
const admin = planOf({ level: 'admin', installation: { targets } })

function clicks(task: TaskWords | null): [text: string, copy: string | null][] {
  return (task?.clicks ?? []).map(({ text, copy }) => [text, copy])
}

const email = 'priya.shah@example.gov.uk'
const arn = `arn:aws:iam::000000000000:user/${email}`

test('Signon, Normal', () => {
  const { task, undoTask, words } = stepOf(deploy, 'signon-production/production')
  expect(clicks(task)).toEqual([
    [
      'Open Signon in production, Users, Invite, or the person themselves if they are there already. Name',
      'Priya Shah',
    ],
    ['Email', email],
    ['Role', 'Normal'],
    ['Applications: tick “signin” for each, and no others', 'Release, Whitehall'],
    ['Choose Create user and send email. Of somebody who is there already: Manage permissions, and save', null],
  ])
  expect(task).toMatchObject({
    doer: 'second-line',
    before: null,
    looksRight:
      'The person is in the list as “Invited” or “Active”, role Normal, with “signin” for Release, Whitehall.',
  })
  expect(task?.clicks[0]?.link).toBe('https://signon.example.gov.uk/users/invitation/new')
  expect(words.change).toBe('Normal role in production, applications: Release, Whitehall')
  expect(clicks(undoTask)).toEqual([
    ['Open Signon in production, Users', null],
    ['Find the person by email', email],
    ['Choose Suspend user, with this reason', 'production access revoked'],
  ])
})

test('Signon, Super Admin', () => {
  const { task, undoTask, engineer } = stepOf(admin, 'signon-superadmin/production')
  expect(task?.before).toBe(
    'The engineer has set up 2-step verification in Signon. Only a Super Admin can change roles, and not of somebody who is exempt from 2-step verification.',
  )
  expect(clicks(task)).toEqual([
    ['Open Signon in production, Users', null],
    ['Find the person by email', email],
    ['Role: choose Change, and then', 'Super Admin'],
    ['Choose Manage permissions, and tick “signin” for each', 'Release'],
  ])
  expect(task?.looksRight).toBe('Role Super Admin, 2-step verification “Enabled”, and “signin” for Release.')
  expect(engineer?.trap).toBe('No account yet? Choose “Get help”, and 2nd line invites you first.')
  expect(clicks(undoTask)).toContainEqual(['Role: choose Change, and then', 'Normal'])
  expect(undoTask?.looksRight).toContain('Suspending alone keeps the role for later.')
})

test('Logit', () => {
  const { task, undoTask, engineer } = stepOf(deploy, 'logit')
  expect(task?.before).toBe('The engineer has signed in to Logit once, or they are not in the list.')
  expect(clicks(task)).toEqual([
    ['Open Logit, Manage Teams, Team Settings', null],
    ['Team', 'GOV.UK Users'],
    ['Find the person by email and tick Member', email],
    ['Choose Apply Changes', null],
  ])
  expect(engineer?.trap).toBe('Do not use “Sign in with Google” on Logit’s own page.')
  expect(clicks(undoTask).map(([text]) => text)).toContain('Find the person by email and untick Member')
})

test('Google Cloud', () => {
  const { task, undoTask } = stepOf(admin, 'gcp-group')
  expect(clicks(task)).toEqual([
    ['Open Google Groups and search for the group', 'production-access@example.gov.uk'],
    ['Choose Members, Add members, and under Group members give', email],
    ['Choose Add members', null],
  ])
  expect(clicks(undoTask)).toEqual([
    ['Open Google Groups and search for the group', 'production-access@example.gov.uk'],
    ['Choose Members and search for the person', email],
    ['Choose Remove member', null],
  ])
})

test('Fastly: two facts, the role and all services', () => {
  const { task, undoTask, wanted } = stepOf(admin, 'fastly')
  expect(wanted.value).toBe('engineer, all services')
  expect(clicks(task)).toEqual([
    ['Open Fastly, Account, User management, Users, Invite a user', null],
    ['Email', email],
    ['Role', 'Engineer'],
    ['Service access: choose', 'Access all services'],
    ['Choose Invite', null],
  ])
  expect(task?.before).toBe('Only a Fastly superuser can invite people and change roles.')
  expect(task?.looksRight).toContain('Both are needed.')
  expect(clicks(undoTask)).toContainEqual(['Find the person and revoke their API tokens', email])
})

test('Sentry: Admin, and back to Member, for the rules give no more than Admin', () => {
  const { task, undoTask, words } = stepOf(admin, 'sentry')
  expect(clicks(task)).toContainEqual([
    'Role (on plans without this organisation role: Team Admin of the developers’ team)',
    'Admin',
  ])
  expect(clicks(task)).toContainEqual(['Email', email])
  expect(words.undo).toBe(`Set ${email} back to Member in Sentry`)
  expect(clicks(undoTask)).toContainEqual(['Role (and team role): change it to', 'Member'])
})

test('AWS: "the IAM user with MFA exists" is looked at by hand, seen by a second person, and never undone', () => {
  const { task, undoTask, nothingToUndo, proof, method } = stepOf(deploy, 'aws-iam-user')
  expect([method, proof]).toEqual(['task', 'second-person'])
  expect(clicks(task)).toEqual([
    ['Sign in to the base account, open IAM, Users', null],
    ['Search for the user', email],
    ['Open Security credentials: at least one MFA device must be assigned', null],
    ['The full name of the user is', arn],
  ])
  expect(task?.before).toContain('choose “I cannot do this”')
  expect([undoTask, nothingToUndo]).toEqual([null, true])
})

test.each([
  ['aws-user/staging', 'user', 'staging', 'second-line'],
  ['aws-user/production', 'user', 'production', 'second-line'],
  ['aws-admin/staging', 'admin', 'staging', 'senior-tech'],
  ['aws-admin/production', 'admin', 'production', 'senior-tech'],
  ['aws-admin/tools', 'admin', 'tools', 'senior-tech'],
])('AWS: %s is merged, applied by hand and seen by a second person', (key, suffix, environment, doer) => {
  const { task, undoTask, proof, method } = stepOf(suffix === 'user' ? deploy : admin, key)
  expect([method, proof]).toEqual(['pull-request', 'second-person'])
  expect(task).toMatchObject({
    doer,
    before: 'The pull request that changes the list is merged.',
    looksRight: `The role priya.shah-${suffix} is there in ${environment}, and its trust policy names this user with MFA.`,
  })
  // IAM's role names are made from what stands before the @: the whole address finds nothing.
  expect(clicks(task)).toEqual([
    [`Apply the infra-security project of the merged commit in ${environment}`, null],
    [`Open IAM in ${environment}, Roles, and search for`, `priya.shah-${suffix}`],
    ['Open it, Trust relationships: it must name this user, and ask for MFA', arn],
  ])
  expect(clicks(undoTask)).toContainEqual([`Open IAM in ${environment}, Roles, and search for`, `priya.shah-${suffix}`])
  expect(undoTask).toMatchObject({ before: 'The pull request that changes the list is merged.' })
})

test('GitHub by hand, where the server may not write', () => {
  const { task, undoTask } = stepOf(deploy, 'github-production-deploy')
  expect(clicks(task)).toEqual([
    ['Open GOV.UK Production Deploy on GitHub, then Members, Add a member', null],
    ['Find the engineer by GitHub username', 'priya-s'],
    ['Choose Invite, role Member', null],
  ])
  expect(clicks(undoTask).at(-1)).toEqual(['Choose Remove from team', null])
})

describe.each([
  ['deploy', deploy],
  ['admin', admin],
])('in the whole plan of %s', (_, plan) => {
  test('every step that a person may do has clicks there and back, values filled in, and what right looks like', () => {
    for (const step of plan.steps) {
      if (!ruleSet.grants[step.grant]?.methods.includes('task')) continue
      for (const task of step.nothingToUndo ? [step.task] : [step.task, step.undoTask]) {
        expect(task?.clicks.length, step.key).toBeGreaterThan(0)
        expect(task?.looksRight, step.key).toMatch(/\.$/)
        expect(JSON.stringify(task)).not.toMatch(/[a-z]\{|\{[a-z]|undefined|""/)
      }
    }
  })

  test('a link that the installation does not give is left out, not broken', () => {
    for (const { task, selfCheck } of plan.steps) {
      for (const click of task?.clicks ?? []) expect(click.link ?? 'https://').toMatch(/^https:/)
      expect(selfCheck?.url ?? 'https://').toMatch(/^https:/)
    }
    const bare = installationFor(ruleSet, {
      targets: Object.fromEntries(
        Object.keys(targets).map((target) => [target, { name: 'Team', team: 'Team', group: 'group' }]),
      ),
    })
    for (const { task, selfCheck, engineer } of planOf({ installation: bare }).steps)
      expect([...(task?.clicks ?? []).map(({ link }) => link), selfCheck, engineer?.link ?? null]).toEqual(
        expect.not.arrayContaining([expect.anything()]),
      )
  })
})
