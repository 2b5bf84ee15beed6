import type { NewLink } from '../../../people/new-links.ts'
import type { World } from '../../../requests/act.ts'
import type { Row } from '../../api.ts'
import { line } from '../blocks.ts'
import { whenWords } from '../words.ts'

/** What the approver should look at twice: names that stand on somebody's word, and on no import of the register. */

const kinds: Record<NewLink['kind'], string> = {
  trello: 'Trello account',
  email: 'work email',
  github: 'GitHub username',
  aws: 'AWS user name',
}

export function newLinkRows(world: World, links: NewLink[]): Row[] {
  return links.map((link) => newLinkRow(world, link))
}

function newLinkRow({ engineer, people, now }: World, { kind, name, since, by }: NewLink): Row {
  const whose = engineer ? `${engineer.firstName}’s` : 'The engineer’s'
  const what = `${whose} ${kinds[kind]}${name === '' || kind === 'trello' ? '' : `, ${name},`} is new`
  const when = whenWords(since, now)
  const own = by === engineer?.id
  const who = own ? engineer.firstName : (people.get(by)?.fullName ?? 'a colleague')
  const how = own ? `typed by ${who} ${when}` : `linked on ${who}’s word ${when}`
  return line(`new-${kind}`, 'warn', 'New', what, `${how}. Not confirmed by an import of the register.`)
}
