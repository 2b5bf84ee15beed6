import { append } from '../server/audit/append.ts'
import type { Clock } from '../server/clock.ts'
import type { Product } from '../server/compose.ts'
import type { Tx } from '../server/db/database.ts'
import { ensureKeepers } from '../server/people/facts.ts'
import { importPeople } from '../server/people/import-people.ts'
import { importRota } from '../server/people/import-rota.ts'
import { templateChecklists } from '../server/trello/checklist-map.ts'
import type { LocalAws } from './local-systems/aws.ts'
import type { LocalFastly } from './local-systems/fastly.ts'
import type { LocalGithub } from './local-systems/github.ts'
import type { LocalGoogle } from './local-systems/google.ts'
import type { LocalSentry } from './local-systems/sentry.ts'
import type { LocalSignon } from './local-systems/signon.ts'
import type { LocalTrello } from './local-trello/local-trello.ts'
import { idFor } from './local-trello/model.ts'
import {
  account,
  boards,
  domain,
  emailOf,
  listsRepository,
  memberId,
  offSearch,
  org,
  people,
  service,
  strangers,
} from './practice-people.ts'

/** What the practised world holds before anybody does anything. */

export function seedGithub(github: LocalGithub): void {
  for (const person of people) if (person.github) github.addUser(person.github, person.id)
  github.addTeam(org, 'production-deploy', 'GOV.UK Production Deploy')
  github.addTeam(org, 'production-admin', 'GOV.UK Production Admin')
  const list = (names: string[]) => names.map((name) => `  "arn:aws:iam::${account}:user/${emailOf(name)}",`).join('\n')
  const file = (environment: string) =>
    `# Who may assume which role in ${environment}\nrole_admin_user_arns = [\n${list(['Dan Reyes', 'Jo Bell'])}\n]\n\nrole_user_user_arns = [\n${list(['Sam Okoro'])}\n]\n`
  github.addRepo(
    listsRepository,
    Object.fromEntries(
      ['staging', 'production', 'tools'].map((environment) => [
        `data/infra-security/${environment}/common.tfvars`,
        file(environment),
      ]),
    ),
  )
}

/** Those who administer Signon, and who has an account there; the others are invited. */
export function seedSignon(signon: LocalSignon): void {
  const administers = {
    'Dan Reyes': 'superadmin',
    'Alex Green': 'superadmin',
    'Jo Bell': 'superadmin',
    'Rae Lund': 'admin',
  } as const
  for (const [name, role] of Object.entries(administers))
    signon.addUser({ name, email: emailOf(name), role, twoStep: true, permissions: { Release: ['signin'] } })
  signon.addUser({ name: 'Sam Okoro', email: emailOf('Sam Okoro'), permissions: { Release: ['deploy', 'signin'] } })
}

/** Account numbers by environment: nobody's. */
export const awsAccounts = {
  base: account,
  staging: '000000000001',
  production: '000000000002',
  tools: '000000000003',
}
export const awsEnvironments = ['staging', 'production', 'tools']

/** Everybody has an IAM user with MFA save Kit, and the lists as they stand are applied; once. */
export function seedAws(aws: LocalAws): void {
  if (aws.role('staging', 'dan.reyes-admin')) return
  for (const person of people) if (person.username !== 'kit') aws.addUser(emailOf(person.name))
  for (const environment of awsEnvironments) aws.apply(environment)
}

export const googleGroup = `production-access@${domain}`

export function seedGoogle(google: LocalGoogle): void {
  google.addGroup(googleGroup, 'Production access')
  google.addMember(googleGroup, emailOf('Dan Reyes'), 'OWNER')
}

/** Dan manages both; whoever is to have something in them is invited. */
export function seedFastly(fastly: LocalFastly): void {
  const dan = emailOf('Dan Reyes')
  if (!fastly.user(dan)) fastly.addUser(dan, { name: 'Dan Reyes', role: 'superuser', limit_services: false })
}

export function seedSentry(sentry: LocalSentry): void {
  const dan = emailOf('Dan Reyes')
  if (!sentry.member(dan)) sentry.addMember(dan, { orgRole: 'manager' })
}

