import { createHash } from 'node:crypto'
import { append } from '../../server/audit/append.ts'
import type { NewEvent } from '../../server/audit/events.ts'
import { type Clock, DAY, londonDay } from '../../server/clock.ts'
import type { Database } from '../../server/db/database.ts'
import { json } from '../../server/db/json.ts'
import type { RequestState } from '../../server/db/schema.ts'
import { grantActs } from '../../server/grants/acts/index.ts'
import { heldLevels, holdsLevelForTasks } from '../../server/grants/held-levels.ts'
import { keepLedger } from '../../server/grants/ledger.ts'
import { settleSteps } from '../../server/grants/settle-steps.ts'
import { asksForSecond } from '../../server/grants/steps.ts'
import { ensureKeepers } from '../../server/people/facts.ts'
import { importPeople } from '../../server/people/import-people.ts'
import { importRota } from '../../server/people/import-rota.ts'
import { ActRefused, type NewNotice, type Refusal } from '../../server/requests/act.ts'
import { requestActs } from '../../server/requests/acts/index.ts'
import { expireQuiet } from '../../server/requests/expiry.ts'
import { judgeForTheDay } from '../../server/requests/new-day.ts'
import { writeNotices } from '../../server/requests/notices.ts'
import { createPerforming, type Performing } from '../../server/requests/performing.ts'
import { loadWorld, type Office } from '../../server/requests/world.ts'
import { testDatabase } from '../db/database.ts'
import { seedOnce } from '../db/seed-once.ts'
import { makeWorld, ruleSet } from '../http/views/world.ts'
import { createTokenSigner } from '../local-trello/signer.ts'

/** A happy office in memory: people, a board, and every act, with people carrying out every step. */

export const board = '5f00000000000000000b0a1d'
const plugin = '5f0000000000000000000f00'
const hexOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 24)
export const member = (name: string) => hexOf(`member ${name}`)

/** name, more cells: tech lead, line manager, senior, apprentice, employment, clearance, probation */
const register = [
  ['priya', 'Priya Shah', 'sam', 'lina', 'no', 'no', 'civil servant', 'yes', 'passed'],
  ['sam', 'Sam Okoro', '', 'lina', 'no', 'no', 'civil servant', 'yes', 'passed'],
  ['dan', 'Dan Reyes', '', '', 'yes', 'no', 'civil servant', 'yes', 'passed'],
  ['ines', 'Ines Moreau', '', '', 'yes', 'no', 'contractor', 'yes', ''],
  ['alex', 'Alex Green', 'sam', 'lina', 'no', 'no', 'civil servant', 'yes', 'passed'],
  ['jo', 'Jo Bell', 'sam', 'lina', 'no', 'no', 'civil servant', 'yes', 'passed'],
  ['rae', 'Rae Lund', '', 'lina', 'no', 'no', 'civil servant', 'yes', 'passed'],
  ['lina', 'Lina Berg', '', '', 'no', 'no', 'civil servant', 'yes', 'passed'],
  ['mia', 'Mia Cole', 'sam', 'lina', 'no', 'yes', 'civil servant', 'yes', 'passed'],
  ['omar', 'Omar Aziz', 'sam', '', 'no', 'no', 'contractor', 'yes', ''],
  ['kit', 'Kit Doyle', 'sam', 'lina', 'no', 'no', 'civil servant', 'yes', 'passed'],
] as const
const fullName = (name: string) => register.find(([short]) => short === name)?.[1] ?? name
export const emailOf = (name: string) => `${fullName(name).toLowerCase().replace(' ', '.')}@example.gov.uk`
/** Everybody but Kit, whose Trello account nobody has linked. */
export const linkedNames = register.map(([name]) => name).filter((name) => name !== 'kit')

export const confirmations = { 'confirm-CD2': true, 'confirm-CD3': true, 'confirm-CD4': true, 'confirm-CD5': true }
export const review = {
  reference: 'Response 41',
  formVersion: 'Google Form',
  date: '2026-03-01',
  'objective-LO1': true,
  'objective-LO2': true,
  'objective-LO3': true,
  'objective-LO4': true,
}

/** Whatever an act's input may be: happy answers for everybody. */
export const details = (name: string) => ({
  email: emailOf(name),
  github: `${name}-gh`,
  aws: name,
  reason: 'Deploying from 1 December',
})

export interface Hand {
  act(act: string, subject: string, input?: unknown, seen?: string): Promise<string>
  prepare(act: string, subject: string, input?: unknown, seen?: string): Promise<string>
  /** Signs a challenge as Trello would; `as` deviates. */
  carryOut(challenge: string, as?: Partial<Signing>): Promise<string>
}
interface Signing {
  memberId: string
  boardId: string
  cardId: string | null
}

