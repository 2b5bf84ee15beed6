import { type QueryExecutorProvider, sql } from 'kysely'

/** Whose lead was asked about a review: whoever takes over from them, or comes back, is asked too. */
const statements = [
  'alter table access_review add column announced_to text',
  // Until now the one recorded when it opened was asked, and nobody since.
  `update access_review set announced_to = (select value #>> '{}' from person_fact
    where person_fact.person_id = access_review.person_id and fact = 'techLead') where announced_at is not null`,
]

export async function up(db: QueryExecutorProvider): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
