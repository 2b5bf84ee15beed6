import type { Account, AccountKind, Method, PlanStep, TurnRole } from '../rules/types.ts'

/** What every outside system implements. Nothing outside its folder looks behind this. */

export type Direction = 'grant' | 'revoke'

/** One step as an adapter sees it. */
export interface StepOrder {
  requestId: string
  stepId: string
  direction: Direction
  environment: string | null
  account: Account
  wanted: PlanStep['wanted']
  /** What the other steps of the same batch want, which may go out in one proposal with this one. */
  travelsWith: PlanStep['wanted'][]
  /** What goes out in one proposal, by name: the batch, or the step's own key. */
  proposal: string
  method: Method
  /** The card's short address, for pull requests. */
  cardUrl: string
  /** The engineer's name for commit messages; never a private fact. */
  engineerName: string
  sponsorName: string
  /** Where the last receipt of this step points; `null` when nothing was sent yet, or a person let it be tried anew. */
  sentTo: string | null
  /** When that was sent, by the system's own clock; left out or `null` where it did not say. */
  sentAt?: Date | null
  /** A change may have gone out whose answer we do not know. */
  inDoubt: boolean
  /** Whose word is no evidence here, by person id: the engineer, and whoever had a hand in the step. */
  concerned: string[]
  /** The evidence of this adapter's own last look at the step, or `null`. */
  lastSeen: Evidence | null
  /**
   * The evidence of the step that gave this to the same account, which for a grant is its own, or `null`: by its stable
   * ids somebody is found who goes by another name there now.
   */
  seen: Evidence | null
  /** When a person said that they did it: a copy of the system that is older tells nothing about that. */
  saidDoneAt?: Date | null
}

/**
 * What a read found. `present` and `absent` speak of the wanted value for exactly this account; `effectiveWithinMs` says
 * how long sessions or copies may still act on how it was before, in milliseconds; `asOf` of when a copy is that was read.
 */
export type Observation =
  | { is: 'present' | 'absent'; detail: string; evidence: Evidence; effectiveWithinMs?: number; asOf?: Date }
  /** Something has been started and now waits for somebody. */
  | { is: 'waiting'; waitsFor: TurnRole; detail: string; link: string | null; who: string | null; evidence: Evidence }
  /** The proposal is merged: the file says so, the system is not read. Somebody must say that it was applied. */
  | { is: 'merged'; detail: string; link: string | null; evidence: Evidence }
  /** A human said no (a pull request closed without merging), or an invitation ran out. */
  | { is: 'refused'; detail: string; link: string | null; who: string | null; evidence: Evidence }
  /** What we proposed holds, or brought, more than ours. While it is `open`, somebody could still accept it. */
  | {
      is: 'changed-by-others'
      open: boolean
      detail: string
      remedy: string
      link: string | null
      evidence: Evidence
    }
  /**
   * Nothing can be told. Never counts as granted and never as absent. `ownPartSeen`: what only the engineer can do first
   * (sign in once) is there; the rest is for people to say.
   */
  | { is: 'cannot-tell'; detail: string; ownPartSeen?: boolean }

/** What was seen, small and without secrets; kept with the step and in the log. */
export type Evidence = Record<string, string | number | boolean | null>

export interface Receipt {
  /** The vendor's own request id, where it gives one. */
  vendorRequestId: string | null
  link: string | null
  detail: string
  /** When it took the change, by its own clock, in ISO 8601: what it tells of an earlier time is not about this. */
  at?: string
}

export type FailureKind =
  | 'conflict'
  | 'throttled'
  | 'transient'
  | 'unauthorised'
  | 'forbidden'
  | 'unknown-person'
  /** The engineer’s own name in that system cannot be used as it is: only they can give another. */
  | 'unusable-account'
  | 'managed-elsewhere'
  | 'refused-by-rule'
  | 'invalid'

/** A typed failure of an outside system. `message` is a sentence for 2nd line without secrets. */
export class SystemFailure extends Error {
  override name = 'SystemFailure'
  readonly kind: FailureKind
  /** How long the vendor asks us to wait, in milliseconds. */
  readonly retryAfterMs: number | null
  /** Whose turn it becomes when we give up, and what they should do. */
  readonly remedy: string
  constructor(kind: FailureKind, message: string, remedy: string, retryAfterMs: number | null = null) {
    super(message)
    this.kind = kind
    this.remedy = remedy
    this.retryAfterMs = retryAfterMs
  }
}

export interface Health {
  state: 'ok' | 'not-configured' | 'failing'
  sentence: string
  checkedAt: Date
  /** The least that our credentials must be allowed to do, in a sentence. */
  leastRights?: string
  /** When our credentials end, where the system says so; `null` = it does not, and then `noEnd` says why. */
  expiresAt?: Date | null
  /** Why no end of them is known, in a sentence: “Sentry does not say when.” */
  noEnd?: string
}

/** A file that people download from a system and give to us, where nothing else tells how things stand there. */
export interface SystemExport {
  /** How to get it, for whoever imports it. */
  howTo: string
  /** Reads it strictly and whole. */
  read(table: ExportTable): ExportRead
}

/** A file as rows of cells, each with the line where it ends. */
export interface ExportTable {
  header: string[]
  rows: { line: number; cells: string[] }[]
}

