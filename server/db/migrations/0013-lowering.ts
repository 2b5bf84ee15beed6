import { type QueryExecutorProvider, sql } from 'kysely'

/** A lowering is a decision of its own beside the approval, which stays that of whoever approved. */
const statements = [
  `alter table request add column lowering_id text, add column lowered_by text, add column lowered_at timestamptz`,
  // Until now the lowering stood in the place of the approval.
  `update request set lowering_id = lowering.id, lowered_by = lowering.person_id, lowered_at = lowering.at,
    approval_id = (select approval.id from signed_act as approval
      where approval.subject = request.id and approval.act = 'approve' order by approval.at desc limit 1)
    from signed_act as lowering where lowering.id = request.approval_id and lowering.act = 'lower-level'`,
]

export async function up(db: QueryExecutorProvider): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
