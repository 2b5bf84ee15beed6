import type { Actor, StepRow, World } from '../../requests/act.ts'
import type { Field, StepPanel, WindowPart, WindowView } from '../api.ts'
import { approveWindow, objectivesPart, reviewFields } from './approve-window.ts'
import { stepPanel, stepRow } from './step-view.ts'
import { viewerOn } from './viewer.ts'
import { listWords } from './words.ts'

/** Every form, by name. The server decides its words, its fields and what its button carries out. */

export interface WindowExtra {
  /** What stands on the screen, sent back with the act. */
  seen: string
  /** What this viewer typed before and did not send. */
  draft: Record<string, unknown>
  /** For "I am …": people whom nobody has linked yet. */
  unlinked: { id: string; fullName: string }[]
  /** For "Name the engineer": people who could be meant, card members first. */
  candidates: { id: string; fullName: string; hint: string | null }[]
  attempts: StepPanel['attempts']
  /** Card that nobody knows yet: the level is asked too. */
  levels: { id: string; name: string }[]
}

type Kind = 'text' | 'textarea' | 'email' | 'date'

export const windowNames = [
  'ask',
  'claim',
  'attach',
  'approve',
  'review',
  'changes',
  'decline',
  'withdraw',
  'stop',
  'undo',
  'revoke',
  'help',
  'answer-help',
  'step',
  'your-steps',
  'cannot-step',
  'hand-over-step',
  'line-manager',
  'record-line-manager',
] as const
export type WindowName = (typeof windowNames)[number]

export function isWindowName(text: string): text is WindowName {
  return windowNames.some((name) => name === text)
}

/** The window of a name for one viewer; `subject` is what the act will be about. */
export function windowView(
  name: WindowName,
  world: World,
  actor: Actor,
  step: StepRow | null,
  extra: WindowExtra,
): WindowView {
  const form = formOf(name, world, actor, step, extra)
  const viewer = viewerOn(world, actor)
  const base: WindowView = {
    name,
    title: '',
    lines: [],
    changed: [],
    parts: [],
    act: '',
    subject: step?.id ?? world.request?.id ?? world.card.id,
    seen: extra.seen,
    submit: { text: 'Send', tone: 'primary' },
    buttons: [],
    refusal: null,
    then: 'close',
  }
  if (viewer.relations.has('unlinked') && name !== 'claim' && name !== 'ask')
    return {
      ...base,
      title: 'Tell us who you are',
      refusal:
        'You cannot do this because your Trello account is not linked to a person yet. Tell us who you are on this card, or ask a register keeper.',
    }
  return withDraft({ ...base, ...form }, extra.draft)
}

type Form = Partial<WindowView> & { title: string; act: string }

