import type { PracticeWorld } from '../practice-world.ts'
import { awsEnvironments, listsRepository } from '../practice-world.ts'
import { as, until } from './as.ts'

/** Everybody does their part until the request is granted: systems answer, doers do, others look, the engineer too. */
export async function grantWhole(
  world: PracticeWorld,
  request: string,
  people: { engineer: string; github: string; doer: string; second: string; senior: string },
): Promise<void> {
  const steps = () => world.product.db.kysely.selectFrom('step').selectAll().where('request_id', '=', request).execute()
  const may = async (who: string, act: string, step: string) => {
    await as(world, who)
      .act(act, step)
      .catch(() => {})
  }
  await until(
    async () => {
      world.github.accept(people.github)
      acceptByEmail(world)
      for (const pull of world.github.pulls(listsRepository))
        if (pull.body.includes(request) && world.github.merge(listsRepository, pull.number))
          for (const environment of awsEnvironments) world.aws.apply(environment)
      for (const step of await steps()) {
        if (step.turn === 'engineer' && step.plan.engineer?.seenByUs === false)
          await may(people.engineer, 'do-own-part', step.id)
        if (step.turn === 'second-line') await may(people.doer, 'done-step', step.id)
        if (step.turn === 'senior-tech') await may(people.senior, 'done-step', step.id)
        if (step.turn === 'second-person') await may(people.second, 'seen-step', step.id)
      }
      const row = await world.product.db.kysely
        .selectFrom('request')
        .select('state')
        .where('id', '=', request)
        .executeTakeFirst()
      return row?.state === 'granted'
    },
    'everything to be granted',
    90_000,
  ).catch(withOpenSteps(world, request))
}

/** Names what it still waits for. */
function withOpenSteps({ product }: PracticeWorld, request: string) {
  return async (error: unknown) => {
    const steps = product.db.kysely.selectFrom('step').selectAll().where('request_id', '=', request)
    const open = await steps.where('state', 'not in', ['verified', 'seen']).execute()
    const words = open.map(({ key, state, turn, sentence }) => `${key} ${state}, ${turn}: ${sentence}`)
    throw new Error([error instanceof Error ? error.message : '', ...words].join('\n'))
  }
}

/** What comes by email is accepted by whomever it is for. */
export function acceptByEmail({ fastly, sentry }: PracticeWorld): void {
  for (const { email } of fastly.invitations()) fastly.accept(email)
  for (const { email } of sentry.invitations()) sentry.accept(email)
}

/**
 * Everybody does their part until nothing of the request is left.
 * @param over where it ends in other states, because a lower level stays
 */
export async function revokeWhole(
  world: PracticeWorld,
  request: string,
  people: { doer: string; second: string; senior: string },
  over = ['ended'],
): Promise<void> {
  const { kysely } = world.product.db
  const may = async (who: string, act: string, step: string) => {
    await as(world, who)
      .act(act, step)
      .catch(() => {})
  }
  await until(
    async () => {
      for (const pull of world.github.pulls(listsRepository))
        if (pull.body.includes(request) && world.github.merge(listsRepository, pull.number))
          for (const environment of awsEnvironments) world.aws.apply(environment)
      const steps = kysely.selectFrom('step').selectAll().where('request_id', '=', request)
      for (const step of await steps.where('direction', '=', 'revoke').execute()) {
        if (step.turn === 'second-line') await may(people.doer, 'done-step', step.id)
        if (step.turn === 'senior-tech') await may(people.senior, 'done-step', step.id)
        if (step.turn === 'second-person') await may(people.second, 'seen-step', step.id)
      }
      const row = await kysely.selectFrom('request').select('state').where('id', '=', request).executeTakeFirst()
      return over.includes(row?.state ?? '')
    },
    'everything to be revoked',
    90_000,
  ).catch(withOpenSteps(world, request))
}

/** The comments on a card, oldest first, without the mark at their end. */
export function commentsOn(world: PracticeWorld, cardId: string): string[] {
  const card = world.trello.model.card(cardId)
  return (card ? world.trello.model.actionsOf(card) : [])
    .filter((action) => action.type === 'commentCard')
    .map((action) => String(action.data['text']).replace(/ \([\w-]+\)$/, ''))
    .toReversed()
}

/** All comments that were owed are sent. */
export async function allSaid(world: PracticeWorld): Promise<void> {
  await until(async () => {
    const owed = await world.product.db.kysely.selectFrom('notice').select('id').where('state', '=', 'owed').execute()
    return owed.length === 0
  }, 'every comment to be sent')
}

/** Somebody has the record compared with the systems, and waits for it. */
export async function compareNow(world: PracticeWorld): Promise<void> {
  const since = new Date()
  await as(world, 'rae').act('compare-now', 'systems')
  const runs = world.product.db.kysely.selectFrom('drift_run').select('id').where('state', '=', 'finished')
  await until(() => runs.where('started_at', '>=', since).executeTakeFirst(), 'the comparison', 60_000)
}
