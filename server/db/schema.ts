import type { ColumnType, Generated } from 'kysely'
import type { DriftReport } from '../grants/drift/report.ts'
import type { Evidence, Listed, Receipt } from '../grants/system.ts'
import type { HostChecklist } from '../requests/card-host.ts'
import type { ReviewOutcome, ReviewReason } from '../rules/access-review.ts'
import type {
  Absence,
  Account,
  ApprovalAnswers,
  Day,
  LevelId,
  PlanStep,
  PreparednessReview,
  RequestFacts,
  TurnRole,
} from '../rules/types.ts'

/** The tables, as TypeScript sees them. Times are `timestamptz`; JSON is `jsonb`, written with `json()` of `db/json.ts`. */

type Json<T> = ColumnType<T, string, string>
type Time = ColumnType<Date, Date, Date>
type MaybeTime = ColumnType<Date | null, Date | null | undefined, Date | null>
type Maybe<T> = ColumnType<T | null, T | null | undefined, T | null>
type DefaultJson<T> = ColumnType<T, string | undefined, string>
type MaybeJson<T> = ColumnType<T | null, string | null | undefined, string | null>

/** A person; facts and accounts stand in tables of their own. */
export interface PersonTable {
  id: string
  full_name: string
  created_at: Time
}

/** Which facts the register knows. Values are the `Known<…>` values of `rules/types.ts`. */
export type FactName =
  | 'employment'
  | 'apprentice'
  | 'clearance'
  | 'probation'
  | 'techLead'
  | 'lineManager'
  | 'seniorTech'
  | 'keeper'
  | 'left'
  /** Came under another tech lead while holding access: written beside `techLead`, never by hand. */
  | 'moved'
  | 'absences'

export interface PersonFactTable {
  person_id: string
  fact: FactName
  value: Json<string | boolean | Absence[]>
  source: string
  as_of: Day
  recorded_at: Time
  /** Person id of the keeper, or `import`, `command`. */
  recorded_by: string
}

/** One person has many names. `id` is stable and unique within its kind; two people never share one. */
export interface PersonAccountTable {
  kind: 'trello' | 'email' | 'github' | 'aws'
  id: string
  name: string
  person_id: string
  /** `claimed` counts for nothing until somebody else confirms it (Trello accounts only). */
  state: 'claimed' | 'linked'
  since: Time
  /** Person id, `import` or `command`. */
  set_by: string
}

export interface RotaTable {
  starts: Day
  /** The Monday on which the next pair takes over; does not count. */
  ends: Day
  primary_id: string
  secondary_id: Maybe<string>
}

export interface BoardTable {
  id: string
  name: string
  url: string
  connected_by: string
  connected_at: Time
  webhook_id: Maybe<string>
  /** Id of the newest action that we have seen: polling goes on from here. */
  last_action_id: Maybe<string>
  /** `ok`, or why not, as a sentence for the settings. */
  problem: Maybe<string>
  checked_at: MaybeTime
}

/** Cards that concern us: templates, their copies (candidates), and cards with a request. */
export interface CardTable {
  id: string
  short_link: string
  url: string
  board_id: string
  name: string
  list_name: string
  kind: 'template' | 'candidate' | 'request'
  level: LevelId
  /** How it became ours. `record`: no card of Trello's, but what stands for something that was given outside. */
  way: 'template' | 'copy' | 'attached' | 'record'
  source_card_id: Maybe<string>
  created_by_member: Maybe<string>
  closed: boolean
  deleted_at: MaybeTime
  checklists: Json<HostChecklist[]>
  members: Json<string[]>
  last_activity: Time
  /** When the server last read it whole. */
  read_at: Time
}

/** Ids of ticks that came with the copy: they do not count. Also who claimed ticks ("these are mine"). */
export interface TickTable {
  card_id: string
  item_id: string
  checklist_name: string
  item_name: string
  complete: boolean
  /** Trello member; `null` = by whom unknown. */
  member_id: Maybe<string>
  ticked_at: MaybeTime
  came_with_copy: boolean
  claimed_by: Maybe<string>
}

export type RequestState =
  | 'candidate'
  | 'open'
  | 'changes-asked'
  | 'ready'
  | 'granting'
  | 'granted'
  | 'stopped'
  | 'revoking'
  | 'ended'
  | 'declined'
  | 'withdrawn'
  | 'expired'

