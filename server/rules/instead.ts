import type { Grant } from './rule-set-schema.ts'
import type { Installation } from './types.ts'

/**
 * A grant as it is obtained at one target: in the rule set's other way where the target names what that needs, with that
 * way's own words, and then nothing of the first way's list.
 */
export function grantAt(grant: Grant, target: string, { targets }: Pick<Installation, 'targets'>): Grant {
  const { instead, owner: _owner, batch: _batch, params: _params, ...same } = grant
  if (!instead || !targets[target]?.[instead.needs]) return grant
  return { ...same, ...anew(instead, grant) }
}

/** Both ways of a grant, or its only one. */
export function waysOf(grant: Grant): Grant[] {
  return grant.instead ? [grant, { ...grant, ...anew(grant.instead, grant) }] : [grant]
}

function anew({ methods, proof, words, task, undoTask }: NonNullable<Grant['instead']>, grant: Grant) {
  return { methods, proof, task, undoTask, words: { ...grant.words, ...words }, params: {} }
}
