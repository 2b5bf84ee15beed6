import type { Grant } from './rule-set-schema.ts'

/** A grant's symbolic target in one environment: `aws:{environment}` becomes `aws:staging`. */
export function targetIn(grant: Pick<Grant, 'target'>, environment: string | null): string {
  return grant.target.replace('{environment}', environment ?? '')
}

/** The environments of a grant; one `null` where it has none. */
export function environmentsOf(grant: Pick<Grant, 'environments'>): (string | null)[] {
  return grant.environments ?? [null]
}

/** Every target that a grant touches. */
export function targetsOf(grant: Grant): string[] {
  return environmentsOf(grant).map((environment) => targetIn(grant, environment))
}
