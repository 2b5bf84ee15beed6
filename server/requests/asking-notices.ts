import { isSamePerson } from '../rules/same-person.ts'
import type { PersonFacts } from '../rules/types.ts'
import type { NewNotice, World } from './act.ts'
import { about, whoAndWhat } from './notices.ts'

/** Comments that ask somebody beside the engineer and the sponsor: 2nd line, a register keeper, the line manager. */

/** Asks the first who can answer and is on the board; never whoever asked, nor the engineer. */
export function helpAskedNotice(world: World, asker: PersonFacts, system: string, at: Date): NewNotice {
  const { engineer, people } = world
  const own = engineer !== null && isSamePerson(engineer, asker)
  const seniors = [...people.values()].filter((one) => one.seniorTech?.value === true).map(({ id }) => id)
  const lead = engineer?.techLead?.value
  const able = [...world.secondLine, ...(lead ? [lead] : []), ...seniors].flatMap((id) => people.get(id) ?? [])
  return {
    ...about(world),
    kind: `help:${system}`,
    turnSince: at,
    text: `${asker.fullName} asks for help with ${system}${own || !engineer ? '' : ` for ${engineer.fullName}`}. Open this card or the access queue on a computer to answer.`,
    mentions: able
      .filter((one) => !one.left?.value && !isSamePerson(one, asker) && !(engineer && isSamePerson(one, engineer)))
      .map(({ id }) => id),
    mention: 'first-on-board',
  }
}

export function helpAnsweredNotice(world: World, askedBy: string, system: string): NewNotice {
  return {
    ...about(world),
    kind: `help-answered:${system}`,
    text: `there is an answer to your question about ${system}. Open this card on a computer to read it.`,
    mentions: [askedBy],
  }
}

/** Never what is missing: any keeper on the board sees that on the card. */
export function keeperNotice(world: World, since: Date): NewNotice {
  const { who, level } = whoAndWhat(world)
  const others = world.keepers.filter((id) => id !== world.engineer?.id && !world.people.get(id)?.left?.value)
  return {
    ...about(world),
    kind: 'keeper',
    turnSince: since,
    text: `${who}’s request for ${level} needs a register keeper. Open this card on a computer.`,
    mentions: others,
    mention: 'first-on-board',
  }
}

export function lineManagerNotice(world: World, lineManager: string): NewNotice {
  const { who } = whoAndWhat(world)
  return {
    ...about(world),
    kind: 'line-manager',
    text: `${who} has asked for something that needs your word. Open this card on a computer to answer.`,
    mentions: [lineManager],
  }
}
