import type { Actor } from '../../requests/act.ts'
import { authorisation } from '../../requests/authorisation.ts'
import type { SectionView, WindowView } from '../api.ts'
import { acts } from './viewer.ts'
import { namingForm } from './windows/asking.ts'
import { emptyWindow } from './windows.ts'

/** What the card's button "Production access" opens, where that is none of the other windows. */

export interface UnknownCard {
  cardId: string
  /** Whether the viewer's board is connected. */
  connected: boolean
  candidates: { id: string; fullName: string; hint: string | null }[]
  levels: { id: string; name: string }[]
}

/** A card that is no copy of a template: whoever may attaches it, others read why not and who can. */
export function unknownCardWindow(card: UnknownCard, actor: Actor): WindowView {
  const base = { ...emptyWindow('card', card.cardId), title: 'Production access' }
  if (!card.connected) {
    const may = actor.roles.keeper || actor.roles.seniorTech
    return {
      ...base,
      refusal: may
        ? 'This board is not connected yet. Cards can be attached once it is.'
        : 'This board is not connected yet. A register keeper or Senior Tech can connect it in the Power-Up’s settings.',
      buttons: may ? [acts('Connect this board', 'connect-board', actor.boardId, {}, 'primary')] : [],
    }
  }
  if (card.candidates.length === 0)
    return {
      ...base,
      refusal: `This card is not a copy of a template. ${actor.person ? authorisation.attach.refusal : notLinked}`,
    }
  const form = namingForm(card)
  return {
    ...base,
    ...form,
    lines: ['This card is not a copy of a template, so say what it asks for.', ...(form.lines ?? [])],
  }
}

const notLinked =
  'You cannot attach it because your Trello account is not linked to a person yet. Tell us who you are on a copy of a template, or ask a register keeper.'

/** A card where nothing is to be filled in by this viewer: how it stands, and whatever they can press. */
export function standingWindow(section: SectionView, cardId: string): WindowView {
  const { headline, lines } = section.status
  return {
    ...emptyWindow('card', cardId),
    title: section.frameTitle,
    lines: [headline, ...lines],
    buttons: [section.primary, ...section.buttons].filter((button) => button !== null),
  }
}
