import type { World } from '../../../requests/act.ts'
import type { Field, WindowPart } from '../../api.ts'
import { dateWords } from '../words.ts'
import { part } from './fields.ts'

/** What a review of the preparedness form asks, alone or in the approve window. */

export function reviewFields({ returning, now, today }: World): Field[] {
  const before = returning?.review ?? null
  return [
    {
      kind: 'text',
      name: 'reference',
      label: 'Form response: link or number',
      hint: before
        ? `${before.reviewerName} reviewed this one on ${dateWords(before.date, now)}, before access was ${returning?.givenBack ? 'given back' : 'revoked'}. Read it again, or give a newer one.`
        : null,
      value: before?.reference ?? '',
      required: true,
      link: null,
    },
    {
      kind: 'text',
      name: 'formVersion',
      label: 'Form version',
      hint: 'Which form it was, for example “Google Form”.',
      value: before?.formVersion ?? '',
      required: true,
      link: null,
    },
    {
      kind: 'date',
      name: 'date',
      label: 'Date of the review',
      hint: null,
      value: today,
      required: true,
      link: null,
    },
  ]
}

export function objectivesPart(world: World): WindowPart {
  const fields = world.ruleSet.objectivesOf(world.request?.level ?? world.card.level).map(
    (objective): Field => ({
      kind: 'check',
      name: `objective-${objective.id}`,
      label: objective.sentence,
      hint: null,
      checked: false,
      required: true,
      link: objective.guidance
        ? { ...objective.guidance, label: `${objective.guidance.text}, opens in a new tab` }
        : null,
    }),
  )
  return part('Learning objectives', fields, 'The response shows that the engineer has covered')
}
