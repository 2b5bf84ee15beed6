import type { Selectable } from 'kysely'
import type { z } from 'zod'
import type { NewEvent } from '../audit/events.ts'
import type { Clock } from '../clock.ts'
import type { Tx } from '../db/database.ts'
import type {
  AlsoFoundTable,
  BoardTable,
  CardTable,
  HelpTable,
  HoldingTable,
  NoticeTable,
  RequestTable,
  SignedActTable,
  StepTable,
  TickTable,
} from '../db/schema.ts'
import type { RuleSet } from '../rules/rule-set.ts'
import type {
  Account,
  AccountKind,
  Day,
  Finding,
  Installation,
  PersonFacts,
  Plan,
  RequestFacts,
} from '../rules/types.ts'
import type { AccessReviewRow } from './access-reviews.ts'
import type { ActName } from './authorisation.ts'
import type { Returning } from './returning.ts'

/** Who is acting, from a verified token. `person` is `null` for somebody whom nobody has linked yet. */
export interface Actor {
  memberId: string
  boardId: string
  cardId: string | null
  person: PersonFacts | null
  roles: { keeper: boolean; seniorTech: boolean; secondLine: boolean; holdsAdmin: boolean }
  /** On whose word their Trello account is theirs: a person id, or `import`, `command`. */
  linkedBy?: string
}

export type LinkedActor = Actor & { person: PersonFacts }

export type RequestRow = Selectable<RequestTable>
export type StepRow = Selectable<StepTable>
export type CardRow = Selectable<CardTable>
export type TickRow = Selectable<TickTable>
export type HelpRow = Selectable<HelpTable>
export type HoldingRow = Selectable<HoldingTable>
export type AlsoFoundRow = Selectable<AlsoFoundTable>
export type NoticeRow = Selectable<NoticeTable>
export type BoardRow = Selectable<BoardTable>
export type SignedActRow = Selectable<SignedActTable>

/** Everything that a decision about one card's request may look at, read at one moment. */
export interface World {
  today: Day
  now: Date
  ruleSet: RuleSet
  installation: Installation
  people: Map<string, PersonFacts>
  card: CardRow
  board: BoardRow | null
  ticks: TickRow[]
  request: RequestRow | null
  /** Another card with an open request of this engineer for this level, or `null`. */
  elsewhere: { cardId: string; url: string } | null
  /** Whether anything of this engineer is being revoked now, on whatever card. */
  revoking: boolean
  engineer: PersonFacts | null
  steps: StepRow[]
  helps: HelpRow[]
  holdings: HoldingRow[]
  /** Grant steps of this engineer's other requests that stand: what they need stays. */
  othersSteps: StepRow[]
  /** Steps by which things go that other requests of this engineer held: what this one had of them is not gone before. */
  othersRevokes: StepRow[]
  /** Steps of other requests whose holdings this one took over when they were revoked. */
  takenOver: StepRow[]
  /** What the newest look at the systems found beside the record. */
  alsoFound: AlsoFoundRow[]
  /** What a comparison found of the engineer that no record has and nobody decided: asked once their request has ended. */
  leftOver: string[]
  approval: SignedActRow | null
  /** A decision that is due about what the engineer holds; `null` while none is. */
  review: AccessReviewRow | null
  /** Others that are due at the same time: one decision answers all of them. */
  otherReviews: AccessReviewRow[]
  /** Since when the revocation that goes on was due, where a review decided it. */
  revokeDue: Day | null
  /** What was revoked before, that this request or one opened now would bring back; `null` where nothing was. */
  returning: Returning | null
  /** When the request expires if nothing moves; `null` until notice of it was given. */
  expires: Day | null
  /** Judged without approval answers; empty without a request. */
  findings: Finding[]
  /** Levels that the engineer holds already. */
  held: RequestFacts['held']
  plan: Plan | null
  /** People who may sponsor this request now, by person id. */
  sponsors: string[]
  /** 2nd line today (primary, secondary), by person id. */
  secondLine: string[]
  /** Keepers, by person id. */
  keepers: string[]
  /** Trello member ids of linked people, by person id, for mentions. */
  members: Map<string, string>
}

