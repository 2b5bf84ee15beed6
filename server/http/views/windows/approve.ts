import { needsApprovalAgain, planDiffers } from '../../../grants/again.ts'
import { otherAccountHeld } from '../../../grants/other-account.ts'
import type { NewLink } from '../../../people/new-links.ts'
import type { Actor, World } from '../../../requests/act.ts'
import type { ApprovalAnswers } from '../../../rules/types.ts'
import type { Field, Row, WindowPart } from '../../api.ts'
import { line, sponsorSentence, type Told } from '../blocks.ts'
import { returningPart } from '../returning.ts'
import { reviewOutstanding } from '../turns.ts'
import { opens } from '../viewer.ts'
import { aboutThem, dateWords } from '../words.ts'
import { type Form, part } from './fields.ts'
import { newLinkRows } from './new-links.ts'
import { objectivesPart, reviewFields } from './reviewing.ts'
import { whatChanged, whatChanges } from './what-changes.ts'

/** The approve window: what will change, what is confirmed, one button that names the act and the person. */

export function approveWindow(world: World, actor: Actor, told: Told | null, newLinks: NewLink[]): Form {
  const { engineer, request, plan } = world
  const sponsor = sponsorSentence(world, actor, told)
  const level = plan?.levelName ?? ''
  const title = `Give ${engineer?.fullName ?? ''} ${level} access`
  const base = { title, act: 'approve', subject: request?.id ?? world.card.id, afterwards: 'progress' as const }
  const refusal = refusalOf(world, actor, sponsor)
  if (refusal) return { ...base, refusal }
  const review = reviewOutstanding(world)
  const again = needsApprovalAgain(world)
  return {
    ...base,
    lines: [
      sponsor.sentence
        .replace('You can approve because you are', 'You are approving as')
        .replace(/^You are approving as in/, 'You are approving as'),
      ...(request?.reason ? [`Why: “${request.reason}”`] : []),
    ],
    parts: [
      ...(again ? [whatChanged(world)] : []),
      ...returningPart(world),
      whatChanges(world),
      ...(review ? [part('The preparedness form', reviewFields(world)), objectivesPart(world)] : []),
      whatYouConfirm(world, actor, newLinks),
      last(world),
    ],
    submit: { text: `Give ${engineer?.firstName ?? ''} ${level} access`, tone: 'primary' },
    buttons: [
      ...(again ? [] : [opens('Ask for changes', 'changes', request?.id ?? '')]),
      ...(review && !again ? [opens('Save review only', 'review', request?.id ?? '')] : []),
    ],
  }
}

/** Instead of a form: why this person cannot, or why nobody can now. */
function refusalOf(world: World, actor: Actor, sponsor: { may: boolean; sentence: string }): string | null {
  const { request, people } = world
  if (!sponsor.may) return sponsor.sentence
  const again = needsApprovalAgain(world)
  if (request?.approved_at && request.state !== 'ready' && !again)
    return `This has been approved already by ${people.get(request.approved_by ?? '')?.fullName ?? 'somebody else'}.`
  const no = world.findings.find((finding) => finding.outcome === 'not-met')
  if (no) return aboutThem(no.sentence)
  if (request?.state !== 'ready' && !again) return 'This is not ready for a decision yet.'
  const held = otherAccountHeld(world) ?? (again ? planDiffers(world) : null)
  if (held) return held.sentence
  const review = world.findings.find((finding) => finding.kind === 'review' && finding.outcome !== 'met')
  if (review && !actor.roles.seniorTech) return aboutThem(review.sentence)
  return null
}

/** Known facts are shown and not asked; the register's silence becomes a question. */
function whatYouConfirm(world: World, actor: Actor, newLinks: NewLink[]): WindowPart {
  const before = ownAnswers(world, actor)
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
        checked: before?.confirmed.includes(finding.id) ?? false,
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
          label: `I have seen that ${first} ${condition.confirm}: where`,
          hint: 'The register does not say.',
          value: before?.clearanceSeen?.where ?? '',
          required: true,
          link: null,
        },
        {
          kind: 'date',
          name: 'clearanceDate',
          label: 'When',
          hint: null,
          value: before?.clearanceSeen?.date ?? '',
          required: true,
          link: null,
        },
      )
    else
      fields.push({
        kind: 'textarea',
        name: `notApplicable-${finding.id}`,
        label: `How “${condition.label}” is met for this ${condition.notApplicableTo ?? 'engineer'}`,
        hint: 'Your reason is kept with the approval.',
        value: before?.notApplicable[finding.id] ?? '',
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

/**
 * What this viewer said at the approval before, about the same words: it still holds. What somebody else confirmed is
 * theirs, and is asked anew.
 */
function ownAnswers(world: World, actor: Actor): ApprovalAnswers | null {
  const answers = needsApprovalAgain(world) ? (world.approval?.answers ?? null) : null
  return answers?.approver === actor.person?.id ? answers : null
}

function last(world: World): WindowPart {
  const first = world.engineer?.firstName ?? 'The engineer'
  return { ...part('Approve', []), text: [`${first} and 2nd line are told. Your name and the time are kept.`] }
}
