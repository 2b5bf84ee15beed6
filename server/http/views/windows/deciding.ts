import type { World } from '../../../requests/act.ts'
import { levelOf, whoOf } from '../blocks.ts'
import { checks, type Form, field, part } from './fields.ts'
import { objectivesPart, reviewFields } from './reviewing.ts'

/** Windows of those who decide, and of the engineer who takes a request back. */

const readers = 'The engineer and their sponsors can read it.'

export function reviewForm(world: World): Form {
  return {
    title: `Review ${whoOf(world)}’s preparedness form`,
    act: 'review-preparedness',
    parts: [part('What you read', reviewFields(world)), objectivesPart(world)],
    submit: { text: 'Save review', tone: 'primary' },
  }
}

const changeReasons = [
  'The reason is not clear',
  'The Signon applications are not right',
  'A name in another system is not right',
  'Something on the checklist is missing',
].map((text) => ({ value: text, text, hint: null }))

export function changesForm(world: World): Form {
  return {
    title: `Ask ${whoOf(world)} for changes`,
    act: 'ask-for-changes',
    lines: ['The engineer is mentioned on the card. What you write stands in the section, not in the comment.'],
    parts: [
      part('What is missing', [
        checks('what', 'Choose what applies', changeReasons),
        field('textarea', 'line', 'Add a line', 'For example where to look.', '', false),
      ]),
    ],
    submit: { text: 'Ask for changes', tone: 'primary' },
  }
}

export function declineForm(world: World): Form {
  return {
    title: `Decline ${whoOf(world)}’s request`,
    act: 'decline',
    lines: ['This is final. The engineer can ask again, and the new request links to this one.'],
    parts: [part('Why', [field('textarea', 'reason', 'Why', readers, '', true)])],
    submit: { text: 'Decline', tone: 'danger' },
  }
}

export function withdrawForm(world: World, own: boolean): Form {
  const again = own
    ? 'You can ask again later on the same card.'
    : `${whoOf(world)} is told, and can ask again later on the same card.`
  return {
    title: own ? 'Withdraw the request' : `Withdraw ${whoOf(world)}’s request`,
    act: 'withdraw',
    lines: [`Nothing was granted. ${again}`],
    parts: [part('Why', [field('textarea', 'reason', 'Why (optional)', own ? null : readers, '', false)])],
    submit: { text: 'Withdraw', tone: 'danger' },
  }
}

export function stopForm(world: World): Form {
  return {
    title: `Stop giving ${whoOf(world)} ${levelOf(world)}`,
    act: 'stop',
    lines: [
      'Steps that have not begun do not begin. What is done stays until you decide: go on later, or revoke what is done?',
    ],
    parts: [part('Why', [field('textarea', 'reason', 'Why (optional)', readers, '', false)])],
    submit: { text: 'Stop', tone: 'danger' },
  }
}

export function lineManagerForm(world: World): Form {
  return {
    title: `${whoOf(world)} asks for ${levelOf(world)}`,
    act: 'line-manager-agrees',
    lines: [world.ruleSet.apprentice.sentence, 'If you do not agree, tell them. Nothing happens until you do.'],
    submit: { text: 'I agree', tone: 'primary' },
  }
}

export function recordLineManagerForm(world: World): Form {
  const manager = world.people.get(world.engineer?.lineManager?.value ?? '')
  return {
    title: `Record what ${manager?.fullName ?? 'the line manager'} said`,
    act: 'record-line-manager',
    lines: [`That ${whoOf(world)} may go for ${levelOf(world)}. Your name is kept beside theirs.`],
    parts: [
      part('What they said', [
        field('date', 'date', 'When', null, '', true),
        field('text', 'reference', 'Where it is written', 'For example a message or a meeting note.', '', true),
      ]),
    ],
    submit: { text: 'Record it', tone: 'primary' },
  }
}