/** Why an act is refused: a code for the log, a sentence for the reader. */
export interface Refusal {
  code: string
  sentence: string
  /** By field name, for forms. */
  fields?: Record<string, string>
  /** What changed since it was looked at. */
  changed?: string[]
  status?: 400 | 403 | 404 | 409 | 422 | 503
}

/** Thrown anywhere inside an act; nothing of the act is kept, the refusal is logged. */
export class ActRefused extends Error {
  override name = 'ActRefused'
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.sentence)
    this.refusal = refusal
  }
}

export interface NewNotice {
  requestId: string
  cardId: string
  /** Told once for each request, step and turn: `ready`, `your-steps`, `stuck:<step>` … */
  kind: string
  stepId?: string
  /** Since when the turn is that it tells of, where that can come back. */
  turnSince?: Date
  text: string
  mentions: string[]
  /** Any one of those named can do it: the first who is on the board is mentioned, or the first two. Otherwise all of them. */
  mention?: 'first-on-board' | 'two-on-board'
  /** Id of an earlier notice whose comment becomes this one, where nobody is asked for anything. */
  edits?: string
}

/** What an act gets to work with, inside the transaction. Events are appended last, in the order given. */
export interface Doing<Who extends Actor = LinkedActor> {
  tx: Tx
  clock: Clock
  actor: Who
  log(event: NewEvent): void
  /** Owes a comment to the card; written in this transaction, sent by the worker. */
  notify(notice: NewNotice): void
  /** A card that looks different now, beside the one that the act is on. */
  touched(cardId: string): void
  /** Id of the signed act being recorded (token, key, statement). */
  signedActId: string
}

/** Finds the stable account behind what somebody typed; answers a sentence for the field when there is none. */
export interface AccountLookup {
  find(kind: AccountKind, typed: string): Promise<Account | { problem: string }>
}

/** What an act is about. `card` acts have a world; acts on an installation or a person may not. */
export type SubjectKind = 'card' | 'request' | 'step' | 'person' | 'board' | 'installation'

/**
 * One act: one file, its authorisation beside it in the table.
 * `Who` is `Actor` only for the one act of somebody whom nobody has linked yet.
 */
export interface Act<Input extends z.ZodType = z.ZodType, Who extends Actor = LinkedActor> {
  name: ActName
  on: SubjectKind
  input: Input
  /** Whether the card must be read again over the host before this act is judged. */
  readsCard: boolean
  /** Whose access it is about, where the card has no request yet. */
  engineerOf?(actor: Who, input: z.infer<Input>): string | null
  /** It names the engineer, also in place of one who has not asked, or whose request is closed. */
  namesEngineer?: true
  /** Finds the stable accounts behind typed names, before the challenge is made. Throws ActRefused with fields. */
  resolve?(input: z.infer<Input>, accounts: AccountLookup): Promise<z.infer<Input>>
  /**
   * Beyond the table: state and rules. Answers a refusal or `null`. Judged at prepare and again inside the transaction.
   */
  allows(world: World, actor: Who, input: z.infer<Input>, step: StepRow | null): Refusal | null
  /** What is signed, beyond act, subject, actor and input. */
  statement(world: World, input: z.infer<Input>, step: StepRow | null): unknown
  /** Does it. Answers the sentence to say. */
  carryOut(doing: Doing<Who>, world: World, input: z.infer<Input>, step: StepRow | null): Promise<string>
}

/** Acts that are not about one card: register imports, boards, rota. */
export interface OfficeAct<Input extends z.ZodType = z.ZodType> {
  name: ActName
  on: 'person' | 'board' | 'installation'
  input: Input
  /** Decides about everything that somebody holds: all their cards and requests are locked before it is judged. */
  locksPerson?: true
  allows(actor: LinkedActor, subject: string, input: z.infer<Input>, tx: Tx): Promise<Refusal | null>
  /** What is signed, beyond act, subject, actor and input. */
  statement?(subject: string, input: z.infer<Input>, tx: Tx): Promise<unknown>
  carryOut(doing: Doing, subject: string, input: z.infer<Input>): Promise<string>
}

/** One act, by how much it knows of its subject. */
export type AnyAct =
  | { about: 'card'; act: Act }
  /** The one act of somebody unlinked. */
  | { about: 'stranger'; act: Act<Act['input'], Actor> }
  | { about: 'office'; act: OfficeAct }
