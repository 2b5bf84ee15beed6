import { canBeHastened } from '../../../grants/for-cause.ts'
import { digestOfWhole, type WholeRevocation } from '../../../grants/revoke-person.ts'
import type { World } from '../../../requests/act.ts'
import { whoOf } from '../blocks.ts'
import { type Form, field, part } from './fields.ts'

/** For cause where all is on its way out already, and some of it waits in turn; `null` where none of that is so. */
export function hastenForm(world: World, whole: WholeRevocation | null): Form | null {
  if (!whole || whole.goes.length > 0) return null
  const waits = canBeHastened(whole.worlds)
  if (waits.length === 0) return null
  return {
    title: `Revoke everything that ${whoOf(world)} holds, for cause`,
    act: 'revoke-for-cause',
    subject: world.engineer?.id ?? '',
    lines: [
      'Everything that they hold is being revoked already. For cause, nothing of it waits for another pull request.',
    ],
    parts: [
      { ...part('What goes beside other pull requests now', []), text: waits.map(({ plan }) => plan.words.undo) },
      part('Revoke', [
        { kind: 'hidden', name: 'plan', value: digestOfWhole(whole) },
        field('textarea', 'reason', 'Why', 'It is kept beside the log, where it can be erased.', '', true),
      ]),
    ],
    submit: { text: 'Revoke everything now', tone: 'danger' },
    afterwards: 'progress',
  }
}
