/**
 * What the rules take and give. Pure data: this room imports nothing of ours but types.
 * The rule set's own type is inferred from its schema in `rule-set.ts`.
 */

/** A level's id in a rule set, such as `deploy` or `admin`. */
export type LevelId = string

/** A calendar day in Europe/London, `YYYY-MM-DD`. */
export type Day = string

/** A fact with where it comes from and since when; `null` in its place means *unknown*, which is never *no*. */
export interface Known<T> {
  value: T
  /** For the reader: `register`, `Sam Okoro`, … */
  source: string
  date: Day
}

export interface Absence {
  start: Day
  /** The day of return, which does not count as away; `null` while open-ended. */
  end: Day | null
}

export type AccountKind = 'github' | 'aws' | 'email'

export interface Account {
  kind: AccountKind
  /** Stable: GitHub's numeric id, a full ARN, a work address in lower case; `typed:…` where nobody could look it up. */
  id: string
  /** As people know it: the GitHub login, the AWS user name, the address. */
  name: string
}

/** Everything the rules may know about one person. */
export interface PersonFacts {
  id: string
  fullName: string
  firstName: string
  accounts: Partial<Record<AccountKind, Account>>
  employment: Known<'civil-servant' | 'contractor'> | null
  apprentice: Known<boolean> | null
  /** `true` when at least BPSS has been given. */
  clearance: Known<boolean> | null
  probation: Known<'passed' | 'not-passed'> | null
  techLead: Known<string> | null
  lineManager: Known<string> | null
  seniorTech: Known<boolean> | null
  left: Known<boolean> | null
  /** Came under another tech lead on that day, while holding access. */
  moved?: Known<boolean> | null
  /** `null`: nobody knows whether this person is away, which blocks. */
  absences: Known<Absence[]> | null
}

/** Somebody's own statement, by a click with a token, or recorded by another with a reference. */
export interface Said {
  by: string
  date: Day
  reference: string | null
  recordedBy: string | null
}

/** A Senior Tech member's review of the preparedness form response. */
export interface PreparednessReview {
  reviewer: string
  reviewerName: string
  date: Day
  reference: string
  formVersion: string
  /** Ids of the learning objectives confirmed by name. */
  objectives: string[]
}

/** What the request itself knows. */
export interface RequestFacts {
  level: LevelId
  reason: string | null
  /** Signon applications wanted, per environment. */
  signonApps: Record<string, string[]>
  review: PreparednessReview | null
  apprentice: { confident: Said | null; wantsSecondary: Said | null; lineManagerAgrees: Said | null }
  /** Levels this person already holds, with the day since when. */
  held: { level: LevelId; since: Day }[]
}

/** What the approver says in the approve window. Absent before approval. */
export interface ApprovalAnswers {
  approver: string
  approverName: string
  date: Day
  /** Ids of the attestation conditions that were confirmed. */
  confirmed: string[]
  /** Where the register is silent on clearance: what the approver saw. */
  clearanceSeen: { where: string; date: Day } | null
  /** Where the rule set allows "not applicable" (probation of a contractor): the written reason, by condition id. */
  notApplicable: Record<string, string>
}

export type Outcome = 'met' | 'not-met' | 'unknown' | 'could-not-check'
export type ConditionKind = 'register' | 'attestation' | 'review'

/** Whose turn something is, by role; names are added where the reader may see them. */
export type TurnRole =
  | 'engineer'
  | 'sponsor'
  | 'senior-tech'
  | 'keeper'
  | 'line-manager'
  | 'second-line'
  | 'second-person'
  | 'reviewer'
  | 'us'
  | 'nobody'

export interface Link {
  text: string
  url: string
}

/** One condition, judged. */
export interface Finding {
  id: string
  kind: ConditionKind
  outcome: Outcome
  /** A sentence for the reader who may know everything. */
  sentence: string
  /** Short label for a list: "BPSS clearance". */
  label: string
  source: string | null
  date: Day | null
  turn: TurnRole
  link: Link | null
  /** The sentence of the rules page this comes from, word for word. */
  rule: string
  /** Clearance, probation, apprenticeship, absence: only the engineer, possible approvers and keepers may read it. */
  confidential: boolean
  /** Whether the request may become *ready* with this outcome. */
  holdsUpReady: boolean
  /** Whether an approval may go through with this outcome. */
  holdsUpApproval: boolean
}

/** Whether one person may sponsor another for a level. */
export type SponsorAnswer =
  | { may: true; relation: 'tech-lead' | 'senior-tech'; sentence: string }
  | {
      may: false
      reason:
        | 'self'
        | 'not-recorded-tech-lead'
        | 'tech-lead-not-civil-servant'
        | 'tech-lead-employment-unknown'
        | 'admin-needs-senior-tech'
        | 'sponsor-absent'
        | 'sponsor-left'
        | 'sponsor-presence-unknown'
      sentence: string
      whoCan: string[]
    }

export type Method = 'api' | 'pull-request' | 'task' | 'follows'
/** What closes a step: read back by the product, seen by a second person, or the doer's word alone. */
export type Proof = 'read-back' | 'second-person' | 'doer'

/** One thing to click or to paste, in the order in which a person does it. */
export interface Click {
  text: string
  /** A value to copy, already filled in. */
  copy: string | null
  link: string | null
}

/** How a person carries out a step by hand. */
export interface TaskWords {
  doer: TurnRole
  /** What must hold before starting, or `null`. */
  before: string | null
  clicks: Click[]
  /** What right looks like. */
  looksRight: string
}

