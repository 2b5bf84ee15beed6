import type { CardFront } from '../page-data.ts'
import { clickedElement } from './clicked.ts'
import { field, textField } from './dom.ts'
import { pick } from './host/checks.ts'
import { HostFailure, MissingCard } from './host/failure.ts'
import type { Command } from './host/host.ts'
import type { Peer } from './host/messages.ts'
import { placeOf, powerUpData, storePowerUpData } from './power-up-data.ts'
import { openerOf } from './press.ts'
import { act, cardFront, member, state } from './state.ts'
import { setFrameHeight } from './window-frame.ts'
import type { Windows } from './windows.ts'

/** Everything that a Power-Up may ask of the page. */

const ALERT_LENGTH = 140
const LONGEST_STATE = 2048

export interface CommandParts {
  windows: Windows
  frameOf(peer: Peer): HTMLIFrameElement | null
  showCard(id: string): void
  hideCard(): void
}

export function createCommands(parts: CommandParts): Record<string, Command> {
  const { windows } = parts
  return {
    data: (options, context) => powerUpData(textField(options, 'idCard') || textField(context, 'card')),
    set(options, context) {
      storePowerUpData(
        placeOf(options, () => cardOf(context).id),
        textField(options, 'data'),
      )
    },
    card: (options, context) => pick('card', wholeCard(cardOf(context)), options['fields']),
    cards: (options) => state.data.cards.map((card) => pick('card', wholeCard(card), options['fields'])),
    list: (options, context) => pick('list', wholeList(cardOrListId(context)), options['fields']),
    lists: (options) => state.data.lists.map((list) => pick('list', wholeList(list.id), options['fields'])),
    member: (options) => pick('member', { ...member(state.viewer) }, options['fields']),
    board: (options) => pick('board', wholeBoard(), options['fields']),
    organization: (options) =>
      pick(
        'organization',
        { id: state.data.board.idOrganization, name: 'practice-workspace', paidStatus: 'free' },
        options['fields'],
      ),
    jwt: (options, context) => token(options, context),
    popup(options, context, peer) {
      const clicked = clickedElement(context['el'])?.getBoundingClientRect()
      const anchor = clicked ?? placeInFrame(parts.frameOf(peer), options['pos'])
      if (!anchor)
        throw new HostFailure('invalid context', 'a popup needs the element of a click that is still being answered')
      windows.openPopup(textField(options, 'title'), options['content'], options['callback'], anchor, openerOf(context))
    },
    'close-popup': () => windows.closePopup(),
    'pop-popup': () => windows.closePopup(),
    modal(options, context) {
      windows.openModal(options['content'], openerOf(context))
      return { closeListPluginActions: true }
    },
    'update-modal': (options) => windows.updateModal(options['content']),
    'close-modal': () => windows.closeModal(),
    'board-bar': (options, context) => windows.openBoardBar(options['content'], openerOf(context)),
    'close-board-bar': () => windows.closeBoardBar(),
    overlay() {
      throw new HostFailure('error', 'overlay is no longer supported')
    },
    'close-overlay': () => undefined,
    resize(options, _context, peer) {
      const height = Number(options['height'])
      if (!(height > 0)) throw new HostFailure('error', 'a height is a number above 0')
      const frame = parts.frameOf(peer)
      if (frame) setFrameHeight(frame, height)
    },
    alert(options) {
      const message = textField(options, 'message')
      if (message.length < 1 || message.length > ALERT_LENGTH)
        throw new HostFailure('error', `an alert has 1 to ${ALERT_LENGTH} characters`)
      const duration = options['duration'] ?? 5
      if (typeof duration !== 'number' || duration < 5 || duration > 30)
        throw new HostFailure('error', 'an alert stays for 5 to 30 seconds')
      windows.alert(message, duration)
    },
    hideAlert: () => windows.hideAlert(),
    navigate(options) {
      const url = textField(options, 'url')
      if (!URL.canParse(url) || new URL(url).origin !== location.origin)
        throw new HostFailure('error', 'navigate goes to pages of Trello only')
      location.assign(url)
    },
    showCard: (options) => parts.showCard(textField(options, 'idCard')),
    hideCard: () => parts.hideCard(),
    confetti: () => undefined,
    fireConfetti: () => undefined,
  }
}

/** The card that a call is about. One that is not on the board on screen is missing to Trello. */
function cardOf(context: Record<string, unknown>): CardFront {
  const found = cardFront(context['card'])
  if (!found) throw new MissingCard()
  return found
}

/** With a mouse event the library says where in its frame; the page adds where the frame is. */
function placeInFrame(frame: HTMLIFrameElement | null, pos: unknown): { left: number; bottom: number } | null {
  const [x, y] = [field(pos, 'x'), field(pos, 'y')]
  if (!frame || typeof x !== 'number' || typeof y !== 'number') return null
  const { left, top } = frame.getBoundingClientRect()
  return { left: left + x, bottom: top + y }
}

function cardOrListId(context: Record<string, unknown>): string {
  return context['card'] ? cardOf(context).idList : textField(context, 'list')
}

function wholeCard(card: CardFront): Record<string, unknown> {
  const { idMembers, isTemplate: _notGiven, checklists, ...rest } = card
  // On the front of the board the items are not loaded; once the card was open they are.
  const loaded = state.checklists.get(card.id) ?? checklists.map((head) => ({ ...head, checkItems: [] }))
  return {
    ...rest,
    attachments: [],
    checklists: loaded.map((checklist) => ({ ...checklist, idCard: card.id, idBoard: card.idBoard })),
    customFieldItems: [],
    dueComplete: false,
    start: null,
    badges: { ...card.badges, attachments: 0, due: card.due },
    members: idMembers.map((id) => memberFields(id)),
    url: `${location.origin}/c/${card.shortLink}/${card.idShort}`,
  }
}

function wholeList(id: string): Record<string, unknown> {
  const list = state.data.lists.find((one) => one.id === id)
  if (!list) throw new HostFailure('invalid context', 'missing list')
  return { id, name: list.name, cards: state.data.cards.filter((card) => card.idList === id).map(wholeCard) }
}

function wholeBoard(): Record<string, unknown> {
  const { board } = state.data
  return {
    ...board,
    customFields: [],
    labels: [],
    members: board.memberships.map(({ idMember }) => memberFields(idMember)),
    url: `${location.origin}/b/${board.shortLink}`,
    paidStatus: 'free',
  }
}

function memberFields(id: string): Record<string, unknown> {
  return { ...member(id), avatar: null }
}

async function token(options: Record<string, unknown>, context: Record<string, unknown>): Promise<unknown> {
  if (state.viewer === '') throw new HostFailure('error', 'nobody is signed in')
  const includeCard = options['includeCard'] === true
  const card = context['card'] ? cardOf(context).id : null
  if (includeCard && card === null) throw new HostFailure('error', 'there is no card to include')
  const { state: given } = options
  if (typeof given === 'string' && given.length > LONGEST_STATE)
    throw new HostFailure('error', 'the state of a token is too long')
  return field(await act({ do: 'jwt', state: given ?? null, includeCard, card }), 'token')
}
