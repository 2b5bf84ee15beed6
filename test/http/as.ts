import type {
  ActDone,
  BadgesView,
  Button,
  PageView,
  PeopleView,
  Problem,
  QueueView,
  SectionView,
  SettingsView,
  WindowView,
} from '../../server/http/api.ts'
import { memberId, type PracticeWorld } from '../practice-world.ts'

/** Somebody who looks and acts over HTTP, with tokens as Trello's page would give them. */
export interface As {
  section(cardId: string): Promise<SectionView>
  window(name: string, subject: string): Promise<WindowView>
  badges(...cards: string[]): Promise<BadgesView>
  queue(tab?: string, board?: string, more?: Partial<Record<'system' | 'state', string>>): Promise<QueueView>
  settings(): Promise<SettingsView>
  people(find?: string): Promise<PeopleView>
  /** `me` for one's own page. */
  person(id: string): Promise<PageView>
  /** Prepares and carries out. Answers the sentence, or throws Refused. */
  act(act: string, subject: string, input?: unknown, seen?: string): Promise<string>
  /** Opens a window, fills it in and sends it with what stood on the screen, as the client does. */
  submit(window: string, subject: string, values?: Values): Promise<string>
  prepare(act: string, subject: string, input?: unknown, seen?: string): Promise<string>
  carryOut(challenge: string, token: string): Promise<ActDone>
  token(state?: string): Promise<string>
  press(button: Button | undefined | null): Promise<string>
}

export type Values = Record<string, string | boolean | string[]>

/** What the fields of a window hold when it opens. */
function valuesOf(view: WindowView): Values {
  const fields = view.parts.flatMap((part) => part.fields)
  return Object.fromEntries(
    fields.map((field): [string, Values[string]] => {
      if (field.kind === 'check') return [field.name, field.checked]
      if (field.kind === 'checks') return [field.name, field.values]
      return [field.name, field.kind === 'file' ? '' : field.value]
    }),
  )
}

export class Refused extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail)
    this.problem = problem
  }
}

export function as(
  world: Pick<PracticeWorld, 'trello' | 'origin' | 'homeOf'>,
  username: string,
  boardId = world.homeOf(username).id,
): As {
  const token = (state?: string) =>
    world.trello.signToken({
      idMember: memberId(username),
      idBoard: boardId,
      ...(state === undefined ? {} : { state }),
    })
  async function call<T>(method: string, path: string, body?: unknown, bearer = true): Promise<T> {
    const answer = await fetch(`${world.origin}${path}`, {
      method,
      headers: {
        ...(bearer ? { authorization: `Bearer ${await token()}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const content = (await answer.json()) as T
    if (!answer.ok) throw new Refused(content as Problem)
    return content
  }
  const me: As = {
    section: (card) => call('GET', `/api/cards/${card}`),
    window: (name, subject) => call('GET', `/api/windows/${name}?subject=${subject}`),
    badges: (...cards) => call('POST', '/api/badges', { cards }),
    queue: (tab = '', board = 'all', more = {}) =>
      call('GET', `/api/queue?${new URLSearchParams({ board, tab, ...more })}`),
    settings: () => call('GET', '/api/settings'),
    people: (find = '') => call('POST', '/api/people', { find }),
    person: (id) => call('GET', `/api/people/${id}`),
    async prepare(act, subject, input = {}, seen = '') {
      return (await call<{ challenge: string }>('POST', '/api/acts/prepare', { act, subject, input, seen })).challenge
    },
    carryOut: (challenge, signed) => call('POST', '/api/acts', { challenge, token: signed }, false),
    async act(act, subject, input, seen) {
      const challenge = await me.prepare(act, subject, input, seen)
      return (await me.carryOut(challenge, await token(challenge))).said
    },
    async submit(name, subject, values = {}) {
      const view = await me.window(name, subject)
      if (view.refusal !== null || view.act === '') throw new Error(view.refusal ?? `${name} is no form`)
      const known = valuesOf(view)
      const unknown = Object.keys(values).filter((field) => !(field in known))
      if (unknown.length > 0) throw new Error(`the window ${name} has no ${unknown.join(', ')}`)
      return me.act(view.act, view.subject, { ...known, ...values }, view.seen)
    },
    token,
    async press(button) {
      if (!button || !('act' in button.does)) throw new Error('there is no such button')
      return me.act(button.does.act, button.does.subject, button.does.input)
    },
  }
  return me
}

/** Waits until something holds; the product works by itself meanwhile. */
export async function until<T>(
  look: () => Promise<T | null | undefined | false>,
  what: string,
  ms = 20_000,
): Promise<T> {
  const end = Date.now() + ms
  for (;;) {
    const found = await look()
    if (found) return found
    if (Date.now() > end) throw new Error(`waited too long for: ${what}`)
    await new Promise((done) => setTimeout(done, 150))
  }
}

/** The id of the request on a card. */
export async function requestOn(world: PracticeWorld, cardId: string): Promise<string> {
  const row = await world.product.db.kysely
    .selectFrom('request')
    .select('id')
    .where('card_id', '=', cardId)
    .orderBy('created_at', 'desc')
    .executeTakeFirstOrThrow()
  return row.id
}

/** Copies a template as somebody would in Trello, and waits until the product knows the copy. */
export async function copyTemplate(
  world: PracticeWorld,
  level: 'deploy' | 'admin',
  name: string,
  by = 'sam',
  boardId = world.boardId,
): Promise<string> {
  const source = world.trello.model.card(level === 'deploy' ? 'S9sex2XU' : 'GIHPZi2o')
  if (!source) throw new Error('no template')
  const card = world.trello.model.copyCard(memberId(by), source, world.listId('To do', boardId), name)
  await until(
    () => world.product.db.kysely.selectFrom('card').select('id').where('id', '=', card.id).executeTakeFirst(),
    'the copy to be known',
  )
  return card.id
}

export const details = {
  email: 'priya.shah@example.gov.uk',
  github: 'priya-s',
  aws: 'priya.shah@example.gov.uk',
  reason: 'Joining Search, deploying from 1 December',
  signonApps: 'Release, Whitehall',
}
export const confirmations = { 'confirm-CD2': true, 'confirm-CD3': true, 'confirm-CD4': true, 'confirm-CD5': true }