/** What only the engineer can do for this step (accept, sign in, 2-step verification). */
export interface EngineerPart {
  text: string
  /** For badges: "accept GitHub". */
  short: string
  link: string | null
  trap: string | null
  /** Whether the product sees it by itself; where it cannot, "I have done this" is offered. */
  seenByUs: boolean
  /** `before`: the step cannot start until it is done. `after`: it follows the change (an invitation). */
  when: 'before' | 'after'
}

/** One change in one system and environment for one account. Preview and execution come from this one object. */
export interface PlanStep {
  /** `grant` or `grant/environment`; unique within a plan. */
  key: string
  grant: string
  /** Entitlement ids that this step gives, such as D1 and D2. */
  serves: string[]
  system: string
  systemName: string
  environment: string | null
  account: Account
  /** All the parameters that an adapter or a person needs; part of the plan's hash. */
  wanted: { value: string; params: Record<string, string | string[]> }
  method: Method
  proof: Proof
  /** Keys of the steps that must be closed first. */
  after: string[]
  /** Key of the step whose value brings this one, where it is nobody's own act; or `null`. */
  follows: string | null
  /** How it is taken from somebody who has it without that. */
  byHand?: { method: 'api' | 'task'; undo: string; undoTask: TaskWords } | undefined
  /** Steps of one request with the same batch travel together (one pull request). */
  batch: string | null
  words: {
    /** "Add priya-s to GOV.UK Production Deploy" */
    change: string
    /** "so that Priya can deploy and merge", or `null` */
    purpose: string | null
    /** "Remove priya-s from GOV.UK Production Deploy" */
    undo: string
    /** Short, for lists and badges: "GitHub", "Signon", "AWS staging" */
    short: string
    /** In the rules' words, what works once it is closed: "deploy apps". */
    works: string[]
    /** How it is verified: "read back from GitHub", "a second person looks" */
    verifiedBy: string
    /** What neither of them sees, or `null`. */
    cannotSee: string | null
  }
  task: TaskWords | null
  undoTask: TaskWords | null
  /** It gave nothing that could be taken: no revoke step, and the holding ends with the request. */
  nothingToUndo: boolean
  /** How it is taken once somebody leaves, where nothing else ends it. */
  onLeaving?: { value: string; undo: string; undoTask: TaskWords } | undefined
  engineer: EngineerPart | null
  /** Where anybody concerned can look for themselves. */
  selfCheck: Link | null
  /** When and where the value turns up by itself, e.g. Signon staging after the weekday copy. */
  alsoAppearsIn: string | null
  /** The copy that brings it there; steps of earlier versions do not say. */
  copiedBy?: 'weekday-copy' | undefined
  /** How it is taken in the copy too, wherever that comes late. */
  copy?: { key: string; environment: string; short: string; undo: string; undoTask: TaskWords } | undefined
  /** Key of the step whose copy this one is. */
  copyOf?: string | undefined
  /** For how long sessions act on that were open when it was taken, in hours. Left out: they end with it. */
  sessionHours?: number | undefined
  /** What the engineer does once it is there, e.g. sign out and in again. */
  hint: string | null
  /** What whoever had it and comes back must know; steps of earlier versions do not say. */
  onReturn?: string | undefined
}

export interface Plan {
  ruleSet: { id: string; digest: string }
  level: LevelId
  levelName: string
  engineer: string
  steps: PlanStep[]
  willNotChange: string[]
  worthKnowing: string[]
  /** Accounts and answers that are needed before this plan can be carried out. */
  missing: { what: AccountKind | 'reason'; sentence: string }[]
  /** SHA-256 in hex over the canonical form; wanted state, not the difference, not names or times. */
  hash: string
}

/** What this installation chose: effective methods and the real names behind the rule set's symbolic targets. */
export interface Installation {
  /** By grant id; must be one that the rule set permits. */
  methods: Record<string, Method>
  /** By symbolic target, then parameter: `{ 'github:production-deploy': { org, team } }`. */
  targets: Record<string, Record<string, string>>
  /** By level, the short link of this installation's own template card; without one, the rule set's. */
  templates?: Record<string, string>
  /** Who decides about access that should end, and when Senior Tech is asked too. Left out: the tech lead, two working days. */
  reviews?: { owner: 'tech-lead' | 'senior-tech' | 'keeper'; escalateAfterWorkingDays: number }
  /** After how many days without a sign of life a request that nobody approved expires. Left out: 42. */
  requests?: { quietDays: number }
  /** Who brings exports of systems that nothing else tells about, and how often. Left out: 2nd line, every 7 days. */
  exports?: { owner: 'second-line' | 'senior-tech' | 'keeper' | 'nobody'; everyDays: number }
  /** A run that concerns more people, or things that people hold, than both stops and asks. Left out: a fifth, and 10 or 100. */
  removals?: { share: number; number: number; items: { share: number; number: number } }
  /** Targets whose membership Terraform owns: `api` on them is refused. */
  ownedByTerraform: string[]
  /**
   * By system: what the product does by itself here. Every other step is a task for people, and is shown and approved as
   * one. Left out: nobody asked which systems are connected, and every method stands as it was chosen.
   */
  connected?: Record<string, Method[]>
  /** Whether the product can read by itself what a person gave there. Left out: it cannot. */
  reads?: (step: Pick<PlanStep, 'system' | 'environment' | 'wanted'>) => boolean
  /** Whether people can bring an export of a system. Left out: of none. */
  takesExport?: (system: string) => boolean
  /** Whether what the product gives in a system can end there by itself. Left out: it cannot. */
  ends?: (system: string) => boolean
}
