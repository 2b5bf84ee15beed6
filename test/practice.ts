import { existsSync, rmSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { as, confirmations, copyTemplate, requestOn, until } from './http/as.ts'
import { awsEnvironments, emailOf, memberId, type PracticeWorld, people, startPracticeWorld } from './practice-world.ts'

/** `npm run practice`: the product on a Trello and systems that run here, with invented people. Loopback only. */

/** Ten ports from here on. Addresses are kept with the data, so each choice of ports has its own folder. */
const FIRST_PORT = 4400

function placeFrom({ PRACTICE_PORT }: NodeJS.ProcessEnv) {
  const first = PRACTICE_PORT ? Number(PRACTICE_PORT) : FIRST_PORT
  if (!Number.isInteger(first) || first < 1024 || first > 65_526)
    throw new Error('PRACTICE_PORT is the first of ten ports: a number from 1024 to 65526.')
  return {
    folder: fileURLToPath(new URL(first === FIRST_PORT ? '../.practice' : `../.practice-${first}`, import.meta.url)),
    ports: {
      page: first,
      rest: first + 1,
      product: first + 2,
      github: first + 3,
      signon: first + 4,
      logit: first + 5,
      aws: first + 6,
      google: first + 7,
      fastly: first + 8,
      sentry: first + 9,
    },
  }
}

function refuseInProduction(): void {
  const { NODE_ENV, DATABASE_URL, PUBLIC_ORIGIN } = process.env
  if (NODE_ENV === 'production' || DATABASE_URL || PUBLIC_ORIGIN)
    throw new Error(
      'The practice board does not start where NODE_ENV is production, or DATABASE_URL or PUBLIC_ORIGIN is set. Start the server with npm start.',
    )
}

function answersOf(name: string, more: Record<string, unknown> = {}) {
  const person = people.find((one) => one.name === name)
  return {
    email: emailOf(name),
    github: person?.github ?? '',
    aws: emailOf(name),
    reason: 'Joining Search, deploying from 1 December',
    signonApps: 'Release',
    ...more,
  }
}

/** Half a dozen cards, each in another state, made by the same acts that people make; two on the other team's board. */
async function seedCards(world: PracticeWorld): Promise<void> {
  const publishing = world.homeOf('alex').id
  await copyTemplate(world, 'deploy', 'Production Deploy for Priya Shah')
  const granted = await copyTemplate(world, 'deploy', 'Production Deploy for Tom Vance')
  const granting = await copyTemplate(world, 'deploy', 'Production Deploy for Ada Quinn')
  const ready = await copyTemplate(world, 'deploy', 'Production Deploy for Lee Hart')
  const collecting = await copyTemplate(world, 'deploy', 'Production Deploy for Omar Aziz')
  const apprentice = await copyTemplate(world, 'admin', 'Production Admin for Mia Cole')
  const review = await copyTemplate(world, 'admin', 'Production Admin for Alex Green', 'sam', publishing)
  const elsewhere = await copyTemplate(world, 'deploy', 'Production Deploy for Jo Bell', 'sam', publishing)
  const move = (id: string, list: string) => {
    const card = world.trello.model.card(id)
    if (card) world.trello.model.move(memberId('sam'), card, world.listId(list, card.idBoard))
  }
  await as(world, 'tom').act('ask', granted, answersOf('Tom Vance'))
  await as(world, 'ada').act('ask', granting, answersOf('Ada Quinn'))
  await as(world, 'jo').act('ask', elsewhere, answersOf('Jo Bell', { reason: 'Releasing Publishing apps' }))
  await as(world, 'lee').act('ask', ready, answersOf('Lee Hart', { reason: 'On call for Publishing from January' }))
  await as(world, 'omar').act('ask', collecting, answersOf('Omar Aziz', { github: '', reason: '' }))
  await as(world, 'alex').act(
    'ask',
    review,
    answersOf('Alex Green', { reason: 'Joining the 2nd line rota in the new year' }),
  )
  await as(world, 'mia').act(
    'ask',
    apprentice,
    answersOf('Mia Cole', { reason: 'A shift as Secondary', confident: true, wantsSecondary: true }),
  )
  const approve = async (card: string) => {
    await as(world, 'sam').act('approve', await requestOn(world, card), confirmations)
    move(card, 'Doing')
  }
  // Their pull requests change the same files, so they go in turn.
  await approve(granted)
  await grantWhole(world, await requestOn(world, granted))
  move(granted, 'Done')
  for (const card of [granting, elsewhere]) await approve(card)
}

async function grantWhole(world: PracticeWorld, request: string): Promise<void> {
  const steps = () => world.product.db.kysely.selectFrom('step').selectAll().where('request_id', '=', request).execute()
  await until(
    async () => (await steps()).some((step) => step.key === 'github-production-deploy' && step.turn === 'engineer'),
    'the invitation',
  )
  world.github.accept('tom-v')
  await until(
    async () => {
      for (const pull of world.github.pulls('example-gov/example-aws-data'))
        if (pull.body.includes(request) && world.github.merge('example-gov/example-aws-data', pull.number))
          for (const environment of awsEnvironments) world.aws.apply(environment)
      for (const step of await steps()) {
        if (step.turn === 'engineer' && step.plan.engineer?.seenByUs === false)
          await as(world, 'tom')
            .act('do-own-part', step.id)
            .catch(() => {})
        if (step.turn === 'second-line')
          await as(world, 'jo')
            .act('done-step', step.id)
            .catch(() => {})
        if (step.turn === 'second-person')
          await as(world, 'dan')
            .act('seen-step', step.id)
            .catch(() => {})
      }
      const row = await world.product.db.kysely
        .selectFrom('request')
        .select('state')
        .where('id', '=', request)
        .executeTakeFirst()
      return row?.state === 'granted'
    },
    'everything to be granted',
    60_000,
  )
}

async function main(): Promise<void> {
  refuseInProduction()
  const { folder, ports } = placeFrom(process.env)
  if (process.argv.includes('--fresh')) rmSync(folder, { recursive: true, force: true })
  const fresh = !existsSync(folder)
  if (fresh) console.log('Making the example cards, which takes about half a minute …')
  const world = await startPracticeWorld({ folder, ports, logLevel: 'warn' }).catch((error: unknown) => {
    // An empty folder that a failed start left behind would pass for kept data.
    if (fresh) rmSync(folder, { recursive: true, force: true })
    throw error
  })
  try {
    if (fresh) await seedCards(world)
  } catch (error) {
    await world.close()
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
  console.log(
    `${world.product.says}\n\nOpen ${world.trello.pageOrigin}/\n\nData is kept in ${basename(folder)}; npm run practice -- --fresh starts over. Stop with Ctrl+C.`,
  )
  const stop = () => {
    setTimeout(() => process.exit(0), 5_000).unref()
    void world.close()
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

// Node says that stripping types is an experiment. That is no news for somebody who practises.
process.removeAllListeners('warning')
process.on('warning', (warning) => {
  if (warning.name !== 'ExperimentalWarning') console.warn(warning)
})

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('code' in error && error.code === 'EADDRINUSE' && 'port' in error)
    return `Port ${error.port} is taken. Stop what listens there (another practice board?), or choose ten other ports: PRACTICE_PORT=4500 npm run practice`
  return error.message
}

main().catch((error: unknown) => {
  console.error(reasonOf(error))
  // A start that failed halfway leaves listeners behind that would keep the process alive.
  process.exit(1)
})
