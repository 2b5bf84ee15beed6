import { isLiteral, type Pattern, patternOf } from './patterns.ts'
import { type Policy, PolicyUnreadable, type Rule } from './policy.ts'

/** One line of a policy that allows or denies, with its patterns read. */
export interface Line {
  rule: Rule
  covers(asked: Asked): boolean
  /** Whether it speaks of this kind of thing. */
  isOn(resource: string): boolean
  action: Cell
  object: Cell
}

export interface Asked {
  resource: string
  action: string
  object: string
}

interface Cell extends Pattern {
  text: string
  isLiteral(text: string): boolean
}

/** @throws PolicyUnreadable where it cannot be judged */
export function lineOf(rule: Rule, { mode }: Policy): Line {
  const { at, effect } = rule
  // Argo CD's own roles are written for the other mode and do not work in this one (its issue 13127).
  if (at === null && mode === 'regex')
    throw new PolicyUnreadable(`policy.matchMode is regex, and ${rule.subject} is not written for that`)
  if (effect !== 'allow' && effect !== 'deny')
    throw new PolicyUnreadable(`${at} says “${effect}”, which is neither allow nor deny`)
  const read = (text: string): Cell => {
    try {
      return { ...patternOf(text, mode), text, isLiteral: (one) => isLiteral(one, mode) }
    } catch (error) {
      throw new PolicyUnreadable(`${at}: ${error instanceof Error ? error.message : ''}`)
    }
  }
  const [resource, action, object] = [read(rule.resource), read(rule.action), read(rule.object)]
  return {
    rule,
    action,
    object,
    isOn: (one) => resource.matches(one),
    covers: (asked) => {
      if (!resource.matches(asked.resource) || !action.matches(asked.action)) return false
      if (object.matches(asked.object)) return true
      // What else it would match cannot be worked out, and part of everything is not nothing.
      if (object.examples.length === 0)
        throw new PolicyUnreadable(`${at}: “${rule.object}” is part of everything, and which part we cannot work out`)
      return false
    },
  }
}

/**
 * Whether anything stays of what these lines allow of one resource, by their patterns and never by examples: what is not
 * wholly denied may be there.
 * @param actions the usual ones
 * @param isFurther whether an action is another of the same kind, of which there are as many as clusters have kinds
 */
export function leavesAny(
  lines: Line[],
  { resource, actions, isFurther }: { resource: string; actions: string[]; isFurther(action: string): boolean },
): boolean {
  const on = lines.filter((line) => line.isOn(resource))
  const denies = on.filter(({ rule }) => rule.effect === 'deny')
  return on
    .filter(({ rule }) => rule.effect === 'allow')
    .some(({ action, object }) => {
      const wide = action.alternatives.filter((one) => isFurther(one.replace(/^\^/, '')) || /^\^?\.?\*\$?$/.test(one))
      const acts = [
        ...actions.filter((one) => action.matches(one)),
        ...(actions.some(isFurther) ? wide.filter((one) => !action.isLiteral(one) || isFurther(one)) : []),
      ]
      return acts.some((act) =>
        object.alternatives.some((each) => !denies.some((one) => takes(one.action, act) && takes(one.object, each))),
      )
    })
}

/** Whether a pattern surely matches all that another one does. */
function takes(pattern: Cell, text: string): boolean {
  const own = pattern.text
  if (own === text || own === '*' || own === '.*') return true
  if (own === '*/*' || own === '.*/.*') return text.includes('/')
  if (own.endsWith('*') && pattern.isLiteral(own.slice(0, -1))) return text.startsWith(own.slice(0, -1))
  return pattern.isLiteral(text) && pattern.matches(text)
}
