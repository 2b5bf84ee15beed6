import type { BoardData, CardData } from '../page-data.ts'
import { createBadges } from './badges.ts'
import { createCardBack } from './card-back.ts'
import { createCommands } from './commands.ts'
import { contextOf } from './context.ts'
import { chooseViewer, drawBoards, drawControls } from './controls.ts'
import { byId } from './dom.ts'
import { createHost, type Host } from './host/host.ts'
import { createLists } from './lists.ts'
import { createChange, type Parts } from './parts.ts'
import { createPowerButtons } from './power-buttons.ts'
import { complain } from './problems.ts'
import { read, state } from './state.ts'
import { watchBoard } from './watch.ts'
import { createWindows } from './windows.ts'

/** The practice board: a page that stands where Trello's would, and hosts the Power-Up as Trello does. */

async function start(): Promise<void> {
  const [, kind, short = ''] = location.pathname.split('/')
  const card = kind === 'c' ? await read<CardData | null>(`/data/card/${short}`) : null
  const data = await read<BoardData | null>(`/data/board/${card?.boardShortLink ?? short}`)
  if (!data) {
    byId('board-name').textContent = 'There is no such board or card here'
    return
  }
  state.data = data
  chooseViewer()

  const windows = createWindows(() => host.frames)
  const host: Host = createHost({
    plugin: data.powerUp,
    context: contextOf,
    complain,
    commands: createCommands({
      windows,
      frameOf: (peer) => host.frames.of(peer.window),
      showCard: (id) => void back.open(id),
      hideCard: () => back.close(),
    }),
    done(frame) {
      if (frame.closest('#popup')) windows.closePopup()
      else if (frame.closest('#modal')) windows.closeModal()
    },
  })
  const parts: Parts = {
    host,
    windows,
    badges: createBadges(host),
    change: createChange(windows),
    openCard: (id) => void back.open(id),
  }
  const back = createCardBack(parts)
  const lists = createLists(parts)
  const boardButtons = createPowerButtons(host, 'board-buttons', byId('board-buttons'), {})

  function draw(): void {
    document.title = `${state.data.board.name} – practice board`
    byId('board-name').textContent = state.data.board.name
    drawBoards()
    lists.draw()
  }

  draw()
  drawControls(parts)
  lists.askBadges(null)
  void boardButtons.ask()
  watchBoard({
    async refresh() {
      const fresh = await read<BoardData | null>(`/data/board/${state.data.board.id}`)
      if (!fresh) return
      const known = new Set(state.data.cards.map((one) => one.id))
      state.data = fresh
      draw()
      for (const one of fresh.cards) if (!known.has(one.id)) lists.askBadges(one.id)
      await back.refresh()
    },
    askAgain(changed) {
      lists.askBadges(changed)
      if (changed === null) void boardButtons.ask()
      const told = changed === null || changed === state.open?.front.id ? back.askAgain() : null
      host.frames.renderOthers(told)
    },
  })
  if (card) await back.open(card.front.id)
}

void start()
