import type { Actor, World } from '../../requests/act.ts'
import { duplicate } from '../../requests/acts/ask.ts'
import { whoCanBeNamed } from '../../requests/acts/attach.ts'
import { whoCanWords } from '../../rules/sponsorship.ts'
import type { Finding } from '../../rules/types.ts'
import type { Button, Row } from '../api.ts'
import { apprenticeLines, managerRows, ofManager } from './apprentices.ts'
import { type Blocks, line, planFold } from './blocks.ts'
import { findingRows, tickRows } from './findings.ts'
import { engineerLeft, seniorOnly } from './turns.ts'
import { acts, opens, type Viewer } from './viewer.ts'
import { whoCan } from './who-can.ts'
import { keepersFinding } from './windows/recording.ts'
import { aboutThem, capital, count, dateWords } from './words.ts'

/** The section until somebody can decide: template, candidate, collecting. */

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

export function template(world: World, viewer: Viewer): Blocks {
  return {
    headline: 'This is the template. Copy it to your team’s board',
    since: null,
    lines: [whoApproves(world)],
    primary: null,
    next: [],
    detail: [gives(world)],
    buttons: [],
    folds: [planFold(world, viewer)],
  }
}

export function candidate(world: World, viewer: Viewer, actor: Actor): Blocks {
  const { engineer, request, card } = world
  const mine = !request || viewer.isEngineer
  const attach = [...nameButtons(world, viewer, actor), ...detachButtons(world, viewer)]
  const base = { since: request?.state_since ?? null, detail: [gives(world)], folds: [planFold(world, viewer)] }
  if (!mine)
    return {
      ...base,
      headline: `Waiting for ${engineer?.fullName ?? 'the engineer'} to ask`,
      lines: ['Only the engineer named on the card can ask, with a click of their own.'],
      primary: null,
      next: expiryRows(world, viewer),
      buttons: attach,
    }
  const twice = viewer.isEngineer ? duplicate(world) : null
  return {
    ...base,
    headline: 'Is this for you?',
    lines: twice
      ? [twice.sentence]
      : [
          'You will be asked for your work email, your GitHub and AWS names and why you need it. It takes about 3 minutes.',
          whoApproves(world),
        ],
    primary: twice || !viewer.may('ask') ? null : opens('Ask for access', 'ask', card.id, 'primary'),
    next: [
      ...expiryRows(world, viewer),
      ...(twice && world.elsewhere
        ? [
            {
              ...line('elsewhere', 'turn', '', 'Your open request'),
              links: [
                { text: 'Go to that card', url: world.elsewhere.url, label: 'Go to that card: your open request' },
              ],
            },
          ]
        : []),
    ],
    buttons: attach,
  }
}

/** For whoever may name somebody else than themselves; naming oneself is what asking does. */
export function nameButtons(world: World, viewer: Viewer, actor: Actor): Button[] {
  const others = whoCanBeNamed(world, actor).some((id) => id !== actor.person?.id)
  // Whoever is not the engineer of a closed request takes the card over by being named on it.
  const over = world.request !== null && world.request.state !== 'candidate' && !viewer.isEngineer
  if (!others && !over) return []
  const text = world.request?.state === 'candidate' ? 'Name somebody else' : 'Name the engineer'
  return [opens(text, 'attach', world.card.id)]
}

function detachButtons({ request }: World, viewer: Viewer): Button[] {
  if (request?.state !== 'candidate' || !viewer.may('detach')) return []
  return [acts(viewer.isEngineer ? 'This is not for me' : 'Take the name off', 'detach', request.id)]
}

/** Notice that nothing moved for long, with the one click that keeps the request open. */
export function expiryRows(world: World, viewer: Viewer): Row[] {
  if (world.expires === null) return []
  const keep = keepOpen(world, viewer)
  return [line('expires', 'turn', '', `This request expires on ${dateWords(world.expires, world.now)}`, null, keep)]
}

/** @param label what it is about, where several people's stand in one list */
export function keepOpen({ request, expires }: World, viewer: Viewer, label?: string): Button[] {
  if (expires === null || !viewer.may('keep-open')) return []
  return [acts('Keep it open', 'keep-open', request?.id ?? '', {}, 'plain', label)]
}

/** What is left, as the engineer reads it and as others do. */
function leftRows(world: World, viewer: Viewer): Row[] {
  const left = engineerLeft(world)
  if (viewer.isEngineer)
    return left.map(({ key, sentence }) =>
      line(`left-${key}`, 'todo', '', sentence, null, [opens('Add', 'ask', world.card.id, 'link', `Add: ${sentence}`)]),
    )
  const open = viewer.sees === 'all' ? left : left.filter((one) => !one.confidential)
  const rows = open.map(({ key, sentence }) => line(`left-${key}`, 'todo', '', othersWords[key] ?? aboutThem(sentence)))
  const more = left.length - open.length
  return more > 0
    ? [...rows, line('left-more', 'todo', '', `${count(more, 'more thing')} that only they can say`)]
    : rows
}

const othersWords: Record<string, string> = {
  github: 'GitHub username',
  aws: 'AWS user name',
  email: 'Work email',
  reason: 'Why they need access',
}