function formOf(name: WindowName, world: World, actor: Actor, step: StepRow | null, extra: WindowExtra): Form {
  const who = world.engineer?.fullName ?? 'the engineer'
  const first = world.engineer?.firstName ?? 'The engineer'
  const level = world.plan?.levelName ?? world.ruleSet.levels[world.card.level]?.name ?? ''
  switch (name) {
    case 'approve':
      return approveWindow(world, actor)
    case 'ask':
      return actor.person ? askForm(world, actor, level) : claimForm(world, extra, level)
    case 'claim':
      return claimForm(world, extra, level)
    case 'attach':
      return attachForm(world, extra)
    case 'review':
      return {
        title: `Review ${who}’s preparedness form`,
        act: 'review-preparedness',
        parts: [part('What you read', reviewFields(world)), objectivesPart(world)],
        submit: { text: 'Save review', tone: 'primary' },
      }
    case 'changes':
      return {
        title: `Ask ${who} for changes`,
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
    case 'decline':
      return {
        title: `Decline ${who}’s request`,
        act: 'decline',
        lines: ['This is final. The engineer can ask again, and the new request links to this one.'],
        parts: [
          part('Why', [field('textarea', 'reason', 'Why', 'The engineer and their sponsors can read it.', '', true)]),
        ],
        submit: { text: 'Decline', tone: 'danger' },
      }
    case 'withdraw':
      return {
        title: 'Withdraw the request',
        act: 'withdraw',
        lines: ['Nothing was granted. You can ask again later on the same card.'],
        parts: [part('Why', [field('textarea', 'reason', 'Why (optional)', null, '', false)])],
        submit: { text: 'Withdraw', tone: 'danger' },
      }
    case 'stop':
      return {
        title: `Stop giving ${who} ${level}`,
        act: 'stop',
        lines: [
          'Steps that have not begun do not begin. What is done stays until you revoke it: go on later, or revoke what is done.',
        ],
        parts: [
          part('Why', [
            field('textarea', 'reason', 'Why (optional)', 'The engineer and their sponsors can read it.', '', false),
          ]),
        ],
        submit: { text: 'Stop', tone: 'danger' },
      }
    case 'undo':
      return undoForm(world, who, level)
    case 'revoke':
      return revokeForm(world, step, who)
    case 'help':
      return {
        title: 'Get help from 2nd line',
        act: 'ask-help',
        lines: ['It becomes 2nd line’s turn. The answer comes as a comment that mentions you.'],
        parts: [
          part('What is wrong', [
            choice(
              'system',
              'Which system',
              systemsOf(world).map((system) => ({ value: system, text: system, hint: null })),
            ),
            field('textarea', 'what', 'What you see', 'What you did, and what happened instead.', '', true),
          ]),
        ],
        submit: { text: 'Ask 2nd line', tone: 'primary' },
      }
    case 'answer-help': {
      const open = world.helps.filter((help) => help.answered_at === null)
      return {
        title: `Answer ${who}`,
        act: 'answer-help',
        parts: [
          part('The question', [
            choice(
              'help',
              'Which question',
              open.map((help) => ({ value: help.id, text: `${help.system}: ${help.what}`, hint: null })),
            ),
            field('textarea', 'answer', 'Your answer', null, '', true),
          ]),
        ],
        submit: { text: 'Send the answer', tone: 'primary' },
      }
    }
    case 'step':
      return stepForm(world, actor, step, extra)
    case 'your-steps':
      return yourSteps(world, actor, first)
    case 'cannot-step':
      return {
        title: `I cannot do this: ${step?.plan.words.short ?? ''}`,
        act: 'cannot-step',
        parts: [
          part('Why', [
            choice('why', 'Why not', [
              { value: 'not-in-the-list', text: 'Not in the list', hint: 'The person has not signed in there yet.' },
              { value: 'no-permission', text: 'No permission', hint: null },
              { value: 'system-down', text: 'System down', hint: null },
              { value: 'instructions-wrong', text: 'Instructions wrong', hint: null },
              { value: 'other', text: 'Other', hint: null },
            ]),
            field('text', 'line', 'Add a line (optional)', null, '', false),
          ]),
        ],
        submit: { text: 'Send', tone: 'primary' },
      }
    case 'hand-over-step':
      return {
        title: `Hand over: ${step?.plan.words.short ?? ''}`,
        act: 'hand-over-step',
        parts: [
          part('To whom', [
            choice('to', 'Who takes it', [
              { value: 'second-line', text: '2nd line, whoever takes it', hint: null },
              ...[...new Set([...world.secondLine, ...world.sponsors])]
                .filter((id) => id !== actor.person?.id && id !== world.engineer?.id)
                .map((id) => ({ value: id, text: world.people.get(id)?.fullName ?? id, hint: null })),
            ]),
          ]),
        ],
        submit: { text: 'Hand over', tone: 'primary' },
      }
    case 'line-manager':
      return {
        title: `${who} asks for ${level}`,
        act: 'line-manager-agrees',
        lines: [world.ruleSet.apprentice.sentence],
        parts: [],
        submit: { text: 'I agree', tone: 'primary' },
      }
    case 'record-line-manager':
      return {
        title: 'Record what the line manager said',
        act: 'record-line-manager',
        parts: [
          part('What they said', [
            field('date', 'date', 'When', null, '', true),
            field('text', 'reference', 'Where it is written', 'For example a message or a meeting note.', '', true),
          ]),
        ],
        submit: { text: 'Record it', tone: 'primary' },
      }
  }
}

const changeReasons = [
  { value: 'The reason is not clear', text: 'The reason is not clear' },
  { value: 'The Signon applications are not right', text: 'The Signon applications are not right' },
  { value: 'A name in another system is not right', text: 'A name in another system is not right' },
  { value: 'Something on the checklist is missing', text: 'Something on the checklist is missing' },
]

function systemsOf(world: World): string[] {
  return [...new Set((world.plan?.steps ?? []).map((step) => step.systemName)), 'Something else']
}

export function field(
  kind: Kind,
  name: string,
  label: string,
  hint: string | null,
  value: string,
  required: boolean,
): Field {
  return { kind, name, label, hint, value, required, link: null }
}

function choice(
  name: string,
  label: string,
  options: { value: string; text: string; hint: string | null }[],
): Extract<Field, { kind: 'choice' }> {
  return { kind: 'choice', name, label, hint: null, value: '', options, required: true, link: null }
}

function checks(name: string, label: string, options: { value: string; text: string }[]): Field {
  return { kind: 'checks', name, label, hint: null, values: [], options, required: false, link: null }
}

export function part(title: string, fields: Field[], legend: string | null = null): WindowPart {
  return { title, aside: null, text: [], rows: [], folds: [], legend, fields }
}

function detailFields(world: World, actor: Actor): Field[] {
  const accounts = actor.person?.accounts ?? {}
  const apps = world.request?.signon_apps['production'] ?? ['Release']
  return [
    field('email', 'email', 'Work email', null, accounts.email?.name ?? '', true),
    field('text', 'github', 'GitHub username', null, accounts.github?.name ?? '', true),
    field(
      'text',
      'aws',
      'AWS user name',
      'The name of your IAM user, usually your work email.',
      accounts.aws?.name ?? '',
      true,
    ),
    field(
      'textarea',
      'reason',
      'Why you need it',
      'For example: joining Search, deploying from 1 December.',
      world.request?.reason ?? '',
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
  const tick = (name: string, label: string, checked: boolean): Field => ({
    kind: 'check',
    name,
    label,
    hint: null,
    checked,
    required: false,
    link: null,
  })
  return [
    tick('confident', 'I am confident', said?.confident != null),
    tick('wantsSecondary', 'I want to take on a 2nd line shift as a Secondary', said?.wantsSecondary != null),
  ]
}

function askForm(world: World, actor: Actor, level: string): Form {
  const { request } = world
  const fresh = !request || ['candidate', 'declined', 'withdrawn', 'expired', 'ended'].includes(request.state)
  const apprentice = apprenticeFields(world, actor)
  return {
    title: fresh ? `Ask for ${level}` : 'Your details',
    act: fresh ? 'ask' : 'give-details',
    subject: fresh ? world.card.id : (request?.id ?? world.card.id),
    lines: fresh ? ['What we know already is filled in. You are asked once, not for every card.'] : [],
    parts: [
      part('You and your names', detailFields(world, actor)),
      ...(apprentice.length > 0 ? [part('As an apprentice', apprentice, world.ruleSet.apprentice.sentence)] : []),
    ],
    submit: { text: fresh ? 'Ask for access' : 'Save details', tone: 'primary' },
  }
}

function claimForm(world: World, extra: WindowExtra, level: string): Form {
  const people = extra.unlinked.map(({ id, fullName }) => ({ value: id, text: fullName, hint: null }))
  const asks = world.card.kind === 'candidate' && !world.request
  return {
    title: asks ? `Ask for ${level}` : 'Tell us who you are',
    act: 'claim-identity',
    subject: world.card.id,
    lines: [
      'Nobody has linked this Trello account to a person yet. A linked colleague on this board confirms it with one click.',
      asks ? 'What you type is kept and counts from that moment.' : '',
    ].filter((text) => text !== ''),
    parts: [
      part('Who you are', [
        {
          ...choice('person', 'Your name', people),
          hint: 'If you are not in the list, ask a register keeper to add you.',
        },
      ]),
      ...(asks
        ? [
            part('What you ask for', [
              field('email', 'email', 'Work email', null, '', true),
              field('text', 'github', 'GitHub username', null, '', true),
              field('text', 'aws', 'AWS user name', 'The name of your IAM user, usually your work email.', '', true),
              field('textarea', 'reason', 'Why you need it', null, '', true),
              field(
                'text',
                'signonApps',
                'Signon applications',
                'Separated by commas. Release is included.',
                'Release',
                false,
              ),
            ]),
          ]
        : []),
    ],
    submit: { text: asks ? 'Ask for access' : 'Send', tone: 'primary' },
  }
}

function attachForm(world: World, extra: WindowExtra): Form {
  const people = extra.candidates.map(({ id, fullName, hint }) => ({ value: id, text: fullName, hint }))
  return {
    title: 'Who is this card for?',
    act: 'attach',
    subject: world.card.id,
    lines: ['The engineer opens the request with a click of their own.'],
    parts: [
      part('The engineer', [
        choice('engineer', 'The engineer', people),
        ...(extra.levels.length > 0
          ? [
              choice(
                'level',
                'Level',
                extra.levels.map(({ id, name }) => ({ value: id, text: name, hint: null })),
              ),
            ]
          : []),
      ]),
    ],
    submit: { text: 'Name the engineer', tone: 'primary' },
  }
}

function undoForm(world: World, who: string, level: string): Form {
  const goes = world.steps.filter(
    (step) => step.direction === 'grant' && (step.receipt || ['verified', 'seen', 'done'].includes(step.state)),
  )
  return {
    title: `Revoke ${level} of ${who}`,
    act: 'undo-granted',
    parts: [
      {
        ...part('What goes', []),
        rows: goes.map((step) => ({
          key: step.id,
          mark: 'none' as const,
          word: step.plan.systemName,
          title: step.plan.words.undo,
          detail: null,
          who: step.method === 'task' ? 'by people' : null,
          since: null,
          trap: null,
          buttons: [],
          links: [],
        })),
      },
      {
        ...part('What stays, until when', []),
        text: [
          ...new Set(goes.flatMap((step) => step.plan.alsoAppearsIn ?? [])),
          'Sessions that are open now may last until they end, at most 8 hours.',
        ],
      },
      part('Revoke', [
        field('textarea', 'reason', 'Why (optional)', 'The engineer and their sponsors can read it.', '', false),
      ]),
    ],
    submit: { text: `Revoke ${level}`, tone: 'danger' },
    then: 'progress',
  }
}

function revokeForm(world: World, step: StepRow | null, who: string): Form {
  const goes = world.steps.filter(
    (one) =>
      one.direction === 'grant' &&
      (one.key === step?.key || (one.method === 'follows' && one.plan.after.includes(step?.key ?? ''))),
  )
  return {
    title: `Revoke ${step?.plan.words.short ?? ''} of ${who}`,
    act: 'revoke-holding',
    subject: world.request?.id ?? world.card.id,
    parts: [
      { ...part('What goes', []), text: goes.map((one) => one.plan.words.undo) },
      {
        ...part('What stays', []),
        text: [
          listWords(
            world.holdings
              .filter((one) => !goes.some((gone) => gone.key === one.grant_key))
              .map((one) => world.steps.find((other) => other.key === one.grant_key)?.plan.words.short ?? one.system),
          ) || 'Nothing of this level.',
        ],
      },
      part('Revoke', [
        {
          ...choice('key', 'What is revoked', [
            { value: step?.key ?? '', text: step?.plan.words.undo ?? '', hint: null },
          ]),
          value: step?.key ?? '',
        },
        field('textarea', 'reason', 'Why', 'The engineer and their sponsors can read it.', '', true),
      ]),
    ],
    submit: { text: `Revoke ${step?.plan.words.short ?? ''}`, tone: 'danger' },
    then: 'progress',
  }
}

function stepForm(world: World, actor: Actor, step: StepRow | null, extra: WindowExtra): Form {
  if (!step) return { title: 'Step', act: '', refusal: 'We do not know this step any more.' }
  const panel = stepPanel(step, world, viewerOn(world, actor), actor, extra.attempts)
  return {
    title: panel.title,
    act: '',
    lines: [panel.why, panel.approved, panel.taken ?? ''].filter((text) => text !== ''),
    parts: [
      {
        ...part('Do it', []),
        aside: panel.before,
        rows: panel.clicks.map((click, i) => ({
          key: `click-${i}`,
          mark: 'none' as const,
          word: String(i + 1),
          title: click.text,
          detail: null,
          ...(click.copy ? { copy: click.copy } : {}),
          who: null,
          since: null,
          trap: null,
          buttons: [],
          links: click.link ? [click.link] : [],
        })),
        text: panel.looksRight === '' ? [] : [`Right looks like: ${panel.looksRight}`],
      },
      ...(panel.attempts.length > 0
        ? [
            {
              ...part('Attempts', []),
              folds: [
                {
                  id: 'attempts',
                  title: `${panel.attempts.length} attempts`,
                  rows: [],
                  text: panel.attempts.map((one) => one.text),
                },
              ],
            },
          ]
        : []),
    ],
    buttons: panel.buttons,
  }
}

function yourSteps(world: World, actor: Actor, first: string): Form {
  const viewer = viewerOn(world, actor)
  const own = world.steps.filter((step) => step.turn === 'engineer' && step.direction === 'grant')
  return {
    title: viewer.isEngineer ? 'Your steps' : `${first}’s steps`,
    act: '',
    lines:
      own.length === 0
        ? ['Nothing is left for you to do.']
        : ['Links open in a new tab. What we can see by ourselves is verified within a minute.'],
    parts: [{ ...part('To do', []), rows: own.map((step) => stepRow(step, world, viewer, actor)) }],
  }
}

/** Puts back what this viewer typed before. */
function withDraft(view: WindowView, draft: Record<string, unknown>): WindowView {
  const filled = (one: Field): Field => {
    const value = draft[one.name]
    if (one.kind === 'check') return typeof value === 'boolean' ? { ...one, checked: value } : one
    if (one.kind === 'checks') return Array.isArray(value) ? { ...one, values: value.map(String) } : one
    if (one.kind === 'file') return one
    return typeof value === 'string' && value !== '' ? { ...one, value } : one
  }
  return { ...view, parts: view.parts.map((each) => ({ ...each, fields: each.fields.map(filled) })) }
}
