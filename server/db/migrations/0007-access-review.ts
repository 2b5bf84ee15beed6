import { type Kysely, sql } from 'kysely'

/** Decisions that are due about somebody's access: raised by the product, made by people. */
const statements = [
  `create table access_review (
    id text primary key, person_id text not null references person(id), why text not null
      check (why in ('absence', 'left', 'moved')),
    first_day text not null, due_day text not null, opened_at timestamptz not null, closed_at timestamptz,
    outcome text check (outcome in ('revoked', 'kept', 'returned', 'not-needed')), decided_by text, reason text,
    look_again_on text, signed_act_id text references signed_act(id), announced_at timestamptz,
    escalated_at timestamptz, check ((closed_at is null) = (outcome is null)))`,
  `create index access_review_person on access_review (person_id)`,
  // Several servers may open one at the same moment.
  `create unique index access_review_one_open on access_review (person_id, why) where closed_at is null`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
