import { withClicked } from './clicked.ts'
import { button, byId, el, selectById } from './dom.ts'
import type { Parts } from './parts.ts'
import { act, member, state } from './state.ts'

/** What the practice board has and Trello has not: who is looking, the theme, and the way to other boards. */

const NOBODY = 'nobody'

/** Who is looking, from the address or this tab's last choice. */
export function chooseViewer(): void {
  const params = new URLSearchParams(location.search)
  const as = params.get('as') ?? sessionStorage.getItem('as') ?? state.data.members[0]?.username ?? NOBODY
  state.viewer = state.data.members.find((one) => one.username === as)?.id ?? ''
  sessionStorage.setItem('as', as)
  setTheme((params.get('theme') ?? sessionStorage.getItem('theme')) === 'dark' ? 'dark' : 'light')
}

export function drawControls(parts: Parts): void {
  drawWho()
  drawCalendar()
  const theme = selectById('theme')
  theme.value = state.theme
  theme.addEventListener('change', () => {
    setTheme(theme.value === 'dark' ? 'dark' : 'light')
    parts.host.frames.themeChanged(state.theme)
  })
  const settings = button('Power-Up settings', (self) => {
    void withClicked(self, (reference) => parts.host.ask('show-settings', { el: reference }))
  })
  byId('buttons').replaceChildren(
    button('Archived cards', (self) => openArchive(parts, self)),
    settings,
  )
}

/** The other boards of whoever is looking; drawn again when the board changes. */
export function drawBoards(): void {
  const { board, boards } = state.data
  const own = boards.filter((one) => one.id !== board.id && one.memberIds.includes(state.viewer))
  const link = (one: (typeof boards)[number]) => el('a', { href: `/b/${one.shortLink}` }, one.name)
  byId('boards').replaceChildren(...own.map(link))
}

function drawWho(): void {
  const select = selectById('who')
  const option = ({ id, username, fullName }: { id: string; username: string; fullName: string }) => {
    const role = state.data.roles[id]
    return el('option', { value: username }, role ? `${fullName} – ${role}` : fullName)
  }
  select.replaceChildren(...state.data.members.map(option), el('option', { value: NOBODY }, 'Nobody – signed out'))
  select.value = member(state.viewer)?.username ?? NOBODY
  select.addEventListener('change', () => {
    sessionStorage.setItem('as', select.value)
    // Another person has another page: everything is asked anew, and the address names nobody any longer.
    if (location.search === '') location.reload()
    else location.replace(location.pathname)
  })
}

/** Days pass for the product and the systems around it, where the board stands in a world whose calendar can be moved. */
function drawCalendar(): void {
  const { calendar } = state.data
  byId('calendar-label').hidden = calendar === null
  if (!calendar) return
  const select = selectById('calendar')
  select.replaceChildren(
    el('option', { value: '' }, calendar.today),
    ...calendar.steps.map((days) =>
      el('option', { value: `${days}` }, `Move the calendar by ${days} ${days === 1 ? 'day' : 'days'}`),
    ),
  )
  select.addEventListener('change', async () => {
    select.disabled = true
    await act({ do: 'move-calendar', days: Number(select.value) })
    location.reload()
  })
}

function setTheme(theme: 'light' | 'dark'): void {
  state.theme = theme
  sessionStorage.setItem('theme', theme)
  document.documentElement.dataset['theme'] = theme
}

function openArchive(parts: Parts, at: HTMLElement): void {
  const { archived } = state.data
  const cards = archived.map(({ id, name }) =>
    button(name, () => {
      parts.windows.closePopup()
      parts.openCard(id)
    }),
  )
  const body = el('div', { class: 'body menu' }, ...(cards.length > 0 ? cards : [el('p', {}, 'Nothing is archived.')]))
  parts.windows.openPanel('Archived cards', body, at.getBoundingClientRect())
}
