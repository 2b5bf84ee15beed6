import { type Kysely, sql } from 'kysely'

/** All tables as they stood first. Only SQL that PostgreSQL 15 has. */
const statements = [
  `create table person (
    id text primary key, full_name text not null, created_at timestamptz not null)`,
  `create table person_fact (
    person_id text not null references person(id), fact text not null, value jsonb not null, source text not null,
    as_of text not null, recorded_at timestamptz not null, recorded_by text not null, primary key (person_id, fact))`,
  `create table person_account (
    kind text not null, id text not null, name text not null, person_id text not null references person(id),
    state text not null check (state in ('claimed', 'linked')), since timestamptz not null, set_by text not null,
    primary key (kind, id))`,
  // One live id of each kind per person, and (by the primary key) one person per id.
  `create unique index person_account_one_live on person_account (person_id, kind) where state = 'linked'`,
  `create table rota (
    starts text primary key, ends text not null, primary_id text not null references person(id),
    secondary_id text references person(id))`,
  `create table board (
    id text primary key, name text not null, url text not null, connected_by text not null,
    connected_at timestamptz not null, webhook_id text, last_action_id text, problem text, checked_at timestamptz)`,
  `create table card (
    id text primary key, short_link text not null, url text not null, board_id text not null, name text not null,
    list_name text not null, kind text not null, level text not null, way text not null, source_card_id text,
    created_by_member text, closed boolean not null, deleted_at timestamptz, checklists jsonb not null,
    members jsonb not null, last_activity timestamptz not null, read_at timestamptz not null)`,
  `create index card_board on card (board_id)`,
  `create table tick (
    card_id text not null references card(id), item_id text not null, checklist_name text not null,
    item_name text not null, complete boolean not null, member_id text, ticked_at timestamptz,
    came_with_copy boolean not null, claimed_by text, primary key (card_id, item_id))`,
  `create table request (
    id text primary key, card_id text not null references card(id), board_id text not null,
    person_id text not null references person(id), level text not null, rule_set text not null, state text not null,
    state_since timestamptz not null, attached_by text not null, reason text, signon_apps jsonb not null, review jsonb,
    apprentice jsonb not null, changes_asked jsonb, closing_reason text, closed_by text, approval_id text,
    approved_by text, approved_at timestamptz, granted_at timestamptz, paused_because text, previous_request_id text,
    version integer not null, updated_at timestamptz not null, created_at timestamptz not null)`,
  `create index request_card on request (card_id, created_at)`,
  // Never a state that a revocation leads to: asking again must not be able to refuse the revoking of what one has.
  `create unique index request_one_open on request (person_id, level)
    where state in ('candidate', 'open', 'changes-asked', 'ready', 'granting', 'stopped')`,
  `create table step (
    id text primary key, request_id text not null references request(id), direction text not null,
    ordinal integer not null, key text not null, plan jsonb not null, method text not null, state text not null,
    since timestamptz not null, turn text not null, sentence text not null, remedy text, link text, who text,
    taken_by text, taken_at timestamptz, doers jsonb not null default '[]', done_by text, done_at timestamptz, seen_by text, seen_at timestamptz,
    verified_at timestamptz, evidence jsonb, receipt jsonb, attempts integer not null, next_check_at timestamptz,
    lease_until timestamptz, lease_by text, intent_at timestamptz, updated_at timestamptz not null,
    unique (request_id, direction, key))`,
  `create index step_due on step (next_check_at) where state in ('ready', 'acting', 'waiting', 'stuck')`,
  `create table attempt (
    id bigint generated always as identity primary key, step_id text not null references step(id),
    at timestamptz not null, what text not null, outcome text not null, detail text not null, receipt jsonb)`,
  `create index attempt_step on attempt (step_id)`,
  `create table holding (
    id text primary key, person_id text not null references person(id), grant_key text not null, level text not null,
    system text not null, environment text, account jsonb not null, wanted jsonb not null, rule_set text not null,
    request_id text not null references request(id), step_id text not null references step(id),
    since timestamptz not null, proof text not null, last_verified_at timestamptz, ended_at timestamptz,
    ended_by_step text)`,
  // The account is part of it: what a person's second account got must have a row of its own to be revoked by.
  `create unique index holding_one_live on holding (person_id, grant_key, (account->>'id')) where ended_at is null`,
  `create index holding_request on holding (request_id)`,
  `create table help (
    id text primary key, request_id text not null references request(id), asked_by text not null,
    asked_at timestamptz not null, system text not null, what text not null, answered_by text,
    answered_at timestamptz, answer text)`,
  `create index help_request on help (request_id)`,
  `create table challenge (
    nonce text primary key, act text not null, subject text not null, digest text not null, statement text not null,
    input jsonb not null, member_id text not null, board_id text not null, card_id text,
    expires_at timestamptz not null, used_at timestamptz)`,
  `create table signed_act (
    id text primary key, act text not null, subject text not null, digest text not null, statement text not null,
    challenge text not null, token text not null, public_key text not null, member_id text not null, person_id text,
    at timestamptz not null, answers jsonb)`,
  `create index signed_act_subject on signed_act (subject, at)`,
  `create table notice (
    id text primary key, request_id text not null references request(id), card_id text not null, kind text not null,
    text text not null, mentions jsonb not null, state text not null, comment_id text, reason text,
    created_at timestamptz not null, sent_at timestamptz)`,
  `create index notice_owed on notice (created_at) where state = 'owed'`,
  `create index notice_request on notice (request_id)`,
  `create table event (
    seq bigint primary key, type text not null, type_id integer not null, at timestamptz not null,
    actor text not null, request_id text, person_id text, step_id text, board_id text, data jsonb not null,
    prev_hash text not null, hash text not null)`,
  `create index event_request on event (request_id, seq)`,
  `create index event_person on event (person_id, seq)`,
  `create table event_detail (seq bigint primary key references event(seq), detail jsonb not null, digest text not null)`,
  // The one row whose lock orders all appends, on both engines.
  `create table event_head (one integer primary key check (one = 1), seq bigint not null, hash text not null)`,
  `insert into event_head values (1, 0, '')`,
  `create function refuse_change() returns trigger language plpgsql as
    $$ begin raise exception 'the log is only ever added to'; end $$`,
  `create trigger event_append_only before update or delete or truncate on event
    for each statement execute function refuse_change()`,
  `create table delivery (action_id text primary key, board_id text not null, received_at timestamptz not null)`,
  `create table draft (
    request_id text not null, person_id text not null, "window" text not null, plan_hash text not null,
    input jsonb not null, updated_at timestamptz not null, primary key (request_id, person_id, "window"))`,
  `create table setting (
    name text primary key, value jsonb not null, updated_at timestamptz not null, updated_by text not null)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