export function collecting(world: World, viewer: Viewer): Blocks {
  const { request } = world
  const id = request?.id ?? ''
  const left = engineerLeft(world).length
  const who = world.engineer?.fullName ?? 'The engineer'
  const changes = request?.state === 'changes-asked' ? request.changes_asked : null
  const others = world.findings.filter((finding) => finding.holdsUpReady && finding.turn !== 'engineer')
  const headline = changes
    ? viewer.isEngineer
      ? 'Your turn: changes asked'
      : `${who} was asked for changes`
    : left > 0
      ? `${viewer.isEngineer ? 'Your turn' : who}: ${count(left, 'thing')} left`
      : others.length > 0
        ? waitingHeadline(world, viewer, others)
        : `${who} is being checked`
  return {
    headline,
    since: request?.state_since ?? null,
    lines: [nextLine(world, viewer), ...apprenticeLines(world, viewer)],
    primary: primaryWhileCollecting(world, viewer),
    next: [
      ...expiryRows(world, viewer),
      ...changeRows(world, viewer),
      ...leftRows(world, viewer),
      ...managerRows(world, viewer),
    ],
    detail: [...known(world, viewer), ...tickRows(world, viewer)],
    buttons: [
      ...(viewer.isEngineer && left === 0 && !changes
        ? [opens('Change your details', 'ask', world.card.id, 'link')]
        : []),
      ...decisionButtons(world, viewer, id),
    ],
    folds: [planFold(world, viewer)],
  }
}

/** The one next action, for whoever has the turn; nobody is asked to finish what is finished. */
function primaryWhileCollecting(world: World, viewer: Viewer): Button | null {
  const id = world.request?.id ?? ''
  if (viewer.isEngineer) {
    if (world.request?.state === 'changes-asked') return opens('Make the changes', 'ask', world.card.id, 'primary')
    return engineerLeft(world).length > 0 ? opens('Finish your details', 'ask', world.card.id, 'primary') : null
  }
  if (viewer.may('line-manager-agrees') && world.findings.some(ofManager))
    return opens('Answer', 'line-manager', id, 'primary')
  return viewer.may('set-fact') && keepersFinding(world) ? opens('Update record', 'update-record', id, 'primary') : null
}

/** What is known, without what stands above as still to do. */
function known(world: World, viewer: Viewer): Row[] {
  const above = [
    ...engineerLeft(world).map(({ key }) => key),
    ...(managerRows(world, viewer).length > 0 ? world.findings.filter(ofManager).map(({ id }) => id) : []),
  ]
  const left = viewer.sees === 'all' ? above.map((id) => `finding-${id}`) : []
  const told = apprenticeLines(world, viewer)
  return findingRows(world, viewer)
    .filter((row) => !left.includes(row.key))
    .map((row) => (row.detail !== null && told.includes(row.detail) ? { ...row, detail: null } : row))
}

/** What the sponsor asked to change: for the engineer and sponsors only. */
function changeRows(world: World, viewer: Viewer): Row[] {
  const changes = world.request?.state === 'changes-asked' ? world.request.changes_asked : null
  if (!changes || viewer.sees !== 'all') return []
  const by = world.people.get(changes.by)?.fullName ?? null
  return [
    ...changes.what.map((what, i) => line(`change-${i}`, 'todo', '', what)),
    ...(changes.line ? [line('change-line', 'person', '', `“${changes.line}”`, by)] : []),
  ]
}

/** Other people's turns; colleagues learn that something is missing, never what. */
function waitingHeadline(world: World, viewer: Viewer, others: Finding[]): string {
  const theirs = (role: Finding['turn']) => others.some((finding) => finding.turn === role)
  const named = viewer.sees === 'all'
  if (theirs('line-manager')) {
    if (viewer.relations.has('line-manager')) return 'Your turn: a confirmation'
    return named ? `Waiting for ${whoCan(world, 'line-manager')}` : 'Waiting for a confirmation'
  }
  if (viewer.relations.has('keeper')) return 'Your turn: update the record'
  return named ? `Waiting for ${whoCan(world, 'keeper')}` : 'Waiting for a register keeper'
}

/** "Then Sam Okoro (your tech lead) or any Senior Tech member can approve." */
function nextLine(world: World, viewer: Viewer): string {
  const { engineer, ruleSet, people, today } = world
  if (!engineer) return ''
  const words = whoCanWords({ ruleSet, level: world.request?.level ?? world.card.level, engineer, people, today })
  if (!/ can\.$/.test(words)) return words
  const whose = viewer.isEngineer ? 'your' : `${engineer.firstName}’s`
  return `Then ${words.replace(', your tech lead,', ` (${whose} tech lead)`).replace(/ can\.$/, ' can approve.')}`
}

export function decisionButtons(world: World, viewer: Viewer, id: string): Button[] {
  const decides = world.request?.state === 'ready' || world.request?.state === 'open'
  return [
    ...(viewer.may('ask-for-changes') && decides ? [opens('Ask for changes', 'changes', id)] : []),
    ...(viewer.may('decline') ? [opens('Decline', 'decline', id)] : []),
    ...(viewer.may('withdraw') ? [opens('Withdraw', 'withdraw', id)] : []),
  ]
}
