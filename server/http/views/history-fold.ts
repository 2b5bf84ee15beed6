import { canBeHastened } from '../../grants/for-cause.ts'
import { goesWhole } from '../../grants/revoke.ts'
import type { Actor, World } from '../../requests/act.ts'
import { finalStates } from '../../requests/life.ts'
import type { Button, Fold, Row } from '../api.ts'
import { line } from './blocks.ts'
import { downloads, opens, type Viewer } from './viewer.ts'
import { capital, timeWords, whenWords } from './words.ts'

/** `confidential` lines are for the engineer, possible sponsors and keepers only. */
export interface HistoryLine {
  at: Date
  text: string
  confidential?: boolean
}

/** The request's log is for the engineer, Senior Tech and keepers: the same as at its address. */
function logOf(world: World, { roles }: Actor, viewer: Viewer): Button[] {
  if (!world.request || !(viewer.isEngineer || roles.seniorTech || roles.keeper)) return []
  const said = 'The log of this request is saved. Personal details are not in it.'
  return [downloads('Download the log', `/api/log/requests/${world.request.id}`, 'request-log.jsonl', said)]
}

/** What has happened, and beside it what keeps the record right: one fold, because the section is low. */
export function historyFold(world: World, actor: Actor, viewer: Viewer, history: HistoryLine[]): Fold[] {
  if (viewer.sees !== 'all' && viewer.sees !== 'steps') return []
  const lines = history.filter((line) => viewer.sees === 'all' || line.confidential !== true)
  const rows = recordRows(world, viewer)
  if (lines.length + rows.length === 0) return []
  const words = (at: Date) => {
    const when = capital(whenWords(at, world.now))
    return when.startsWith('Today') ? when : `${when}, ${timeWords(at)}`
  }
  const text = lines.map((line) => `${words(line.at)}: ${line.text}`)
  const buttons = [...personButton(world, viewer), ...logOf(world, actor, viewer)]
  return [{ id: 'history', title: 'What has happened', rows, text, buttons }]
}

/** Whoever reads the history may look the engineer up. */
function personButton({ engineer }: World, viewer: Viewer): Button[] {
  if (!engineer) return []
  return [opens(viewer.isEngineer ? 'What you hold' : `What ${engineer.firstName} holds`, 'person', engineer.id)]
}

/** For keepers, the tech lead and Senior Tech, while there is access to give or to take, or to come back to. */
function recordRows(world: World, viewer: Viewer): Row[] {
  const { request, engineer, holdings } = world
  // Whoever comes back is whole again only once the register says that they are not away.
  const isOver = !request || (finalStates.includes(request.state) && request.state !== 'ended')
  if (isOver) return []
  const first = engineer?.firstName ?? 'the engineer'
  const absence = line(
    'absence',
    'none',
    '',
    `Is ${first} away, or back?`,
    'Only the register says so: nothing of it stands on the card.',
    [opens('Record an absence', 'update-record', request.id)],
  )
  const cause = line(
    'for-cause',
    'none',
    '',
    `Must everything that ${first} holds go at once?`,
    'For cause only. You see what goes before you sign, and a second person is told.',
    [opens('Revoke everything for cause', 'revoke-for-cause', request.id, 'danger')],
  )
  const goesOrCanHasten =
    request.state !== 'ended' && (goesWhole(world).length > 0 || canBeHastened([world]).length > 0)
  return [
    ...(viewer.may('record-absence') ? [absence] : []),
    ...(viewer.may('revoke-for-cause') && holdings.length > 0 && goesOrCanHasten ? [cause] : []),
  ]
}
