import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type LocalAws, startLocalAws } from './local-systems/aws.ts'
import { type LocalFastly, startLocalFastly } from './local-systems/fastly.ts'
import { type LocalGithub, startLocalGithub } from './local-systems/github.ts'
import { type LocalGoogle, startLocalGoogle } from './local-systems/google.ts'
import { type LocalLogit, startLocalLogit } from './local-systems/logit.ts'
import { type LocalSentry, startLocalSentry } from './local-systems/sentry.ts'
import { type LocalSignon, startLocalSignon } from './local-systems/signon.ts'
import { emailOf, listsRepository, people } from './practice-people.ts'
import { awsAccounts, seedAws, seedFastly, seedGithub, seedGoogle, seedSentry, seedSignon } from './practice-seed.ts'

/** Every system of the rules, running here and seeded. Argo CD follows GitHub and has none of its own. */
export interface Systems {
  aws: LocalAws
  fastly: LocalFastly
  github: LocalGithub
  google: LocalGoogle
  logit: LocalLogit
  sentry: LocalSentry
  signon: LocalSignon
}

/**
 * @param folder where their data is kept between runs; `null` keeps nothing
 * @param now the calendar, by which everything runs out, is copied and arrives; the real one where left out. Logit knows no time
 * @param ports any free ones where left out
 */
export async function startSystems(
  folder: string | null,
  now: (() => Date) | undefined,
  ports?: Record<keyof Systems, number>,
): Promise<Systems> {
  // What ends there is told to callers by their own clock.
  const byCalendar = now ? { now, wall: () => new Date() } : {}
  const github = await kept(folder, 'github', (how) =>
    startLocalGithub({ ...how, ...(now && { now }), port: ports?.github }),
  )
  seedGithub(github)
  const signon = await kept(folder, 'signon', (how) =>
    startLocalSignon({ ...how, ...(now && { now }), port: ports?.signon }),
  )
  seedSignon(signon)
  const logit = await kept(folder, 'logit', (how) =>
    startLocalLogit({ ...how, port: ports?.logit, people: people.map(({ name }) => emailOf(name)) }),
  )
  const lists = (environment: string) => {
    const path = `data/infra-security/${environment}/common.tfvars`
    return { path, text: github.file(listsRepository, path) }
  }
  const aws = await kept(folder, 'aws', (how) =>
    startLocalAws({ ...how, ...byCalendar, port: ports?.aws, accounts: awsAccounts, lists }),
  )
  seedAws(aws)
  const google = await kept(folder, 'google', (how) => startLocalGoogle({ ...how, ...byCalendar, port: ports?.google }))
  seedGoogle(google)
  const fastly = await kept(folder, 'fastly', (how) =>
    startLocalFastly({ ...how, ...(now && { now }), port: ports?.fastly }),
  )
  seedFastly(fastly)
  const sentry = await kept(folder, 'sentry', (how) =>
    startLocalSentry({ ...how, ...(now && { now }), port: ports?.sentry }),
  )
  seedSentry(sentry)
  return { github, signon, logit, aws, google, fastly, sentry }
}

/** A stand-in that goes on from where it was, where things are kept. */
async function kept<T extends { dump(): string }>(
  folder: string | null,
  name: string,
  start: (how: { state: string | undefined; onChange: () => void }) => Promise<T>,
): Promise<T> {
  const file = folder ? join(folder, `${name}.json`) : null
  let dump = () => {}
  const started = await start({
    state: file && existsSync(file) ? readFileSync(file, 'utf8') : undefined,
    onChange: () => dump(),
  })
  if (file) dump = () => writeFileSync(file, started.dump())
  return started
}