export interface RequestTable {
  id: string
  card_id: string
  board_id: string
  person_id: string
  level: LevelId
  /** The level that it was of before it was lowered while it stood. */
  lowered_from: Maybe<LevelId>
  rule_set: string
  state: RequestState
  /** When the present state began. */
  state_since: Time
  /** When somebody last kept a quiet request open: its time to expire starts there. */
  moved_at: MaybeTime
  attached_by: string
  reason: Maybe<string>
  signon_apps: Json<Record<string, string[]>>
  review: MaybeJson<PreparednessReview>
  apprentice: Json<RequestFacts['apprentice']>
  /** What the sponsor asked to change, for the engineer and sponsors only. */
  changes_asked: MaybeJson<{ what: string[]; line: string | null; by: string; at: string }>
  /** Why it was declined, withdrawn, stopped or cancelled. */
  closing_reason: Maybe<string>
  closed_by: Maybe<string>
  approval_id: Maybe<string>
  approved_by: Maybe<string>
  approved_at: MaybeTime
  /** The signed act that lowered it since it was approved; the approval stays beside it. */
  lowering_id: Maybe<string>
  lowered_by: Maybe<string>
  lowered_at: MaybeTime
  granted_at: MaybeTime
  /** Revoked for cause: nothing of it waits in turn for another proposal. */
  for_cause: Generated<boolean>
  /** Set while the card is archived or gone and somebody must say "continue or withdraw". */
  paused_because: Maybe<string>
  previous_request_id: Maybe<string>
  /** Grows with every change that a viewer could see; the live stream and the badges go by it. */
  version: number
  updated_at: Time
  created_at: Time
}

export type StepState =
  /** Prerequisites are not closed yet. */
  | 'planned'
  /** May be acted on now. */
  | 'ready'
  /** A worker has the lease; intent is recorded. */
  | 'acting'
  /** Started, and now waits for somebody (`turn`). */
  | 'waiting'
  /** Somebody says so; not checked. Closed only where the proof is `doer`. */
  | 'done'
  /** A second person saw it: *attested*. Closed. */
  | 'seen'
  /** Read back by the product. Closed. */
  | 'verified'
  /** Will not move until a person acts. */
  | 'stuck'
  /** Fenced: a stop, a revocation or a change of account. */
  | 'stopped'

export interface StepTable {
  id: string
  request_id: string
  direction: 'grant' | 'revoke'
  ordinal: number
  key: string
  plan: Json<PlanStep>
  /** May differ from the plan's: an impossible `api` becomes `task` by a person's logged click. */
  method: 'api' | 'pull-request' | 'task' | 'follows'
  state: StepState
  since: Time
  turn: TurnRole
  /** First line for a reader: what is going on, in the system's terms. */
  sentence: string
  /** Second line: what to do, by whom. */
  remedy: Maybe<string>
  link: Maybe<string>
  /** Who outside our register holds it up, e.g. the login of a reviewer. */
  who: Maybe<string>
  taken_by: Maybe<string>
  taken_at: MaybeTime
  /** Everybody who ever took it or said that they did it: none of them is its second person. */
  doers: DefaultJson<string[]>
  done_by: Maybe<string>
  done_at: MaybeTime
  seen_by: Maybe<string>
  seen_at: MaybeTime
  verified_at: MaybeTime
  /** When nothing acts on the old value any more, at the latest; calendar. */
  effective_by: MaybeTime
  evidence: MaybeJson<Evidence>
  receipt: MaybeJson<Receipt>
  attempts: number
  /** When a worker should look again; `null` = not by itself. Wall clock. */
  next_check_at: MaybeTime
  /** Wall clock; after it, another worker may take the step over and must read first. */
  lease_until: MaybeTime
  lease_by: Maybe<string>
  /** An intent was recorded and its outcome is not known yet. */
  intent_at: MaybeTime
  updated_at: Time
}

export interface AttemptTable {
  id: Generated<number>
  step_id: string
  at: Time
  what: 'read' | 'apply'
  outcome: string
  detail: string
  receipt: MaybeJson<Receipt>
}

