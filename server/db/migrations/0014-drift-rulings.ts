import { type Kysely, sql } from 'kysely'

/** What somebody ruled about a difference that stays until it is seen to be gone, and whose accounts were named. */
const statements = [
  // How a system's value stands to what is wanted, and what the system said of it: told again where it is named.
  `alter table drift_finding add column has text, add column detail text`,
  `alter table drift_finding add column ruling text, add column ruled_by text references person(id),
    add column ruled_at timestamptz, add column ruled_reason text, add column look_again_on text,
    add column ruling_undone text`,
  // An account beside the one that the register has of somebody: compared with, and never granted to.
  `create table other_account (
    kind text not null, account text not null, name text not null, person_id text not null references person(id),
    named_by text not null references person(id), named_at timestamptz not null, primary key (kind, account))`,
  `create index other_account_person on other_account (person_id)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
