import type { LedgerLine } from '../../grants/who-holds-what.ts'
import type { World } from '../../requests/act.ts'
import type { Row, WindowPart } from '../api.ts'
import { sponsorNow } from './blocks.ts'
import { notBackWords, oneBackButton, wholeBackButtons } from './giving-back.ts'
import { row, section } from './settings/parts.ts'
import type { Viewer } from './viewer.ts'
import { agoWords, capital, count, dayWords, effectiveWords, listWords, onWhoseWord } from './words.ts'

/** What somebody holds, held, and keeps until they leave, as it stands on their page, with what can be done about each. */

export type LevelName = (line: Pick<LedgerLine, 'ruleSet' | 'level'>) => string

/** A request that stands, for one viewer. */
export interface Standing {
  world: World
  viewer: Viewer
}

export interface HoldingsKnown {
  standing: Standing[]
  levelName: LevelName
  now: Date
}

/** "Production Admin since 24 November and part of Production Deploy since 2 October" */
export function heldWords(lines: LedgerLine[], levelName: LevelName, now: Date): string {
  const byLevel = Map.groupBy(lines, (line) => levelName(line))
  const parts = [...byLevel].map(([level, some]) => {
    const first = Math.min(...some.map(({ since }) => since.getTime()))
    const part = some.some(({ whole }) => whole) ? '' : 'part of '
    return `${part}${level} since ${dayWords(new Date(first), now)}`
  })
  return parts.length > 0 ? capital(listWords(parts)) : 'Nothing'
}

/** One part for each request: on whose word it is held is said once, and each thing says how it was proved. */
export function accessParts(held: LedgerLine[], known: HoldingsKnown, isOwn: boolean): WindowPart[] {
  if (held.length === 0)
    return [section(isOwn ? 'What you hold' : 'What they hold', [], ['No production access is held.'])]
  return [...Map.groupBy(held, (line) => line.requestId).values()].map((lines) => {
    const [first] = lines
    const stands = known.standing.find(({ world }) => world.request?.id === first?.requestId) ?? null
    const word: Row[] = first
      ? [
          {
            ...row(
              'word',
              'person',
              '',
              `${decidedWords(first, known.now)}, rules ${first.ruleSet}`,
              stands && sponsorNow(stands.world),
            ),
            links: cardLink(first.cardUrl, `Card of ${known.levelName(first)} for ${first.personName}`),
          },
        ]
      : []
    const things = lines.map((line) => holdingRow(line, known, stands))
    const whole = stands ? wholeBackButtons(stands.world, stands.viewer) : []
    const all = whole.length > 0 ? [{ ...row('all', 'none', '', 'All of it', null), buttons: whole }] : []
    return section(heldWords(lines, known.levelName, known.now), [...word, ...things, ...all])
  })
}

function decidedWords(line: LedgerLine, now: Date): string {
  const { approvedBy, approvedAt, loweredBy, loweredAt } = line
  const by = approvedBy ?? 'nobody whom we know'
  if (line.adopted) return `Adopted by ${by}`
  return onWhoseWord({ by, at: approvedAt }, { by: loweredBy ?? 'somebody', at: loweredAt }, now)
}

function holdingRow(line: LedgerLine, { now }: HoldingsKnown, stands: Standing | null): Row {
  const missing = line.missingSince !== null
  const step = { id: line.stepId, key: line.key, short: line.words.short }
  return {
    ...row(
      line.id,
      missing ? 'warn' : 'yes',
      missing ? 'Not there' : '',
      thing(line),
      `Since ${dayWords(line.since, now)}, ${proofOf(line, now)}`,
    ),
    trap: line.missingSince
      ? `The system no longer shows this, since ${dayWords(line.missingSince, now)}.`
      : stands && notBackWords(stands.world, stands.viewer, line.key),
    buttons: stands ? oneBackButton(stands.world, stands.viewer, step) : [],
  }
}

/** "AWS staging: role_user_user_arns" */
function thing({ systemName, environment, value }: LedgerLine): string {
  return `${systemName}${environment ? ` ${environment}` : ''}: ${value}`
}

function proofOf(line: LedgerLine, now: Date): string {
  const words = { verified: 'verified', attested: 'seen by a second person', done: 'done, not checked' }[line.proof]
  const last = line.lastVerifiedAt ?? line.lastSeenAt
  if (!last) return words
  return line.proof === 'verified'
    ? `last verified ${agoWords(last, now)}`
    : `${words}, last seen ${agoWords(last, now)}`
}

/** None to a card that was deleted. */
export function cardLink(url: string | null, label: string): Row['links'] {
  return url === null ? [] : [{ text: 'Card', url, label }]
}

/** Part of no access that was given: it is held for as long as somebody is there, and told so. */
export function staysPart(stays: LedgerLine[], { now }: HoldingsKnown): WindowPart {
  return section(
    'What stays until they leave',
    stays.map((line) =>
      row(line.id, 'none', '', thing(line), `Since ${dayWords(line.since, now)}, ${proofOf(line, now)}`),
    ),
  )
}

/** @param doors how to have some of it again */
export function endedPart(ended: LedgerLine[], { levelName, now }: HoldingsKnown, doors: Row[]): WindowPart {
  const rows = ended.map((line) =>
    row(
      line.id,
      'none',
      '',
      thing(line),
      `${levelName(line)} from ${dayWords(line.since, now)} to ${dayWords(line.endedAt ?? now, now)}`,
    ),
  )
  // What still works is not folded away with what is over.
  const acting = ended.flatMap((line) => {
    const effective = effectiveWords(line.effectiveBy, now)
    return effective ? [row(`acting-${line.id}`, 'moving', 'Still works for a while', thing(line), effective)] : []
  })
  return {
    ...section('What was revoked', [...acting, ...doors]),
    folds: [{ id: 'ended', title: count(rows.length, 'thing'), rows, text: [] }],
  }
}
