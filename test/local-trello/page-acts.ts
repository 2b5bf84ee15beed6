import type { MovableCalendar } from './local-trello.ts'
import type { Model } from './model.ts'
import { placeOf } from './page-data.ts'
import type { TokenSigner } from './signer.ts'

/** What somebody does on the board page. Here as in Trello the page only asks; who may do it is looked up. */
export interface PageActs {
  /** The answer for the page, or `null` when there is no such card or act. */
  act(body: Record<string, unknown>): Promise<unknown>
}

export interface PageActParts {
  model: Model
  signer: TokenSigner
  problem(text: string): void
  idPlugin: string
  calendar: MovableCalendar | null
  now(): Date
}

/** The page keeps a token until a minute before its end: the same state gives the same token. */
const TOKEN_KEPT_MS = 14 * 60_000

export function createPageActs(parts: PageActParts): PageActs {
  const { model } = parts
  const tokens = new Map<string, { token: string; until: number }>()

  async function token(claims: Parameters<TokenSigner['sign']>[0]): Promise<string> {
    const key = JSON.stringify(claims)
    const kept = tokens.get(key)
    const now = parts.now().getTime()
    if (kept && kept.until > now) return kept.token
    const made = await parts.signer.sign(claims)
    tokens.set(key, { token: made, until: now + TOKEN_KEPT_MS })
    return made
  }

  function onBoard(what: string, by: string, text: (name: string) => string): unknown {
    if (what !== 'create' || !mayEditList(text('list'), by)) return null
    return model.createCard(by, text('list'), text('name'))
  }

  function mayEditList(id: string, by: string): boolean {
    const list = model.lists.find((one) => one.id === id)
    const board = list && model.board(list.idBoard)
    return board !== undefined && model.mayEdit(board, by)
  }

  function onCard(what: string, by: string, text: (name: string) => string, on: boolean): unknown {
    const card = model.card(text('card'))
    const board = card && model.board(card.idBoard)
    if (!card || !board || !model.mayEdit(board, by)) return null
    if ((what === 'copy' || what === 'move') && !mayEditList(text('list'), by)) return null
    switch (what) {
      case 'copy':
        return model.copyCard(by, card, text('list'), text('name'))
      case 'tick':
        return model.tick(by, card, text('item'), on)
      case 'comment':
        return model.comment(by, card, text('text'))
      case 'rename':
        model.rename(by, card, text('name'))
        return card
      case 'describe':
        model.describe(by, card, text('text'))
        return card
      case 'member':
        model.setMember(by, card, text('member'), on)
        return card
      case 'move':
        model.move(by, card, text('list'))
        return card
      case 'close':
        model.setClosed(by, card, on)
        return card
      case 'delete':
        model.remove(by, card)
        return {}
      default:
        return null
    }
  }

  return {
    async act(body) {
      const text = (name: string) => String(body[name] ?? '')
      const by = text('by')
      const what = text('do')
      switch (what) {
        case 'problem':
          parts.problem(text('text'))
          return {}
        case 'move-calendar': {
          const days = Number(body['days'])
          if (!parts.calendar?.steps.includes(days)) return null
          await parts.calendar.move(days)
          return {}
        }
        case 'jwt': {
          if (!model.member(by)) return null
          const card = model.card(text('card'))
          return {
            token: await token({
              idPlugin: parts.idPlugin,
              idBoard: text('board'),
              idMember: by,
              ...(card && body['includeCard'] === true ? { idCard: card.id } : {}),
              ...(typeof body['state'] === 'string' ? { state: body['state'] } : {}),
            }),
          }
        }
        case 'plugin-data': {
          const at = { board: text('board'), card: text('card'), idMember: by }
          const idCard = text('scope') === 'card' ? at.card : null
          const board = model.board(at.board)
          if (!board || !model.member(by)) return null
          if (text('visibility') === 'shared' && !model.mayEdit(board, by)) return null
          model.setPluginData(placeOf(model, text('scope'), text('visibility'), at), text('data'), {
            idBoard: at.board,
            idCard,
          })
          return {}
        }
        default:
          return onBoard(what, by, text) ?? onCard(what, by, text, body['on'] === true)
      }
    },
  }
}
