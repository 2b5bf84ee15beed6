import type { Actor, World } from '../../requests/act.ts'
import { whoCanWords } from '../../rules/sponsorship.ts'
import type { Finding } from '../../rules/types.ts'
import type { Button, Row } from '../api.ts'
import { type Blocks, planFold, sponsorSentence } from './blocks.ts'
import { engineerLeft, reviewOutstanding, seniorOnly } from './turns.ts'
import { acts, opens, type Viewer } from './viewer.ts'
import { capital, count, dateWords } from './words.ts'

/** The section until somebody approves: template, candidate, collecting, ready. */

function gives(world: World): Row {
  const levels = world.ruleSet.withIncluded(world.request?.level ?? world.card.level)
  const words = Object.values(world.ruleSet.entitlements)
    .filter((one) => levels.includes(one.level))
    .map((one) => one.name)
  return line('gives', 'none', 'Gives', capital(words.join(' · ')))
}

function whoApproves(world: World): string {
  return seniorOnly(world)
    ? 'Somebody in Senior Tech can approve it.'
    : 'The engineer’s tech lead, if a civil servant, or any Senior Tech member can approve it.'
}

function line(
  key: string,
  mark: Row['mark'],
  word: string,
  title: string,
  detail: string | null = null,
  buttons: Button[] = [],
): Row {
  return { key, mark, word, title, detail, who: null, since: null, trap: null, buttons, links: [] }
}

export function template(world: World): Blocks {
  return {
    headline: 'This is the template. Copy it to your team’s board',
    since: null,
    lines: [whoApproves(world)],
    primary: null,
    next: [],
    detail: [gives(world)],
    buttons: [],
    folds: [planFold(world)],
  }
}

export function candidate(world: World, viewer: Viewer): Blocks {
  const { engineer, request } = world
  const mine = !request || viewer.isEngineer
  const attach: Button[] = !request && viewer.may('attach') ? [opens('Name the engineer', 'attach', world.card.id)] : []
  return {
    headline: mine ? 'Is this for you?' : `Waiting for ${engineer?.fullName ?? 'the engineer'} to ask`,
    since: request?.state_since ?? null,
    lines: mine
      ? [
          'You will be asked for your work email, your GitHub and AWS names and why you need it. It takes about 3 minutes.',
          whoApproves(world),
        ]
      : ['Only the engineer named on the card can ask, with a click of their own.'],
    primary: mine ? opens('Ask for access', 'ask', world.card.id, 'primary') : null,
    next: [],
    detail: [gives(world)],
    buttons: attach,
    folds: [planFold(world)],
  }
}

export function collecting(world: World, viewer: Viewer): Blocks {
  const { request } = world
  const id = request?.id ?? ''
  const left = engineerLeft(world)
  const who = world.engineer?.fullName ?? 'The engineer'
  const changes = request?.state === 'changes-asked' ? request.changes_asked : null
  const others = world.findings.filter((finding) => finding.holdsUpReady && finding.turn !== 'engineer')
  const headline = changes
    ? viewer.isEngineer
      ? 'Your turn: changes asked'
      : `${who} was asked for changes`
    : left.length > 0
      ? `${viewer.isEngineer ? 'Your turn' : who}: ${count(left.length, 'thing')} left`
      : others.length > 0
        ? waitingHeadline(viewer, others)
        : `${who} is being checked`
  const rows = left.map(({ key, sentence }) =>
    line(
      `left-${key}`,
      'todo',
      '',
      sentence,
      null,
      viewer.isEngineer ? [opens('Add', 'ask', world.card.id, 'link', `Add: ${sentence}`)] : [],
    ),
  )
  const changeRows =
    changes && viewer.sees === 'all'
      ? [
          ...changes.what.map((what, i) => line(`change-${i}`, 'todo', '', what)),
          ...(changes.line
            ? [line('change-line', 'person', '', `“${changes.line}”`, world.people.get(changes.by)?.fullName ?? null)]
            : []),
        ]
      : []
  return {
    headline,
    since: request?.state_since ?? null,
    lines: [nextLine(world)],
    primary: viewer.isEngineer
      ? opens(changes ? 'Make the changes' : 'Finish your details', 'ask', world.card.id, 'primary')
      : null,
    next: [...changeRows, ...rows, ...managerRows(world, viewer)],
    detail: [...findingRows(world, viewer), ...tickRows(world, viewer)],
    buttons: [...decisionButtons(viewer, id, false)],
    folds: [planFold(world)],
  }
}

