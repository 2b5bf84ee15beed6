import type { Actor } from '../../../requests/act.ts'
import type { WindowPart } from '../../api.ts'
import { downloads } from '../viewer.ts'
import { section } from './parts.ts'

/** As at its address: the whole for Senior Tech and keepers, everybody what is about themselves. */
export function logPart({ person, roles }: Actor): WindowPart {
  const all = roles.keeper || roles.seniorTech
  const whole = 'The log is saved. npm run verify on the server says whether it is whole.'
  const own = 'What the log says about you is saved. Personal details are not in it.'
  return {
    ...section(
      'Log',
      [],
      [
        all
          ? 'Everything that happened, as JSON lines. That you downloaded it is logged too.'
          : 'Everything that happened to your access, as JSON lines.',
      ],
    ),
    buttons: [
      ...(all ? [downloads('Download the log', '/api/log', 'log.jsonl', whole)] : []),
      ...(person
        ? [downloads('Download what the log says about me', `/api/log/people/${person.id}`, 'my-log.jsonl', own)]
        : []),
    ],
  }
}
