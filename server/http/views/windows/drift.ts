import { withinWords } from '../../../grants/acts/look-again.ts'
import type { LinkedActor } from '../../../requests/act.ts'
import type { Field, WindowView } from '../../api.ts'
import { type Drift, type DriftWindow, isOffered, refusedFor } from '../drift-ways.ts'
import { emptyWindow } from '../windows.ts'
import { type Form, field, part } from './fields.ts'

/** The windows in which somebody settles a difference between the record and a system. */

export function driftWindow(name: DriftWindow, drift: Drift, actor: LinkedActor): WindowView {
  const { finding, person } = drift
  // What belongs to nobody is decided about as a finding, all else as a person's.
  const base = emptyWindow(name, person?.id ?? finding.id)
  const form = formOf(name, drift)
  const wrongKind = isOffered(name, drift) ? null : 'This cannot be settled in this way.'
  const refusal = refusedFor(name, drift, actor) ?? wrongKind
  if (refusal !== null) return { ...base, title: form.title, act: form.act, refusal }
  return { ...base, ...form }
}

interface Words {
  title: string
  /** What carrying it out does. */
  line: string
  submit: string
  tone: WindowView['submit']['tone']
  /** What is asked beside why. */
  asks?: Field[]
}

function formOf(name: DriftWindow, drift: Drift): Form {
  const { finding, seen = '' } = drift
  const { title, line, submit, tone, asks = [] } = wordsOf(name, drift)
  return {
    act: name,
    title,
    lines: [finding.sentence, line],
    parts: [
      part('Your decision', [
        { kind: 'hidden', name: 'finding', value: finding.id },
        { kind: 'hidden', name: 'plan', value: seen },
        ...asks,
        field('textarea', 'reason', 'Why', 'It is kept in the log, where it can be erased.', '', true),
      ]),
    ],
    submit: { text: submit, tone },
  }
}

function lookAgain(days: number): Field {
  const hint = `Within ${withinWords(days)}. It comes back on that day, or when it changes.`
  return field('date', 'lookAgain', 'Look again on', hint, '', true)
}
const whose = field('email', 'whose', 'Whose it is: their work email', 'Only of somebody in the register.', '', true)

function wordsOf(name: DriftWindow, { finding, person, short, systemName, leftFor }: Drift): Words {
  const who = person?.fullName ?? finding.account.name
  switch (name) {
    case 'adopt-drift':
      return {
        title: `Adopt ${short} of ${who}`,
        line: 'It stands in the record from now on, with your name. It gives no level, is read every day, and goes when their access is revoked.',
        submit: `Adopt ${short}`,
        tone: 'primary',
      }
    case 'remove-drift':
      return {
        title: `Remove ${short} of ${who}`,
        line: `Exactly this is revoked in ${systemName} and read back. Any step of theirs that is still to be granted is stopped, until its sponsor approves it again.`,
        submit: `Remove ${short}`,
        tone: 'danger',
      }
    case 'lower-drift':
      return {
        title: `Lower ${short} of ${who}`,
        line: `What was granted stays. What is above it goes in ${systemName}, and is read back. Any step of theirs that is still to be granted is stopped, until its sponsor approves it again.`,
        submit: `Lower ${short}`,
        tone: 'danger',
      }
    case 'grant-again':
      return {
        title: `Grant ${short} to ${who} again`,
        line: 'The step is carried out once more under the approval that it had.',
        submit: `Grant ${short} again`,
        tone: 'primary',
      }
    case 'record-as-ended':
      return {
        title: `Record ${short} of ${who} as ended`,
        line: `Nothing is changed in ${systemName}. It is looked at once more, and recorded as ended only if that says that it is gone.`,
        submit: `Record ${short} as ended`,
        tone: 'primary',
      }
    case 'leave-drift':
    case 'leave-account':
      return {
        title: `Leave ${short} of ${who} as it is`,
        line: `Nothing is changed in ${systemName}, and nothing of it stands in the record.`,
        submit: 'Leave it as it is',
        tone: 'primary',
        asks: [lookAgain(leftFor)],
      }
    case 'name-account':
      return {
        title: `Say whose ${who} is`,
        line: 'It is compared as theirs from now on, and what it has is then adopted or removed. Nothing is granted to it, and the account that they have stays theirs.',
        submit: 'Say whose it is',
        tone: 'primary',
        asks: [whose],
      }
    case 'remove-account':
      return {
        title: `Remove ${short} of ${who}`,
        line: `2nd line removes it in ${systemName}. It stands in the queue until a comparison does not find it any more.`,
        submit: `Remove ${short}`,
        tone: 'danger',
      }
  }
}
