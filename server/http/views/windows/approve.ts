import type { NewLink } from '../../../people/new-links.ts'
import type { Actor, World } from '../../../requests/act.ts'
import type { Field, Row, WindowPart } from '../../api.ts'
import { line, methodWords, sponsorSentence, type Told } from '../blocks.ts'
import { reviewOutstanding } from '../turns.ts'
import { opens } from '../viewer.ts'
import { aboutThem, count, dateWords } from '../words.ts'
import { type Form, part } from './fields.ts'
import { newLinkRows } from './new-links.ts'

/** The approve window: what will change, what is confirmed, one button that names the act and the person. */

export function approveWindow(world: World, actor: Actor, told: Told | null, newLinks: NewLink[]): Form {
  const { engineer, request, plan } = world
  const sponsor = sponsorSentence(world, actor, told)
  const level = plan?.levelName ?? ''
  const title = `Give ${engineer?.fullName ?? ''} ${level} access`
  const base = { title, act: 'approve', subject: request?.id ?? world.card.id, afterwards: 'progress' as const }
  const refusal = refusalOf(world, sponsor)
  if (refusal) return { ...base, refusal }
  const review = reviewOutstanding(world)
  return {
    ...base,
    lines: [
      sponsor.sentence
        .replace('You can approve because you are', 'You are approving as')
        .replace(/^You are approving as in/, 'You are approving as a member of'),
    ],
    parts: [
      whatChanges(world),
      ...(review ? [part('The preparedness form', reviewFields(world)), objectivesPart(world)] : []),
      whatYouConfirm(world, newLinks),
      last(world),
    ],
    submit: { text: `Give ${engineer?.firstName ?? ''} ${level} access`, tone: 'primary' },
    buttons: [
      opens('Ask for changes', 'changes', request?.id ?? ''),
      ...(review ? [opens('Save review only', 'review', request?.id ?? '')] : []),
    ],
  }
}

/** Instead of a form: why this person cannot, or why nobody can now. */
function refusalOf(world: World, sponsor: { may: boolean; sentence: string }): string | null {
  const { request, people } = world
  if (!sponsor.may) return sponsor.sentence
  if (request?.approved_at && request.state !== 'ready')
    return `This has been approved already by ${people.get(request.approved_by ?? '')?.fullName ?? 'somebody else'}.`
  const no = world.findings.find((finding) => finding.outcome === 'not-met')
  if (no) return aboutThem(no.sentence)
  if (request?.state !== 'ready') return 'This is not ready for a decision yet.'
  return null
}

function whatChanges(world: World): WindowPart {
  const steps = world.plan?.steps ?? []
  const rows = steps.map(
    (step): Row => ({
      ...line(step.key, 'none', step.systemName, step.words.change, step.words.purpose),
      who: methodWords(step, steps),
    }),
  )
  return {
    title: 'What will change',
    aside: count(steps.length, 'step'),
    text: [],
    rows,
    folds: [
      { id: 'not', title: 'What will not change', rows: [], text: world.plan?.willNotChange ?? [] },
      { id: 'know', title: 'Worth knowing', rows: [], text: world.plan?.worthKnowing ?? [] },
    ],
    legend: null,
    fields: [],
  }
}

/** Known facts are shown and not asked; the register's silence becomes a question. */
function whatYouConfirm(world: World, newLinks: NewLink[]): WindowPart {
  const first = world.engineer?.firstName ?? 'The engineer'
  const rows: Row[] = []
  const fields: Field[] = []
  for (const finding of world.findings) {
    const condition = world.ruleSet.conditions[finding.id]
    if (!condition || condition.kind === 'review') continue
    if (finding.outcome === 'met')
      rows.push(
        line(
          finding.id,
          'yes',
          '',
          `${first} ${condition.confirm}`,
          `${finding.source ?? ''}${finding.date ? `, ${dateWords(finding.date, world.now)}` : ''}. Not asked.`,
        ),
      )
    else if (condition.kind === 'attestation')
      fields.push({
        kind: 'check',
        name: `confirm-${finding.id}`,
        label: condition.confirm,
        hint: null,
        checked: false,
        required: true,
        link: condition.guidance
          ? { ...condition.guidance, label: `${condition.guidance.text}, opens in a new tab` }
          : null,
      })
    else if (condition.fact === 'clearance')
      fields.push(
        {
          kind: 'text',
          name: 'clearanceWhere',
          label: `I have seen that ${first} has BPSS clearance: where`,
          hint: 'The register does not say.',
          value: '',
          required: true,
          link: null,
        },
        { kind: 'date', name: 'clearanceDate', label: 'When', hint: null, value: '', required: true, link: null },
      )
    else
      fields.push({
        kind: 'textarea',
        name: `notApplicable-${finding.id}`,
        label: 'How probation is met for this contractor',
        hint: 'Your reason is kept with the approval.',
        value: '',
        required: true,
        link: null,
      })
  }
  return {
    title: 'What you confirm',
    aside: null,
    text: [],
    rows: [...rows, ...newLinkRows(world, newLinks)],
    folds: [],
    legend: fields.length > 0 ? `I confirm that ${first}` : null,
    fields,
  }
}

function last(world: World): WindowPart {
  const first = world.engineer?.firstName ?? 'The engineer'
  return { ...part('Approve', []), text: [`${first} and 2nd line will be told. Your name and the time are kept.`] }
}

export function reviewFields(world: World): Field[] {
  return [
    {
      kind: 'text',
      name: 'reference',
      label: 'Form response: link or number',
      hint: null,
      value: '',
      required: true,
      link: null,
    },
    {
      kind: 'text',
      name: 'formVersion',
      label: 'Form version',
      hint: 'Which form it was, for example “Google Form”.',
      value: '',
      required: true,
      link: null,
    },
    {
      kind: 'date',
      name: 'date',
      label: 'Date of the review',
      hint: null,
      value: world.today,
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