export function seedTrello(trello: LocalTrello): void {
  const { model } = trello
  for (const { name, username } of [...people, ...strangers, service]) model.addMember(name, username)
  const everybody = [...people, ...strangers, service].map(({ username }) => username)
  const onSearch = everybody.filter((username) => !offSearch.includes(username))
  const lists = ['To do', 'Doing', 'Done']
  for (const { name, shortLink } of boards) {
    const search = shortLink === 'PRACTICE'
    const on = (search ? onSearch : everybody).map(memberId)
    model.addBoard(name, shortLink, on, search ? ['Templates', ...lists] : lists)
  }
  const list = idFor('list PRACTICE Templates')
  const sam = memberId('sam')
  model.createCard(sam, list, 'GOV.UK Production Deploy – access for (name)', {
    shortLink: 'S9sex2XU',
    isTemplate: true,
    id: idFor('template deploy'),
    checklists: templateChecklists['deploy'] ?? [],
  })
  model.createCard(sam, list, 'GOV.UK Production Admin – access for (name)', {
    shortLink: 'GIHPZi2o',
    isTemplate: true,
    id: idFor('template admin'),
    checklists: templateChecklists['admin'] ?? [],
  })
}

/** The people and the rota, where nobody is known yet. */
export async function seedPeople(product: Product, clock: Clock): Promise<void> {
  const known = await product.db.kysely.selectFrom('person').select('id').executeTakeFirst()
  if (known) return
  const header =
    'name,email,trello_member_id,github,github_id,aws_arn,employment,apprentice,clearance,clearance_date,probation,tech_lead,line_manager,senior_tech,keeper,left,absences'
  // Priya and Kit give their own names in other systems; the others' are known.
  const gives = new Set(['priya', 'kit', 'mia', 'ada', 'omar', 'lee'])
  const rows = people.map((person) => {
    const own = gives.has(person.username)
    const flag = (name: 'senior' | 'keeper' | 'apprentice') => (name in person ? 'yes' : 'no')
    return [
      person.name,
      emailOf(person.name),
      person.username === 'kit' ? '' : memberId(person.username),
      own ? '' : person.github,
      own || !person.github ? '' : String(person.id),
      own ? '' : `arn:aws:iam::${account}:user/${emailOf(person.name)}`,
      person.employment,
      flag('apprentice'),
      person.clearance,
      person.clearance ? '2026-03-12' : '',
      person.probation,
      person.lead ? emailOf(people.find((one) => one.username === person.lead)?.name ?? '') : '',
      emailOf('Dan Reyes') === emailOf(person.name) ? '' : emailOf('Dan Reyes'),
      flag('senior'),
      flag('keeper'),
      'no',
      'none',
    ].join(',')
  })
  await product.db.transaction(async (tx) => {
    const done = await importPeople(
      tx,
      [header, ...rows].join('\n'),
      { personId: 'seed', emailDomains: [domain] },
      clock,
    )
    await ensureKeepers(tx, [memberId('rae')], clock)
    await seedRota(tx, clock)
    const at = clock.calendar()
    const connected = { url: '', connected_by: 'seed', connected_at: at }
    await tx
      .insertInto('board')
      .values(boards.map(({ name, shortLink }) => ({ id: idFor(`board ${shortLink}`), name, ...connected })))
      .execute()
    await append(
      tx,
      [
        {
          type: 'register-imported',
          actor: 'system',
          requestId: null,
          personId: null,
          stepId: null,
          boardId: null,
          data: done,
        },
      ],
      clock,
    )
  })
}

/** Somebody is 2nd line this week, and next, whatever week the calendar was moved to. */
export async function seedRota(tx: Tx, clock: Clock): Promise<void> {
  const monday = mondayOf(clock.calendar())
  const known = await tx.selectFrom('rota').select('starts').where('starts', '=', monday(0)).executeTakeFirst()
  if (known) return
  await importRota(
    tx,
    [
      'from,to,primary,secondary',
      `${monday(0)},${monday(1)},${emailOf('Alex Green')},${emailOf('Jo Bell')}`,
      `${monday(1)},${monday(2)},${emailOf('Jo Bell')},`,
    ].join('\n'),
  )
}

function mondayOf(now: Date): (weeks: number) => string {
  const monday = new Date(now)
  monday.setUTCDate(monday.getUTCDate() - ((monday.getUTCDay() + 6) % 7))
  return (weeks) => new Date(monday.getTime() + weeks * 7 * 86_400_000).toISOString().slice(0, 10)
}