/** Other people's turns; colleagues learn that something is missing, never what. */
function waitingHeadline(viewer: Viewer, others: Finding[]): string {
  if (viewer.sees !== 'all') return 'Waiting for a confirmation'
  const keeper = others.some((finding) => finding.turn === 'keeper')
  return keeper ? 'A register keeper’s turn: the record is not complete' : 'Waiting for a confirmation'
}

function nextLine(world: World): string {
  const { engineer, ruleSet, people, today } = world
  if (!engineer) return ''
  const words = whoCanWords({ ruleSet, level: world.request?.level ?? world.card.level, engineer, people, today })
  return `Then ${words.replace(', your tech lead,', ` (${engineer.firstName}’s tech lead)`).replace(/ can\.$/, ' can approve.')}`
}

/** The line manager's own click, or Senior Tech's record of it, for an apprentice. */
function managerRows(world: World, viewer: Viewer): Row[] {
  const finding = world.findings.find((one) => one.id === 'AP-line-manager')
  if (!finding || finding.outcome === 'met') return []
  const id = world.request?.id ?? ''
  const own = viewer.may('line-manager-agrees') ? [opens('I agree', 'line-manager', id)] : []
  const record = viewer.may('record-line-manager') ? [opens('Record it', 'record-line-manager', id)] : []
  if (own.length + record.length === 0 || viewer.sees === 'plan') return []
  return [
    line(
      'line-manager',
      'turn',
      '',
      'Your line manager agrees'.replace('Your', viewer.isEngineer ? 'Your' : 'The'),
      null,
      [...own, ...record],
    ),
  ]
}

export function readyBlock(world: World, viewer: Viewer, actor: Actor): Blocks {
  const { request, plan } = world
  const id = request?.id ?? ''
  const who = world.engineer?.fullName ?? 'The engineer'
  const sponsor = sponsorSentence(world, actor)
  const review = reviewOutstanding(world)
  const seniors = seniorOnly(world)
  const toConfirm = world.findings.filter((finding) => finding.holdsUpApproval && finding.kind === 'attestation').length
  const verb = review ? 'Review and approve' : 'Check and approve'
  const systems = new Set((plan?.steps ?? []).map((step) => step.systemName)).size
  const byPeople = (plan?.steps ?? []).filter((step) => step.method === 'task').length
  const reviewButton =
    review && viewer.may('review-preparedness') && !sponsor.may ? [opens('Review', 'review', id)] : []
  return {
    headline: sponsor.may
      ? `Your turn: ${who} is ready for your decision`
      : `Waiting for ${seniors ? 'Senior Tech' : 'a sponsor'} to ${review ? 'review' : 'approve'}`,
    since: request?.state_since ?? null,
    lines: [sponsor.sentence],
    primary: sponsor.may ? opens(verb, 'approve', id, 'primary') : null,
    next: [
      line('why', 'none', 'Why', `“${request?.reason ?? ''}”`),
      ...findingRows(world, viewer).filter((row) => !row.key.startsWith('later')),
      ...(toConfirm > 0
        ? [line('confirm', 'later', 'To confirm', `${count(toConfirm, 'thing')}, about a minute`)]
        : []),
      line(
        'changes',
        'none',
        'Changes',
        `${count(plan?.steps.length ?? 0, 'step')} in ${count(systems, 'system')}, ${byPeople} of them by people`,
      ),
    ],
    detail: tickRows(world, viewer),
    buttons: [...reviewButton, ...decisionButtons(viewer, id, true)],
    folds: [planFold(world)],
  }
}

function decisionButtons(viewer: Viewer, id: string, readyNow: boolean): Button[] {
  return [
    ...(viewer.may('ask-for-changes') && readyNow ? [opens('Ask for changes', 'changes', id)] : []),
    ...(viewer.may('decline') ? [opens('Decline', 'decline', id)] : []),
    ...(viewer.may('withdraw') && viewer.isEngineer ? [opens('Withdraw', 'withdraw', id)] : []),
  ]
}

