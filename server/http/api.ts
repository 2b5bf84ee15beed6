/**
 * What the client gets and sends, as types only. The server decides every word and every action; the client draws it.
 * Times are ISO 8601 in UTC; the client draws them in a `<time>` element.
 */

import type { TurnRole } from '../rules/types.ts'

/** Trello's badge colours that we use, by whose turn it is. */
export type Colour = 'yellow' | 'blue' | 'orange' | 'sky' | 'red' | 'purple' | 'green' | 'light-gray'

export interface BadgeView {
  text: string
  color: Colour
}

/** `POST /api/badges` with a board token: `{ cards: string[] }` (at most 500 ids). Cards that are not ours are left out. */
export interface BadgesView {
  /** Also the ETag, in quotes: sent back as `If-None-Match`, answered 304 when nothing changed. */
  version: string
  /** One or two badges, stuck first; none for the template. `refresh` in seconds. */
  cards: Record<string, { badges: BadgeView[]; refresh: number; waits: Wait | null }>
}

/** Whom a card waits for and since when, so that lists can be sorted; `null` when it waits for nobody. */
export interface Wait {
  turn: 'stuck' | TurnRole
  since: string
}

export interface Link {
  text: string
  url: string
  /** For screen readers, where `text` alone would be ambiguous. */
  label?: string
}

/**
 * A button that works. It opens a window, carries out an act at once (asking nothing more), or saves a file: fetched from
 * the address with the token in a header, saved under the name, `said` once it is.
 */
export interface Button {
  text: string
  label?: string
  tone: 'primary' | 'plain' | 'danger' | 'link'
  does:
    | { opens: string; args?: Record<string, string> }
    | { act: string; subject: string; input: unknown }
    | { downloads: string; file: string; said: string }
}

/** An icon with a word beside it; the colour never stands alone. */
export type Mark =
  | 'todo'
  | 'yes'
  | 'no'
  | 'unknown'
  | 'later'
  | 'turn'
  | 'moving'
  | 'warn'
  | 'stuck'
  | 'person'
  | 'none'

export interface Row {
  /** Stable, so that an update never moves focus. */
  key: string
  mark: Mark
  /** The word that goes with the mark: "Yes", "Later", "Not yet". Empty where the title says it. */
  word: string
  title: string
  /** Second line. */
  detail: string | null
  /** Who or what it waits for. */
  who: string | null
  since: string | null
  /** A trap, in a line. */
  trap: string | null
  /** A value to copy, drawn with its own button. */
  copy?: { value: string; label: string }
  buttons: Button[]
  links: Link[]
}

export interface Fold {
  id: string
  title: string
  rows: Row[]
  /** A fold may carry text instead of rows. */
  text: string[]
  buttons?: Button[]
}

/** What is looked through rather than acted on: the first cell of a row names it. */
export interface TableView {
  caption: string
  columns: string[]
  rows: { key: string; cells: string[] }[]
}

/** The card-back section: status, next, detail, folds; `GET /api/cards/:id`. */
export interface SectionView {
  kind: 'not-ours' | 'template' | 'candidate' | 'request'
  /** Changes exactly when something a viewer can see changed. */
  version: string
  /** "Production Deploy access" */
  title: string
  /** The title with the engineer's name, where the viewer may know it: the frame's own title. */
  frameTitle: string
  badges: BadgeView[]
  status: { headline: string; since: string | null; sinceWord: string | null; lines: string[] }
  /** Trello draws it in the section's header. `null`: the headline says who we wait for. */
  primary: Button | null
  next: Row[]
  detail: Row[]
  buttons: Button[]
  folds: Fold[]
  help: Button | null
  /** Set while what stands here is old: "We cannot reach Trello. This is how it stood at 10:42am." */
  old: string | null
  /** One whole sentence for the live region; the client speaks it only when it changed. */
  announcement: string
  asOf: string
}

export type Field =
  | {
      kind: 'text' | 'textarea' | 'email' | 'date'
      name: string
      label: string
      hint: string | null
      value: string
      required: boolean
      /** A link beside the label: where to find it. */
      link: Link | null
    }
  | {
      kind: 'check'
      name: string
      label: string
      hint: string | null
      checked: boolean
      required: boolean
      link: Link | null
    }
  | {
      kind: 'choice'
      name: string
      label: string
      hint: string | null
      value: string
      options: { value: string; text: string; hint: string | null }[]
      required: boolean
      /** Shown as radio buttons up to this many options, else as a select. */
      link: Link | null
    }
  | {
      kind: 'checks'
      name: string
      label: string
      hint: string | null
      values: string[]
      options: { value: string; text: string; hint: string | null }[]
      required: boolean
      link: Link | null
    }
  /** Sent along and not drawn. */
  | { kind: 'hidden'; name: string; value: string }
  | {
      kind: 'file'
      name: string
      label: string
      hint: string | null
      accept: string
      required: boolean
      link: Link | null
    }

