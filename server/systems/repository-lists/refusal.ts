import { type FailureKind, SystemFailure } from '../../grants/system.ts'

/** Why a list is not changed by us. */
export type WhyNot = 'missing' | 'twice' | 'computed' | 'not-readable' | 'no-op' | 'would-empty' | 'not-proved'

const byHand = 'Somebody who owns the repository changes it by hand, or makes it a plain list.'

const words: Record<WhyNot, { kind: FailureKind; sentence: (list: string) => string; remedy: string }> = {
  missing: { kind: 'managed-elsewhere', sentence: (list) => `The list ${list} is not in the file.`, remedy: byHand },
  twice: {
    kind: 'managed-elsewhere',
    sentence: (list) => `The list ${list} stands in the file more than once.`,
    remedy: byHand,
  },
  computed: {
    kind: 'managed-elsewhere',
    sentence: (list) => `The list ${list} is computed, or holds more than plain text.`,
    remedy: byHand,
  },
  'not-readable': {
    kind: 'invalid',
    sentence: (list) => `The file with the list ${list} cannot be read.`,
    remedy: 'Put the file right in its repository, then try again.',
  },
  'no-op': {
    kind: 'conflict',
    sentence: (list) => `The list ${list} is as wanted already, so nothing was proposed.`,
    remedy: 'This is read again by itself.',
  },
  'would-empty': {
    kind: 'refused-by-rule',
    sentence: (list) => `This would empty the list ${list}, and an empty list removes the role itself.`,
    remedy: 'Somebody who owns the repository decides that by hand.',
  },
  'not-proved': {
    kind: 'invalid',
    sentence: (list) => `The edited list ${list} is not what it should be, so it was not proposed.`,
    remedy: 'Let people do it by hand, and tell whoever runs this server.',
  },
}

/** A list that we leave as it is. */
export class ListRefusal extends SystemFailure {
  override name = 'ListRefusal'
  readonly why: WhyNot
  constructor(why: WhyNot, list: string) {
    super(words[why].kind, words[why].sentence(list), words[why].remedy)
    this.why = why
  }
}
