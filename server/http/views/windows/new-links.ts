import { londonDay } from '../../../clock.ts'
import type { NewLink } from '../../../people/new-links.ts'
import type { World } from '../../../requests/act.ts'
import type { Row } from '../../api.ts'
import { line } from '../blocks.ts'
import { listWords, whenWords } from '../words.ts'

/** What the approver should look at twice: names that stand on somebody's word, and on no import of the register. */

const kinds: Record<NewLink['kind'], string> = {
  trello: 'Trello account',
  email: 'work email',
  github: 'GitHub username',
  aws: 'AWS user name',
}

/** One line for all that stand on one word of one day: names that a person typed come in one form. */
export function newLinkRows(world: World, links: NewLink[]): Row[] {
  const groups = Map.groupBy(links, ({ by, since }) => `${by} ${londonDay(since)}`)
  return [...groups.values()].flatMap((group) => (group[0] ? [newLinkRow(world, group, group[0])] : []))
}

function newLinkRow({ engineer, people, now }: World, group: NewLink[], { by, since }: NewLink): Row {
  const whose = engineer ? `${engineer.firstName}’s` : 'The engineer’s'
  const names = group.map(({ kind, name }) => kinds[kind] + (name === '' || kind === 'trello' ? '' : ` ${name}`))
  const what = `${whose} ${listWords(names)}`
  const when = londonDay(since) === londonDay(now) ? 'today' : whenWords(since, now)
  const own = by === engineer?.id
  const who = own ? engineer.firstName : (people.get(by)?.fullName ?? 'a colleague')
  const how = own ? `typed by ${who} ${when}` : `linked on ${who}’s word ${when}`
  return line(`new-${group.map(({ kind }) => kind).join('-')}`, 'warn', 'New', what, `${how}, not checked by a keeper`)
}