export interface Practice {
  db: Database
  office: Office
  performing: Performing
  as(name: string, signing?: Partial<Signing>): Hand
  id(name: string): string
  card(level?: string): Promise<string>
  /** Asked and complete: ready for its sponsor. */
  ready(name: string, level?: string, more?: object): Promise<{ card: string; request: string }>
  requestOf(card: string): Promise<string>
  state(request: string): Promise<RequestState>
  world(card: string): Promise<NonNullable<Awaited<ReturnType<typeof loadWorld>>>>
  /** People carry out every step of one direction, and others look. */
  closeSteps(request: string, direction: 'grant' | 'revoke'): Promise<void>
  /** The same of a grant, written down at once: for tests of what comes after it. */
  giveAtOnce(request: string): Promise<void>
  /** Lets days (calendar) or milliseconds (both clocks) go by. */
  pass(time: { days?: number; ms?: number }): void
  expire(): Promise<string[]>
  /** A new London day is noticed. */
  newDay(): Promise<string[]>
  /** What work that goes on by itself could not do. */
  reported: unknown[]
  /** Names that other systems were asked for. */
  lookedUp: string[]
  /** What the host does to a card between two reads; applied at the next refresh. */
  edit(change: (() => Promise<void>) | null): void
  refusals(): Promise<{ act: unknown; code: unknown; actor: string }[]>
  events(): Promise<string[]>
}

const start = new Date('2026-03-02T09:00:00.000Z')

export async function startPractice(): Promise<Practice> {
  const db = await testDatabase()
  let wall = start.getTime()
  let calendar = start.getTime()
  const clock: Clock = { wall: () => new Date(wall), calendar: () => new Date(calendar) }
  const signer = createTokenSigner(() => clock.wall())
  const [publicKey = ''] = signer.publicKeys()
  const reported: unknown[] = []
  const office: Office = {
    clock,
    installation: { ...makeWorld().installation, connected: {} },
    heldLevels,
    holdsAdmin: holdsLevelForTasks(ruleSet),
    ruleSet: () => ruleSet,
    report: (error) => reported.push(error),
  }
  const wake = { send: async () => {} }
  const boards = {
    readBoard: async (id: string) => ({ id, name: 'Search team', url: '' }),
    disconnect: async () => {},
  }
  let edited: (() => Promise<void>) | null = null
  const lookedUp: string[] = []
  const performing = createPerforming({
    db,
    office,
    acts: [
      ...requestActs({ boards, emailDomains: ['example.gov.uk'] }),
      ...grantActs({ office, adapters: new Map(), wake, approvalValidDays: 14 }),
    ],
    accounts: {
      async find(kind, typed) {
        lookedUp.push(typed)
        const id = kind === 'aws' ? `arn:aws:iam::000000000000:user/${typed}` : kind === 'github' ? hexOf(typed) : typed
        return { kind, id, name: typed }
      },
    },
    cards: { refresh: async () => edited?.(), adopt: async () => {} },
    append: (tx, events) => append(tx, events, clock),
    changed: () => {},
  })
  await seedOnce(db, 'office', () => writeRegister(db, clock))
  const people = await db.kysely.selectFrom('person').select(['id', 'full_name']).execute()
  const id = (name: string) => people.find((one) => one.full_name === fullName(name))?.id ?? `no-${name}`
  let cards = 0

  function as(name: string, signing: Partial<Signing> = {}): Hand {
    const who = { memberId: member(name), boardId: board, cardId: null, ...signing }
    const token = (signed: Signing, state: string | null) =>
      signer.sign({
        idPlugin: plugin,
        idMember: signed.memberId,
        idBoard: signed.boardId,
        ...(state === null ? {} : { state }),
      })
    const hand: Hand = {
      async prepare(act, subject, input = {}, seen = '') {
        const presented = { ...who, state: null, token: await token(who, null), publicKey }
        return (await performing.prepare(presented, { act, subject, input, seen })).challenge
      },
      async carryOut(challenge, deviation = {}) {
        const signed = { ...who, ...deviation }
        const presented = { ...signed, state: challenge, token: await token(signed, challenge), publicKey }
        return (await performing.carryOut(presented)).said
      },
      act: async (act, subject, input, seen) => hand.carryOut(await hand.prepare(act, subject, input, seen)),
    }
    return hand
  }

  const practice: Practice = {
    db,
    office,
    performing,
    reported,
    lookedUp,
    as,
    id,
    async card(level = 'deploy') {
      const card = hexOf(`card ${cards++}`)
      await db.kysely
        .insertInto('card')
        .values({
          id: card,
          short_link: card.slice(0, 8),
          url: `https://trello.com/c/${card.slice(0, 8)}`,
          board_id: board,
          name: 'Production access',
          list_name: 'Doing',
          kind: 'candidate',
          level,
          way: 'copy',
          closed: false,
          checklists: json([]),
          members: json([]),
          last_activity: clock.calendar(),
          read_at: clock.wall(),
        })
        .execute()
      return card
    },
    async ready(name, level = 'deploy', more = {}) {
      const card = await practice.card(level)
      await as(name).act('ask', card, { ...details(name), ...more })
      return { card, request: await practice.requestOf(card) }
    },
    async requestOf(card) {
      const rows = await db.kysely
        .selectFrom('request')
        .select('id')
        .where('card_id', '=', card)
        .orderBy('created_at', 'desc')
        .execute()
      return rows[0]?.id ?? 'none'
    },
    async state(request) {
      const found = await db.kysely
        .selectFrom('request')
        .select('state')
        .where('id', '=', request)
        .executeTakeFirstOrThrow()
      return found.state
    },
    async world(card) {
      const world = await loadWorld(db.kysely, office, card)
      if (!world) throw new Error('there is no such card')
      return world
    },
    async closeSteps(request, direction) {
      for (;;) {
        const step = await db.kysely
          .selectFrom('step')
          .selectAll()
          .where('request_id', '=', request)
          .where('direction', '=', direction)
          .where('state', '=', 'ready')
          .orderBy('ordinal')
          .executeTakeFirst()
        if (!step) return
        const own = step.turn === 'engineer'
        if (own) {
          const { person_id } = await db.kysely
            .selectFrom('request')
            .select('person_id')
            .where('id', '=', request)
            .executeTakeFirstOrThrow()
          const name = register.find(([short]) => id(short) === person_id)?.[0] ?? ''
          await as(name).act('do-own-part', step.id)
          continue
        }
        await as('alex').act('done-step', step.id)
        if (asksForSecond(step)) await as('omar').act('seen-step', step.id)
      }
    },
    async giveAtOnce(request) {
      await db.transaction(async (tx) => {
        const of = tx.selectFrom('request').selectAll().where('id', '=', request)
        const row = await of.executeTakeFirstOrThrow()
        const [events, notices]: [NewEvent[], NewNotice[]] = [[], []]
        const [alex, omar] = [id('alex'), id('omar')]
        const seen = { state: 'seen', turn: 'nobody', done_by: alex, seen_by: omar, doers: json([alex]) } as const
        const at = { done_at: clock.calendar(), seen_at: clock.calendar() }
        const steps = tx
          .updateTable('step')
          .set({ ...seen, ...at })
          .where('request_id', '=', request)
        const closed = await steps.where('direction', '=', 'grant').returningAll().execute()
        for (const step of closed.toSorted((one, other) => one.ordinal - other.ordinal))
          events.push(...(await keepLedger(tx, row, step, clock.calendar())))
        const hand = {
          tx,
          clock,
          log: (event: NewEvent) => void events.push(event),
          notify: (notice: NewNotice) => void notices.push(notice),
        }
        await settleSteps(hand, office, new Map(), row.card_id)
        await writeNotices(tx, notices, clock)
        await append(tx, events, clock)
      })
    },
    pass({ days = 0, ms = 0 }) {
      calendar += days * DAY + ms
      wall += ms
    },
    expire: () => expireQuiet({ db, office, append: (tx, events) => append(tx, events, clock) }),
    newDay: () => judgeForTheDay({ db, office, append: (tx, events) => append(tx, events, clock) }),
    edit: (change) => {
      edited = change
    },
    async refusals() {
      const rows = await db.kysely
        .selectFrom('event')
        .select(['data', 'actor'])
        .where('type', '=', 'refused')
        .orderBy('seq')
        .execute()
      return rows.map(({ data, actor }) => ({ act: data['act'], code: data['code'], actor }))
    },
    async events() {
      return (await db.kysely.selectFrom('event').select('type').orderBy('seq').execute()).map((row) => row.type)
    },
  }
  return practice
}

