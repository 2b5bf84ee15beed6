import type { Actor, World } from '../../../requests/act.ts'
import { duplicate, mayOpen } from '../../../requests/acts/ask.ts'
import { helpSystems } from '../../../requests/acts/helping.ts'
import { finalStates } from '../../../requests/life.ts'
import type { AccountKind, PersonFacts } from '../../../rules/types.ts'
import type { Field } from '../../api.ts'
import { levelOf } from '../blocks.ts'
import { returningPart } from '../returning.ts'
import { choice, type Form, field, part, tick } from './fields.ts'

/** Forms before anybody decides: who you are, whose card it is, what is asked for; and asking for help. */

type Names = Partial<Record<AccountKind, string>>

function namesOf(accounts: PersonFacts['accounts']): Names {
  return Object.fromEntries(Object.values(accounts).map(({ kind, name }) => [kind, name]))
}

function nameFields({ email = '', github = '', aws = '' }: Names): Field[] {
  return [
    field('email', 'email', 'Work email', null, email, true),
    field('text', 'github', 'GitHub username', null, github, true),
    field('text', 'aws', 'AWS user name', 'The name of your IAM user, usually your work email.', aws, true),
  ]
}

/** What was revoked of whoever looks, and of nobody else. */
function ownReturn({ returning, engineer }: World, actor: Actor): World['returning'] {
  return engineer?.id === actor.person?.id ? returning : null
}

function detailFields(world: World, actor: Actor | null): Field[] {
  const returning = actor ? ownReturn(world, actor) : null
  // Somebody unlinked reads nothing of another's request.
  const apps = (actor && world.request?.signon_apps['production']) || returning?.signonApps['production'] || ['Release']
  return [
    ...nameFields({ ...returning?.accounts, ...namesOf(actor?.person?.accounts ?? {}) }),
    field(
      'textarea',
      'reason',
      'Why you need it',
      'For example: joining Search, deploying from 1 December.',
      (actor && world.request?.reason) || returning?.reason || '',
      true,
    ),
    field(
      'text',
      'signonApps',
      'Signon applications',
      'Separated by commas. Release is included.',
      apps.join(', '),
      false,
    ),
  ]
}

function apprenticeFields(world: World, actor: Actor): Field[] {
  const level = world.request?.level ?? world.card.level
  if (level !== world.ruleSet.apprentice.exception || actor.person?.apprentice?.value !== true) return []
  const said = world.request?.apprentice
  return [
    tick('confident', 'I am confident', said?.confident != null),
    tick('wantsSecondary', 'I want to take on a 2nd line shift as a Secondary', said?.wantsSecondary != null),
  ]
}

/** One form, known values filled in. Later it is the same form, for what is missing or changed. */
export function askForm(world: World, actor: Actor): Form {
  const { request } = world
  const fresh = !request || ['candidate', ...finalStates].includes(request.state)
  const title = fresh ? `Ask for ${levelOf(world)}` : 'Your details'
  const act = fresh ? 'ask' : 'give-details'
  const twice = fresh && request?.state !== 'candidate' ? duplicate(world) : null
  if (twice) return { title, act, refusal: twice.sentence }
  const apprentice = apprenticeFields(world, actor)
  return {
    title,
    act,
    subject: fresh ? world.card.id : (request?.id ?? world.card.id),
    lines: fresh ? ['What we know already is filled in. You are asked once, not for every card.'] : [],
    parts: [
      ...(fresh && ownReturn(world, actor) ? returningPart(world) : []),
      part('You and your names', detailFields(world, actor)),
      ...(apprentice.length > 0 ? [part('As an apprentice', apprentice, world.ruleSet.apprentice.sentence)] : []),
    ],
    submit: { text: fresh ? 'Ask for access' : 'Save details', tone: 'primary' },
  }
}

/** After the approval: a name in another system was wrong. */
export function namesForm(world: World): Form {
  return {
    title: 'Change your names',
    act: 'change-names',
    lines: ['What has not begun with an old name stops, and your sponsor approves it again with the new one.'],
    parts: [part('Your names in other systems', nameFields(namesOf(world.engineer?.accounts ?? {})))],
    submit: { text: 'Save names', tone: 'primary' },
  }
}

/** For somebody whose Trello account nobody has linked yet: what is typed counts from a colleague's Yes. */
export function claimForm(world: World, unlinked: { id: string; fullName: string }[]): Form {
  const people = unlinked.map(({ id, fullName }) => ({ value: id, text: fullName, hint: null }))
  const asks = world.card.kind === 'candidate' && !world.request
  return {
    title: asks ? `Ask for ${levelOf(world)}` : 'Tell us who you are',
    act: 'claim-identity',
    subject: world.card.id,
    lines: [
      'Nobody has linked this Trello account to a person yet. A linked colleague on this board confirms it with one click.',
      ...(asks ? ['What you type is kept and counts from that moment.'] : []),
    ],
    parts: [
      part('Who you are', [
        {
          ...choice('person', 'Your name', people),
          hint: 'If you are not in the list, ask a register keeper to add you.',
        },
      ]),
      ...(asks ? [part('What you ask for', detailFields(world, null))] : []),
    ],
    submit: { text: asks ? 'Ask for access' : 'Send', tone: 'primary' },
  }
}

interface Naming {
  candidates: { id: string; fullName: string; hint: string | null }[]
  /** Only for a card that is no copy of a template. */
  levels: { id: string; name: string }[]
}

const whose = { title: 'Who is this card for?', act: 'attach' }

export function attachForm(world: World, naming: Naming): Form {
  const refused = mayOpen({ ...world, engineer: null })
  return refused ? { ...whose, refusal: refused.sentence } : { ...namingForm(naming), subject: world.card.id }
}

/** Whose card it is, and for a card that is no copy of a template, what it asks for. */
export function namingForm({ candidates, levels }: Naming): Form {
  const people = candidates.map(({ id, fullName, hint }) => ({ value: id, text: fullName, hint }))
  const options = levels.map(({ id, name }) => ({ value: id, text: name, hint: null }))
  return {
    ...whose,
    lines: ['The engineer opens the request with a click of their own.'],
    parts: [
      part('The engineer', [
        choice('engineer', 'The engineer', people),
        ...(options.length > 0 ? [choice('level', 'Level', options)] : []),
      ]),
    ],
    submit: { text: 'Name the engineer', tone: 'primary' },
  }
}

export function helpForm(world: World): Form {
  const systems = helpSystems(world).map((system) => ({ value: system, text: system, hint: null }))
  return {
    title: 'Get help from 2nd line',
    act: 'ask-help',
    lines: ['It becomes 2nd line’s turn. The answer comes as a comment that mentions you.'],
    parts: [
      part('What is wrong', [
        choice('system', 'Which system', systems),
        field('textarea', 'what', 'What you see', 'What you did, and what happened instead.', '', true),
      ]),
    ],
    submit: { text: 'Ask 2nd line', tone: 'primary' },
  }
}
