import { type Kysely, sql } from 'kysely'

/** Reconciliations of the record with the systems, and what they found until somebody settles it. */
const statements = [
  `create table drift_run (
    id text primary key, started_at timestamptz not null, lease_until timestamptz not null, finished_at timestamptz,
    state text not null, report jsonb not null)`,
  // One at a time, whatever the number of processes.
  `create unique index drift_run_one on drift_run (state) where state = 'running'`,
  `create index drift_run_newest on drift_run (started_at)`,
  `create table drift_finding (
    id text primary key, identity text not null, kind text not null, key text not null, system text not null,
    level text not null, person_id text references person(id), account jsonb not null,
    holding_id text references holding(id), over_grant boolean not null, sentence text not null,
    first_seen_at timestamptz not null, last_seen_at timestamptz not null, settled_at timestamptz, settled_by text,
    how text)`,
  `create unique index drift_finding_open on drift_finding (identity) where settled_at is null`,
  `create index drift_finding_person on drift_finding (person_id)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