async function writeRegister(db: Database, clock: Clock): Promise<void> {
  const header =
    'name,email,trello_member_id,tech_lead,line_manager,senior_tech,apprentice,employment,clearance,probation,left,absences'
  const rows = register.map(([name, full, lead, manager, senior, apprentice, employment, clearance, probation]) =>
    [
      full,
      emailOf(name),
      name === 'kit' ? '' : member(name),
      lead && emailOf(lead),
      manager && emailOf(manager),
      senior,
      apprentice,
      employment,
      clearance,
      probation,
      'no',
      'none',
    ].join(','),
  )
  await db.transaction(async (tx) => {
    const by = { personId: 'seed', emailDomains: ['example.gov.uk'] }
    await importPeople(tx, [header, ...rows].join('\n'), by, clock)
    await ensureKeepers(tx, [member('rae')], clock)
    await importRota(
      tx,
      ['from,to,primary,secondary', ...fortnights(clock.calendar(), 10, `${emailOf('alex')},${emailOf('jo')}`)].join(
        '\n',
      ),
    )
    await tx
      .insertInto('board')
      .values({ id: board, name: 'Search team', url: '', connected_by: 'seed', connected_at: clock.calendar() })
      .execute()
  })
}

/** The refusal of something that must be refused. */
export async function refused(work: Promise<unknown>): Promise<Refusal> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (error instanceof ActRefused) return error.refusal
  throw error ?? new Error('this was not refused')
}

/** Rows of a rota, two weeks each, from today on. */
function fortnights(from: Date, count: number, pair: string): string[] {
  const day = (index: number) => londonDay(new Date(from.getTime() + index * 14 * DAY))
  return Array.from({ length: count }, (_, index) => `${day(index)},${day(index + 1)},${pair}`)
}
