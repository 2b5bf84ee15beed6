import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Schema } from '../db/schema.ts'
import type { RequestRow, SignedActRow, StepRow } from '../requests/act.ts'
import { canonical, digestOf } from '../requests/challenge.ts'
import { planHash } from '../rules/plan-hash.ts'
import type { PlanStep } from '../rules/types.ts'

/**
 * What is about to be carried out, compared with what was signed: steps stand in a table, and whoever can write to it
 * must not be able to give or take what nobody signed.
 */

const approvalSchema = z.object({
  about: z.object({
    plan: z.string(),
    ruleSet: z.object({ id: z.string(), digest: z.string() }),
    /** Where a level was lowered, also when it is approved again: the steps that stand. Others are of the higher one, and were revoked. */
    stands: z.array(z.string()).optional(),
  }),
})
const revocationSchema = z.object({
  about: z.object({ revokes: z.array(z.object({ key: z.string(), account: z.string(), wanted: z.unknown() })) }),
})

const findingSchema = z.object({ about: z.object({ finding: z.string() }) })
const commandSchema = z.object({ takes: z.array(z.string()) })

/** Acts that revoke; these are about everything that the engineer holds. */
const ofPerson = ['confirm-revocation', 'revoke-for-cause']
const wholly = ['undo-granted', ...ofPerson]
/** What went with a review although the rest was kept. */
const ofReview = ['keep-access']
/** About one thing that was found: signed of the person, and good for the record of that finding alone. */
const ofFinding = ['remove-drift', 'lower-drift']
const revoking = ['revoke-holding', 'lower-level', ...ofReview, ...ofFinding, ...wholly]

/** Whether this step, as it stands in the table, is one that somebody signed. */
export async function isAsSigned(
  db: Kysely<Schema>,
  request: RequestRow,
  steps: StepRow[],
  step: StepRow,
): Promise<boolean> {
  const grants = steps.filter((one) => one.direction === 'grant').sort((a, b) => a.ordinal - b.ordinal)
  if (step.direction === 'grant') return grantsAreAsSigned(db, request, grants)
  const acts = (await signedActs(db, request)).filter(({ act }) => revoking.includes(act))
  const { value, params } = step.plan.wanted
  if (
    acts.some(
      (act) => listed(act).includes(whatItTakes(step.plan)) && (act.act !== 'lower-drift' || params['keeps'] === value),
    )
  )
    return true
  const commanded = await commandedOf(db, request.id)
  if (commanded.includes(digestOfTaking(step.plan))) return true
  // What closed after everything was revoked is in no list: then it takes exactly what the approval gave.
  const given = grants.find((one) => one.key === step.key)
  const whole = commanded.length > 0 || acts.some(({ act }) => wholly.includes(act))
  const same = given !== undefined && whatItTakes(given.plan) === whatItTakes(step.plan)
  return whole && same && grantsAreAsSigned(db, request, grants)
}

/** The signed act whose plan stands: the approval, or what lowered it since. */
export function decisionInForce({ lowering_id, approval_id }: RequestRow): string | null {
  return lowering_id ?? approval_id
}

/** Compares the table's plan with the statement of the decision in force, and that with the log. */
export async function grantsAreAsSigned(db: Kysely<Schema>, request: RequestRow, grants: StepRow[]): Promise<boolean> {
  const approval = (await signedActs(db, request)).find((act) => act.id === decisionInForce(request))
  const says = approval && approvalSchema.safeParse(JSON.parse(approval.statement)).data?.about
  if (!says) return false
  const hash = planHash({
    ruleSet: says.ruleSet,
    engineer: request.person_id,
    level: request.level,
    steps: grants.filter(({ key }) => says.stands?.includes(key) ?? true).map(({ plan }) => plan),
  })
  const logged = await db
    .selectFrom('event')
    .select('data')
    .where('request_id', '=', request.id)
    .where('type', 'in', ['approved', 'approved-again', 'level-lowered'])
    .orderBy('seq', 'desc')
    .executeTakeFirst()
  const { signedAct, digest, planHash: approved } = logged?.data ?? {}
  return hash === says.plan && hash === approved && signedAct === approval.id && digest === approval.digest
}

/** Only those whose statement is still the one that was signed. */
async function signedActs(db: Kysely<Schema>, request: RequestRow): Promise<SignedActRow[]> {
  const acts = await db
    .selectFrom('signed_act')
    .selectAll()
    .where((eb) =>
      eb.or([
        eb('subject', '=', request.id),
        eb.and([eb('subject', '=', request.person_id), eb('act', 'in', [...ofPerson, ...ofReview, ...ofFinding])]),
      ]),
    )
    .execute()
  return acts.filter((act) => digestOf(act.statement) === act.digest && isAbout(act, request))
}

/** A record has the id of its finding. */
function isAbout({ act, statement }: SignedActRow, { id }: RequestRow): boolean {
  if (!ofFinding.includes(act)) return true
  return findingSchema.safeParse(JSON.parse(statement)).data?.about.finding === id
}

/** What commands on the server took: no signature, so their word is the log's. */
async function commandedOf(db: Kysely<Schema>, requestId: string): Promise<string[]> {
  const events = await db
    .selectFrom('event')
    .select('data')
    .where('request_id', '=', requestId)
    .where('type', '=', 'revoked-by-command')
    .execute()
  return events.flatMap(({ data }) => commandSchema.safeParse(data).data?.takes ?? [])
}

function listed(act: SignedActRow): string[] {
  const { revokes } = revocationSchema.safeParse(JSON.parse(act.statement)).data?.about ?? { revokes: [] }
  return revokes.map(({ key, account, wanted }) => canonical({ key, account, wanted }))
}

/** Stands in the log for one thing that a command took. */
export function digestOfTaking(plan: PlanStep): string {
  return digestOf(whatItTakes(plan))
}

/** `keeps` is worked out when it is revoked, from what another request still holds. */
function whatItTakes({ key, account, wanted }: PlanStep): string {
  const { keeps: _, ...params } = wanted.params
  return canonical({ key, account: account.id, wanted: { ...wanted, params } })
}

/** Stands in the log for the account that a step is about to act on, so that a later change of the table shows. */
export function accountDigest({ request_id, plan }: StepRow): string {
  return digestOf(canonical({ request: request_id, key: plan.key, kind: plan.account.kind, id: plan.account.id }))
}
