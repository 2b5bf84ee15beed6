import type { World } from '../../requests/act.ts'
import type { Finding } from '../../rules/types.ts'
import type { Row } from '../api.ts'
import { line } from './blocks.ts'
import { opens, type Viewer } from './viewer.ts'
import { aboutThem } from './words.ts'

/** What an apprentice who asks for Admin needs besides: their own word, and their line manager's. */

/** Whether a finding waits for the line manager. */
export function ofManager(finding: Finding): boolean {
  return finding.turn === 'line-manager' && finding.outcome === 'unknown'
}

/** The rule that several of an apprentice's facts share is said once, above them. */
export function apprenticeLines(world: World, viewer: Viewer): string[] {
  if (viewer.sees !== 'all') return []
  const sentences = world.findings
    .filter((finding) => finding.rule === world.ruleSet.apprentice.sentence && finding.outcome !== 'met')
    .map(({ sentence }) => (viewer.isEngineer ? sentence : aboutThem(sentence)))
  return [...new Set(sentences)]
}

/** The line manager's own click, or Senior Tech's record of it. */
export function managerRows(world: World, viewer: Viewer): Row[] {
  if (!world.findings.some(ofManager)) return []
  const id = world.request?.id ?? ''
  // Their button stands in the header.
  const own = viewer.may('line-manager-agrees')
  const record =
    viewer.sees === 'all' && viewer.may('record-line-manager')
      ? [opens('Record it', 'record-line-manager', id, 'link', 'Record it: what the line manager said')]
      : []
  if (!own && record.length === 0) return []
  const who = world.engineer?.fullName ?? 'The engineer'
  const title = own ? `${who} asks for your word as line manager` : 'The line manager’s word'
  return [line('line-manager', 'turn', '', title, null, record)]
}