const outcomes: Record<Finding['outcome'], { mark: Row['mark']; word: string }> = {
  met: { mark: 'yes', word: 'Yes' },
  'not-met': { mark: 'no', word: 'No' },
  unknown: { mark: 'unknown', word: 'Not known' },
  'could-not-check': { mark: 'unknown', word: 'Not checked' },
}

/** What is known. Private conditions are told to the engineer, possible sponsors and keepers; others get a number. */
export function findingRows(world: World, viewer: Viewer): Row[] {
  const later = world.findings.filter((finding) => finding.kind === 'attestation' && finding.outcome !== 'met')
  const rest = world.findings.filter((finding) =>
    !later.includes(finding) && finding.id !== 'AB' ? true : finding.id === 'AB' && finding.outcome !== 'met',
  )
  const laterRow =
    later.length > 0
      ? [line('later', 'later', 'Later', `The sponsor confirms ${count(later.length, 'thing')} when approving`)]
      : []
  if (viewer.sees !== 'all') {
    const not = world.findings.filter((finding) => finding.confidential && finding.outcome === 'not-met').length
    const unknown = world.findings.filter(
      (finding) => finding.confidential && finding.outcome !== 'met' && finding.outcome !== 'not-met',
    ).length
    const review = rest.filter((finding) => !finding.confidential)
    return [
      ...review.map((finding) => findingRow(world, viewer, finding)),
      ...(not > 0
        ? [line('not-met', 'no', '', not === 1 ? '1 condition is not met' : `${not} conditions are not met`)]
        : []),
      ...(unknown > 0
        ? [
            line(
              'unknown',
              'unknown',
              '',
              unknown === 1 ? '1 condition is not known yet' : `${unknown} conditions are not known yet`,
            ),
          ]
        : []),
      ...laterRow,
    ]
  }
  return [
    ...rest.filter((finding) => !later.includes(finding)).map((finding) => findingRow(world, viewer, finding)),
    ...laterRow,
  ]
}

function findingRow(world: World, viewer: Viewer, finding: Finding): Row {
  const { mark, word } = outcomes[finding.outcome]
  const met = finding.outcome === 'met'
  const from =
    finding.source && finding.date
      ? `${world.people.get(finding.source)?.fullName ?? finding.source}, ${dateWords(finding.date, world.now)}`
      : null
  const sentence = viewer.isEngineer
    ? finding.sentence
    : finding.sentence.replace(/whether you have/g, 'whether they have').replace(/\byour\b/g, 'their')
  return {
    ...line(
      `finding-${finding.id}`,
      mark,
      word,
      finding.label,
      met ? (finding.sentence.startsWith('Does not apply') ? finding.sentence : null) : sentence,
    ),
    who: from,
  }
}

/** "Checklist 6 of 8 ticked by you. This does not hold up approval." */
export function tickRows(world: World, viewer: Viewer): Row[] {
  const items = world.ticks
  if (items.length === 0) return []
  const member = world.engineer ? (world.members.get(world.engineer.id) ?? null) : null
  const own = items.filter(
    (tick) =>
      tick.complete &&
      !tick.came_with_copy &&
      ((member !== null && tick.member_id === member) || tick.claimed_by === world.engineer?.id),
  )
  const others = items.filter((tick) => tick.complete && !own.includes(tick))
  const who = viewer.isEngineer ? 'you' : (world.engineer?.firstName ?? 'the engineer')
  const detail = others.length > 0 ? `${count(others.length, 'tick')} by others, or by whom is not known.` : null
  const claim =
    others.length > 0 && viewer.may('claim-ticks')
      ? [acts('These are mine', 'claim-ticks', world.card.id, {}, 'link', 'These ticks are mine')]
      : []
  return [
    line(
      'ticks',
      'none',
      'Checklist',
      `${own.length} of ${items.length} ticked by ${who}. This does not hold up approval.`,
      detail,
      claim,
    ),
  ]
}
