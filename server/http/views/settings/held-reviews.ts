import type { Actor } from '../../../requests/act.ts'
import type { HeldReviews } from '../../../requests/held-reviews.ts'
import type { WindowPart } from '../../api.ts'
import { row, section } from './parts.ts'

/** A run of access reviews that stopped because it would be about too many people at once. */
export function heldReviewsPart({ people, all }: HeldReviews, { roles }: Actor): WindowPart {
  const part = section('Access reviews', [
    row(
      'held',
      'warn',
      'Stopped',
      `Reviews became due for ${people} of the ${all} people who hold something, at once`,
      'Nobody was asked to decide. Check whether the last import was right.',
    ),
  ])
  if (!roles.keeper && !roles.seniorTech) return part
  return {
    ...part,
    form: { act: 'let-reviews', subject: 'reviews', submit: `It is right: ask about ${people} people` },
    fields: [{ kind: 'hidden', name: 'people', value: String(people) }],
  }
}