export interface WindowPart {
  /** "What will change"; numbered in the order of reading. */
  title: string
  aside: string | null
  text: string[]
  rows: Row[]
  folds: Fold[]
  table?: TableView
  /** Below everything else of this part. */
  buttons?: Button[]
  /** Drawn as one fieldset with `title` as its legend when `legend` is set. */
  legend: string | null
  fields: Field[]
  /** A part of the settings that is a form of its own: its button carries out this act. */
  form?: { act: string; subject: string; submit: string }
}

/** Every window: ask, approve, review, decline, help, revoke, … `GET /api/windows/:name?subject=…` */
export interface WindowView {
  name: string
  title: string
  lines: string[]
  /** "Nothing has been approved. Priya's GitHub username changed …": on top, takes focus. */
  changed: string[]
  parts: WindowPart[]
  /** What the submit carries out. The client sends `input` = the fields by name (text, boolean, string[]). */
  act: string
  subject: string
  /** What was on the screen; the server refuses when it no longer holds and says what changed. */
  seen: string
  /** What the typed answers rest on: those kept under another basis are let go. */
  basis: string
  submit: { text: string; tone: 'primary' | 'danger' }
  buttons: Button[]
  /** Instead of a form: a refusal or an end ("You cannot approve …"). Then `parts` may be empty and submit is not drawn. */
  refusal: string | null
  /** After the act: show the section's progress in the same window, or close. */
  afterwards: 'progress' | 'close'
}

/** `POST /api/acts/prepare` with `{ act, subject, input, seen }`; refused with a problem document. */
export interface PreparedAct {
  /** To be passed to `t.jwt({ state })`, then `POST /api/acts` with `{ challenge, token }`. */
  challenge: string
  expiresAt: string
}

/** `POST /api/acts` answers this. */
export interface ActDone {
  /** A sentence that says what was done and what happens next. */
  said: string
  section: SectionView | null
}

/** RFC 9457; `detail` tells the reader what to do. */
export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  /** By field name, for forms. */
  fields?: Record<string, string>
  /** What changed since it was looked at (409). */
  changed?: string[]
  /** The window as it stands now, with confirmations that still hold (409). */
  window?: WindowView
}

/** One step with everything that a stranger needs to carry it out. */
export interface StepPanel {
  stepId: string
  title: string
  why: string
  approved: string
  before: string
  clicks: { text: string; copy: { value: string; label: string } | null; link: Link | null }[]
  looksRight: string
  /** What nobody sees of it, however it is checked; empty where there is nothing to say. */
  cannotSee: string
  attempts: { at: string; text: string }[]
  buttons: Button[]
  /** "Alex is doing this, since 10:10am" */
  taken: string | null
}

export interface QueueRow {
  key: string
  overdue: boolean
  person: string
  level: string
  what: string
  /** What else to know before one acts, whole sentences. */
  notes?: string[]
  since: string
  sinceWord: string
  taken: string | null
  boardId: string
  cardUrl: string | null
  buttons: Button[]
  panel: StepPanel | null
}

/** The full screen of the board button; `GET /api/queue?board=…|all&tab=…&system=…&state=…`; `POST` with `{ person }` where a name is looked for. */
export interface QueueView {
  version: string
  boards: { id: string; name: string }[]
  /** What was chosen or, before that, how it opens: `this` board, `all`, or the id of one. */
  board: string
  summary: string
  tabs: { id: string; label: string; count: number; selected: boolean }[]
  /** By person, system and state: what was chosen, and what there is to choose. */
  filters: {
    chosen: { person: string; system: string; state: string }
    systems: string[]
    states: { value: string; text: string }[]
  }
  /** Where things wait, the fullest place first; `share` of the fullest, 0 to 1. */
  picture: { place: string; count: number; longest: string; share: number }[]
  rows: QueueRow[]
  empty: string
  handover: string[]
}

/** A page of parts: `GET /api/settings`, `GET /api/people/:id` (`me` for one's own). */
export interface PageView {
  version: string
  title: string
  lines: string[]
  parts: WindowPart[]
  buttons: Button[]
}
export type SettingsView = PageView

/** Whom this viewer may look up; `POST /api/people` with `{ find }` */
export interface PeopleView {
  version: string
  lines: string[]
  /** `holds`: "Production Deploy since 24 November"; `note` where something needs a person. */
  people: { id: string; name: string; holds: string; note: string | null }[]
  empty: string
  buttons: Button[]
}

/** Whatever the live stream sends: the subject's new version; the client then asks again. */
export interface LiveEvent {
  id: string
  card: string | null
  board: string
  version: string
  announcement: string | null
}

/** The object that the server renders into `<meta name="platform" content="…">` of every page. */
export interface Platform {
  pageOrigin: string
  libraryUrl: string
  /** Our own public address. */
  origin: string
  pluginId: string
  practice: boolean
}
