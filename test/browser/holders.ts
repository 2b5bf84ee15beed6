import type { Frame, Locator, Page } from 'playwright-core'
import { as, confirmations, copyTemplate, requestOn } from '../http/as.ts'
import { grantWhole } from '../http/life.ts'
import { emailOf, listsRepository, org, people } from '../practice-world.ts'
import { dismiss, frameOf, type Stage } from './stage.ts'

/** Two people who hold something, granted over HTTP, and what the systems themselves say that they have. */

export type Engineer = 'tom' | 'priya'
export const doers = { doer: 'alex', second: 'jo', senior: 'dan' }
export const names: Record<Engineer, string> = { tom: 'Tom Vance', priya: 'Priya Shah' }
export const titles: Record<Engineer, string> = {
  tom: 'Production Deploy for Tom Vance',
  priya: 'Production Admin for Priya Shah',
}
/** By whom, once granted. */
export const requests: Partial<Record<Engineer, string>> = {}
const githubOf = (who: Engineer) => people.find(({ username }) => username === who)?.github ?? ''

/** A request from its first day to its last step. */
export async function grant({ world }: Stage, who: Engineer): Promise<void> {
  const [level, email] = [who === 'priya' ? 'admin' : 'deploy', emailOf(names[who])] as const
  const card = await copyTemplate(world, level, titles[who])
  const own = { email, aws: email, github: githubOf(who), signonApps: 'Release' }
  await as(world, who).act('ask', card, { ...own, reason: 'Joining Search' })
  const request = await requestOn(world, card)
  requests[who] = request
  const learned = Object.fromEntries(['LO1', 'LO2', 'LO3', 'LO4'].map((id) => [`objective-${id}`, true]))
  const review = { reference: 'response 41', formVersion: '3', date: '2026-11-20', ...learned }
  await as(world, 'dan').act('approve', request, { ...confirmations, ...(level === 'admin' ? review : {}) })
  const role = level === 'admin' ? 'superadmin' : 'normal'
  world.signon.addUser({ name: names[who], email, role, twoStep: true, permissions: { Release: ['signin'] } })
  world.logit.setInTeam('GOV.UK Users', email, true)
  // Senior Tech looks at what Senior Tech did.
  await grantWhole(world, request, {
    engineer: who,
    github: githubOf(who),
    ...doers,
    second: who === 'priya' ? 'ines' : 'jo',
  })
}

/** What the systems themselves say. */
export function has({ world }: Stage, who: Engineer) {
  const { github, aws, signon, logit, google, fastly, sentry } = world
  const email = emailOf(names[who])
  const account = signon.user(email)
  const lists = (environment: string) =>
    github
      .file(listsRepository, `data/infra-security/${environment}/common.tfvars`)
      .split('role_user_user_arns')
      .map((list) => (list.includes(email) ? 'in' : 'out'))
  return {
    teams: ['production-deploy', 'production-admin'].map((team) => github.membership(org, team, githubOf(who))),
    // The admin list stands first in the file.
    lists: ['staging', 'production', 'tools'].map((environment) => lists(environment).join(' ')),
    roles: ['user', 'admin'].map((role) => aws.role('production', `${email.split('@')[0]}-${role}`) !== null),
    signon: account?.suspended === null ? account.role : 'suspended',
    logit: logit.inTeam('GOV.UK Users', email),
    others: [
      google.roleOf('production-access@example.gov.uk', email),
      fastly.user(email)?.role,
      sentry.member(email)?.orgRole,
    ],
  }
}
/** Nothing in Google Cloud, Fastly and Sentry. */
export const noOthers = ['none', undefined, undefined]

/** Production Deploy, and no more. */
export const deploy = {
  teams: ['active', 'none'],
  lists: ['out in', 'out in', 'out out'],
  roles: [true, false],
  signon: 'normal',
  logit: true,
  others: noOthers,
}

/** Set back in Sentry, and in the organisation still: that is no production access. */
export const lowered = { ...deploy, others: ['none', undefined, 'member'] }

/** A register keeper opens somebody's page; what stood there before is closed. */
export async function pageOf(rae: Page, who: Engineer): Promise<Frame> {
  await dismiss(rae)
  await rae.getByRole('button', { name: 'People and access' }).click()
  const page = await frameOf(rae, 'people.html')
  await page.getByLabel('Name').fill(names[who])
  await page.getByRole('button', { name: 'Look up' }).click()
  await page.getByRole('button', { name: names[who] }).click()
  await page.getByRole('heading', { name: 'Requests' }).waitFor()
  return page
}

/** A register keeper writes down what they know of somebody. */
export async function record(
  { world }: Stage,
  rae: Page,
  who: Engineer,
  part: string,
  choose: (part: Locator) => Promise<unknown>,
): Promise<Frame> {
  const page = await pageOf(rae, who)
  const section = page.locator('section', { has: page.getByRole('heading', { name: part, exact: true }) })
  await choose(section)
  await section.getByLabel('Where this is known from').fill('HR, 24 November')
  await section.getByRole('button', { name: 'Update the record' }).click()
  await page.locator('.said .note', { hasText: 'The register is updated.' }).waitFor()
  await world.product.newDay()
  return page
}