export type ExportRead =
  /** Everything that is wrong with it, by line; nothing of it is then kept. */
  | { wrong: { line: number; reason: string }[] }
  | {
      wrong: null
      /** By account id in small letters. */
      entries: Map<string, Evidence>
      /** What holds for the whole file. */
      about: Evidence
      /** The newest moment that the file names, which shows that it is not an old one; `null` = it names none. */
      newest: Date | null
    }

/** What the newest export of a system says of one account. */
export interface Exported {
  at: Date
  /** Who brought it, by person id. */
  by: string
  about: Evidence
  /** `null`: the account is not in it. */
  entry: Evidence | null
}

/** How a system calls us by itself when a person changes there. */
export interface SystemCalls {
  /** Under which address of ours, such as `/auth/api`. */
  path: string
  /** What it brings with every call, as `Authorization: Bearer …`. */
  token: string
  /** @param call its path behind ours, and its body as it came @returns `null` where it is none of its calls */
  read(call: { method: string; path: string; body: unknown }): SystemCall | null
}

export interface SystemCall {
  /** Its own id of the account. */
  id: string
  /** `null`: that something changed, and not what. */
  says: { account: string; entry: Evidence } | null
}

/** What a system told us last of one account. */
export interface Told {
  at: Date
  entry: Evidence
}

/** What is asked when everybody who has something is listed: one entitlement in one environment, and no person. */
export interface ListOrder {
  environment: string | null
  /** Parameters as the installation has them; what names a person in them is still a placeholder, `{account}`. */
  wanted: PlanStep['wanted']
  /** By which account its people are known. */
  kind: AccountKind
}

/** One entry of such a list. */
export interface Listed {
  /** `id` is `null` where the list has names alone. */
  account: { kind: AccountKind; id: string | null; name: string }
  /**
   * `less` and `more` than is wanted; `not-whole`: there, and not in every way as it should be; `not-yet`: not there, and
   * what brings it is; `unreadable`: it is there, and what it says cannot be judged.
   */
  has: 'wanted' | 'less' | 'more' | 'invited' | 'not-whole' | 'not-yet' | 'unreadable'
  /** A sentence in the system's terms. */
  detail: string
}

export type Listing =
  | {
      is: 'listed'
      accounts: Listed[]
      /** Entries that name nobody: whoever is not among the others may be one of them. */
      nameless: number
      /** Whom it tells about, by account id in small letters; `null` = everybody. */
      onlyOf: ReadonlySet<string> | null
      /** What nobody sees in it, in a sentence, or `null`. */
      cannotSee: string | null
      /** Where a copy was read: of when it is. */
      asOf?: Date
      /** What it says of an account id that is not in it, in a sentence; `null` or left out = nothing. */
      unlisted?(id: string): { is: 'absent' | 'cannot-tell'; detail: string } | null
    }
  /** It has no such list, or one that we cannot read by ourselves. */
  | { is: 'cannot-see'; detail: string }

/** What the newest export of a system says of everybody whom it was kept of, by account id in small letters. */
export interface ExportedAll {
  at: Date
  about: Evidence
  /** `null`: asked about, and not in it. */
  entries: ReadonlyMap<string, Evidence | null>
}

export interface SystemAdapter {
  /** As in the rule set: `github`, `aws`. */
  id: string
  name: string
  /** Methods that this adapter can carry out by itself. Others become tasks. */
  can: Method[]
  health(): Promise<Health>
  /** Finds the stable account behind a name; `null` when the system has nobody of that name. */
  findAccount?(name: string): Promise<Account | null>
  /**
   * Whether it can tell how a step stands that it does not carry out itself: what people did, or what is merged. Such a
   * step is read while it waits for people, and at once when somebody says that it is done. `waiting` for whoever does
   * it means: not there yet, and what comes first is there.
   */
  reads?(order: Pick<StepOrder, 'environment' | 'wanted' | 'direction'>): boolean
  /** Whether what it gives can end by itself there, by the parameters that `rules/ending.ts` reads. */
  ends?: boolean
  /**
   * What a proposal changes that only one may change at a time, such as a file in a repository: whoever comes next waits
   * in turn. Empty where nothing is. Left out: all go out side by side.
   */
  inTurn?(order: Pick<StepOrder, 'wanted'>): string[]
  /** Where people bring an export of it. */
  takes?: SystemExport
  /** How it calls us, where it is configured to. */
  calls?: SystemCalls
  /**
   * Everybody who has this, to be compared with the record; whole, or it throws. Left out: there is no list.
   * Throws SystemFailure, also where there is more than we read.
   */
  list?(order: ListOrder): Promise<Listing>
  /** Reads whether the wanted value is there. Throws SystemFailure. */
  read(order: StepOrder): Promise<Observation>
  /**
   * Acts once. Called with all due steps of one batch (or exactly one step). Must look for its own mark first, so that
   * a second call after a lost answer does nothing twice. A 2xx is a receipt, never a grant. Throws SystemFailure.
   */
  apply(orders: StepOrder[]): Promise<Receipt>
  /**
   * Takes back what a grant step only proposed, so that nobody can accept it any more. For systems whose proposals are
   * accepted by people elsewhere; what was accepted already is not undone by this. Throws SystemFailure.
   */
  withdraw?(order: StepOrder): Promise<Receipt>
}