/** What somebody holds: made from closed steps, never typed in. */
export interface HoldingTable {
  id: string
  person_id: string
  grant_key: string
  level: LevelId
  system: string
  environment: Maybe<string>
  account: Json<Account>
  wanted: Json<PlanStep['wanted']>
  rule_set: string
  request_id: string
  step_id: string
  since: Time
  proof: 'verified' | 'attested' | 'done'
  last_verified_at: MaybeTime
  /** When it was last there, as a read or a second person saw it; calendar. */
  last_seen_at: MaybeTime
  /** What the last look said, in the system's terms too; `null` = never looked again. */
  seen: Maybe<'present' | 'absent' | 'cannot-tell'>
  seen_detail: Maybe<string>
  /** Since when looks have not found it; a look that cannot tell changes nothing of that. */
  missing_since: MaybeTime
  looked_at: MaybeTime
  /** Wall clock; `null` = closed and not yet on the rhythm. */
  next_look_at: MaybeTime
  ended_at: MaybeTime
  ended_by_step: Maybe<string>
}

/** What is in a system and not in the record: looked for when somebody is about to revoke. */
export interface AlsoFoundTable {
  request_id: string
  key: string
  plan: Json<PlanStep>
  /** `unread`: the system did not answer, so nobody knows. */
  found: 'present' | 'unread'
  detail: string
  at: Time
}

/** A decision that is due about somebody's access. Closed with its outcome, never before. */
export interface AccessReviewTable {
  id: string
  person_id: string
  why: ReviewReason
  /** First day away, or the day of leaving or moving. */
  first_day: Day
  due_day: Day
  opened_at: Time
  closed_at: MaybeTime
  outcome: Maybe<ReviewOutcome>
  decided_by: Maybe<string>
  /** Why access is kept. */
  reason: Maybe<string>
  look_again_on: Maybe<Day>
  signed_act_id: Maybe<string>
  /** When whoever must decide was asked on the cards, and when Senior Tech was. */
  announced_at: MaybeTime
  escalated_at: MaybeTime
  /** The tech lead on record when it was asked about last, by person id. */
  announced_to: Maybe<string>
}

/** One comparison of the record with every system that can be listed. */
export interface DriftRunTable {
  id: string
  /** Wall clock, like the lease. */
  started_at: Time
  /** After it, another process may take over. */
  lease_until: Time
  finished_at: MaybeTime
  state: 'running' | 'finished' | 'interrupted'
  report: Json<DriftReport>
}

/** Something that a comparison found, from the first time until it is settled. */
export interface DriftFindingTable {
  id: string
  /** The same while open, however often it is seen. */
  identity: string
  kind: 'missing' | 'extra' | 'different' | 'unmanaged' | 'cannot-tell'
  /** Of the place: as in the ledger. */
  key: string
  system: string
  level: LevelId
  /** `null`: nobody in the register. */
  person_id: Maybe<string>
  account: Json<{ kind: Account['kind']; id: string | null; name: string }>
  holding_id: Maybe<string>
  over_grant: boolean
  sentence: string
  first_seen_at: Time
  last_seen_at: Time
  settled_at: MaybeTime
  /** Person id, or `system` where it was gone by itself. */
  settled_by: Maybe<string>
  how: Maybe<
    'adopted' | 'removing' | 'lowering' | 'granting-again' | 'recorded-as-ended' | 'named' | 'granted' | 'gone'
  >
  /** How what the system has stands to what is wanted; `null` where it is not there. */
  has: Maybe<Listed['has']>
  /** What the system said of it. */
  detail: Maybe<string>
  /** What somebody decided that does not settle it yet: left as it is, to be removed by hand, or ended once it is seen gone. */
  ruling: Maybe<'leave' | 'remove' | 'end'>
  ruled_by: Maybe<string>
  ruled_at: MaybeTime
  ruled_reason: Maybe<string>
  /** The day on which what was left comes back. */
  look_again_on: Maybe<Day>
  /** Why the ruling before came to nothing, in a sentence. */
  ruling_undone: Maybe<string>
}

/** An account that somebody said is a person's, beside the one that the register has of them. Nothing is granted to it. */
export interface OtherAccountTable {
  kind: Account['kind']
  /** Its id, or its name where the system has no ids; in small letters. */
  account: string
  name: string
  person_id: string
  named_by: string
  named_at: Time
}

export interface HelpTable {
  id: string
  request_id: string
  asked_by: string
  asked_at: Time
  system: string
  what: string
  answered_by: Maybe<string>
  answered_at: MaybeTime
  answer: Maybe<string>
}

