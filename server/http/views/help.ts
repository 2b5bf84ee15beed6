import type { HelpRow, World } from '../../requests/act.ts'
import type { Row } from '../api.ts'
import { line, person } from './blocks.ts'
import { opens, type Viewer } from './viewer.ts'
import { whenWords } from './words.ts'

/** Questions to 2nd line and their answers, for those on the request. What was asked long ago stands in the history. */

/** An answer stands in the section for as long as somebody may still need it. */
const SHOWN_DAYS = 14

export function helpRows(world: World, viewer: Viewer): Row[] {
  if (!viewer.relations.has('on-request')) return []
  const shownSince = world.now.getTime() - SHOWN_DAYS * 86_400_000
  return world.helps.flatMap((help) => {
    if (help.answered_at === null) return [openRow(help, world, viewer)]
    return help.answered_at.getTime() >= shownSince ? [answerRow(help, world)] : []
  })
}

function openRow(help: HelpRow, world: World, viewer: Viewer): Row {
  const asker = person(world, help.asked_by)
  const label = `Answer ${asker} about ${help.system}: ${help.what}`
  return {
    ...line(`help-${help.id}`, 'turn', '', `Help with ${help.system}: “${help.what}”`, `Asked by ${asker}.`),
    who: '2nd line',
    since: help.asked_at.toISOString(),
    buttons:
      viewer.may('answer-help') && world.request
        ? [opens('Answer', 'answer-help', world.request.id, 'plain', label)]
        : [],
  }
}

function answerRow(help: HelpRow, world: World): Row {
  const when = help.answered_at ? whenWords(help.answered_at, world.now) : ''
  return line(
    `help-${help.id}`,
    'person',
    'Answer',
    `“${help.answer ?? ''}”`,
    `${person(world, help.answered_by)} about ${help.system}, ${when}. Asked: “${help.what}”`,
  )
}
