import { aboutCondition, type EligibilityQuestion, met, unknown } from '../judging.ts'
import type { ReviewCondition } from '../rule-set.ts'
import { isSamePerson } from '../same-person.ts'
import type { Finding, PreparednessReview } from '../types.ts'

/**
 * "… and have had your form response reviewed by someone in Senior Tech": met by a review with its reference, form
 * version and date that confirms every objective by name, made by somebody in Senior Tech who is not the engineer.
 */
export function judgeReview(question: EligibilityQuestion, id: string, condition: ReviewCondition): Finding {
  const about = aboutCondition(question, id, condition)
  const { review } = question.request
  // A Senior Tech turn on a request that is otherwise ready: it does not keep the engineer busy.
  if (!review)
    return unknown(
      about,
      `Somebody in Senior Tech reviews your form response and confirms each of the ${inWords(condition)} objectives.`,
      'senior-tech',
      'approval',
    )
  const short = shortOf(question, condition, review)
  if (short) return unknown(about, short, 'senior-tech', 'approval')
  return met(about, `Reviewed by ${review.reviewerName}, form version ${review.formVersion}.`, {
    source: review.reviewerName,
    date: review.date,
  })
}

/** What a review lacks, in a sentence; `null` when it counts. */
function shortOf(
  { engineer, people, today }: EligibilityQuestion,
  condition: ReviewCondition,
  review: PreparednessReview,
): string | null {
  const reviewer = people.get(review.reviewer)
  if (review.reviewer === engineer.id || (reviewer && isSamePerson(reviewer, engineer)))
    return 'Nobody reviews their own form response. Somebody else in Senior Tech reviews it.'
  if (reviewer?.seniorTech?.value !== true)
    return `We do not know ${review.reviewerName} as somebody in Senior Tech, so their review does not count yet. Somebody in Senior Tech reviews the form response.`
  if (review.reference.trim() === '' || review.formVersion.trim() === '' || review.date > today)
    return 'The review needs the reference of the form response, its version and a date that is not in the future. Somebody in Senior Tech adds them.'
  const open = Object.entries(condition.objectives).filter(([objective]) => !review.objectives.includes(objective))
  if (open.length === 0) return null
  return `${review.reviewerName} has not confirmed: ${open.map(([, { label }]) => label).join('; ')}. Somebody in Senior Tech confirms each by name.`
}

const numbers = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']

function inWords({ objectives }: ReviewCondition): string {
  const count = Object.keys(objectives).length
  return numbers[count] ?? String(count)
}