/** One-time challenges: the input is kept here, the token signs its digest. */
export interface ChallengeTable {
  nonce: string
  act: string
  subject: string
  digest: string
  /** The canonical statement whose digest is signed. */
  statement: string
  input: Json<unknown>
  member_id: string
  board_id: string
  card_id: Maybe<string>
  expires_at: Time
  used_at: MaybeTime
}

/** Signed acts: the token, the key that verified it, and the statement. The log holds only the digest. */
export interface SignedActTable {
  id: string
  act: string
  subject: string
  digest: string
  statement: string
  challenge: string
  token: string
  public_key: string
  member_id: string
  person_id: Maybe<string>
  at: Time
  /** For approvals: what was answered. */
  answers: MaybeJson<ApprovalAnswers>
}

/** Comments that we owe to a card: written in the transaction of the change, sent by the worker. */
export interface NoticeTable {
  id: string
  request_id: string
  card_id: string
  kind: string
  text: string
  /** People mentioned; those who are not on the board see it in their queue. */
  mentions: Json<string[]>
  /** `null`: everybody is mentioned. */
  mention: Maybe<'first-on-board' | 'two-on-board'>
  step_id: Maybe<string>
  turn_since: MaybeTime
  /** Id of the notice whose comment this one takes the place of. */
  edits: Maybe<string>
  state: 'owed' | 'sent' | 'cannot'
  comment_id: Maybe<string>
  reason: Maybe<string>
  created_at: Time
  sent_at: MaybeTime
}

/** The log. One chain; appended last in the transaction of the change it tells of. */
export interface EventTable {
  seq: number
  type: string
  type_id: number
  at: Time
  /** Person id, `system`, `member:<id>` for somebody unlinked, or `operator:<name>`. */
  actor: string
  request_id: Maybe<string>
  person_id: Maybe<string>
  step_id: Maybe<string>
  board_id: Maybe<string>
  data: Json<Record<string, unknown>>
  prev_hash: string
  hash: string
}

/** Personal details that events refer to; can be erased without breaking the chain. */
export interface EventDetailTable {
  seq: number
  detail: Json<Record<string, unknown>>
  /** Salted digest that stands in the event. */
  digest: string
}

/** One row: the head of the chain, whose lock orders all appends. */
export interface EventHeadTable {
  one: number
  seq: number
  hash: string
}

export interface DeliveryTable {
  /** Trello's action id. */
  action_id: string
  board_id: string
  received_at: Time
}

/** Confirmations ticked in an approve window and not yet sent, per viewer; kept until the plan changes. */
export interface DraftTable {
  request_id: string
  person_id: string
  window: string
  plan_hash: string
  input: Json<Record<string, unknown>>
  updated_at: Time
}

/** One export of a system that a person imported: when, by whom, and which file, but not the file itself. */
export interface SystemExportTable {
  id: string
  system: string
  at: Time
  by_person: string
  digest: string
  rows: number
  kept: number
  /** What holds for the whole file, such as whether its maker sees everybody. */
  about: Json<Evidence>
}

/** What an export says of one account that has steps or holdings there; `null` = it is not in the file. */
export interface SystemExportEntryTable {
  export_id: string
  /** In small letters. */
  account: string
  entry: MaybeJson<Evidence>
}

/** What a system told us last of one account that has steps or holdings there. */
export interface SystemToldTable {
  system: string
  /** In small letters. */
  account: string
  /** Its own id of the account. */
  its_id: string
  at: Time
  entry: Json<Evidence>
}

/** Small installation facts that the product learns while it runs. */
export interface SettingTable {
  name: string
  value: Json<unknown>
  updated_at: Time
  updated_by: string
}

export interface Schema {
  person: PersonTable
  person_fact: PersonFactTable
  person_account: PersonAccountTable
  rota: RotaTable
  board: BoardTable
  card: CardTable
  tick: TickTable
  request: RequestTable
  step: StepTable
  attempt: AttemptTable
  holding: HoldingTable
  also_found: AlsoFoundTable
  access_review: AccessReviewTable
  drift_run: DriftRunTable
  drift_finding: DriftFindingTable
  other_account: OtherAccountTable
  help: HelpTable
  challenge: ChallengeTable
  signed_act: SignedActTable
  notice: NoticeTable
  event: EventTable
  event_detail: EventDetailTable
  event_head: EventHeadTable
  delivery: DeliveryTable
  draft: DraftTable
  setting: SettingTable
  system_export: SystemExportTable
  system_export_entry: SystemExportEntryTable
  system_told: SystemToldTable
}
