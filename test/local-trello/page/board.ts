import { type Callback, createHost, type Host, HostFailure, type Who } from './host.js'

/** The board page: lists, fronts with badges, the card back, and everything that a Power-Up may ask of its host. */

interface Member {
  id: string
  fullName: string
  username: string
}
interface Item {
  id: string
  name: string
  state: string
}
interface Checklist {
  id: string
  name: string
  checkItems: Item[]
}
interface Card {
  id: string
  shortLink: string
  idBoard: string
  idList: string
  name: string
  desc: string
  isTemplate: boolean
  idMembers: string[]
  checklists?: Checklist[]
  badges?: { checkItems: number; checkItemsChecked: number }
  dateLastActivity: string
}
interface Badge {
  text?: string
  color?: string
  icon?: string
  title?: string
  refresh?: number
  dynamic?: Callback
}
interface Data {
  board: { id: string; shortLink: string; name: string; members: string[] }
  boards: { id: string; shortLink: string; name: string; members: string[] }[]
  lists: { id: string; name: string }[]
  members: Member[]
  cards: Card[]
  powerUp: { id: string; name: string; capabilities: string[]; connectorUrl: string }
}

const $ = <T extends HTMLElement>(id: string) => document.getElementById(id) as T
const params = new URLSearchParams(location.search)
const root = document.documentElement
let data: Data
let host: Host
let opened: { card: Card; comments: { idMemberCreator: string; data: { text: string }; date: string }[] } | null = null
let who: Who = { member: '', theme: params.get('theme') === 'dark' ? 'dark' : 'light' }
const openedOnce = new Map<string, Checklist[]>()

async function get<T>(path: string): Promise<T> {
  return (await (await fetch(path)).json()) as T
}

async function act(body: Record<string, unknown>): Promise<Record<string, unknown>> {
  const answer = await fetch('/act', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ by: who.member, board: data.board.id, ...body }),
  })
  if (!answer.ok) throw new HostFailure('error', `the practice board refused ${String(body['do'])}`)
  return (await answer.json()) as Record<string, unknown>
}

function complain(text: string): void {
  const strip = $('problems')
  strip.hidden = false
  strip.textContent = `The host would have hidden this: ${text}`
  void act({ do: 'problem', text }).catch(() => {})
}

function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  more: Partial<Record<string, string>> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(more))
    if (value !== undefined) name === 'class' ? made.setAttribute('class', value) : made.setAttribute(name, value)
  made.append(...children)
  return made
}

function button(text: string, click: (event: MouseEvent) => void, cls = ''): HTMLButtonElement {
  const made = el('button', { type: 'button', ...(cls ? { class: cls } : {}) }, text)
  made.addEventListener('click', click)
  return made
}

const given: Record<string, string[]> = {
  card: 'address attachments badges checklists closed coordinates cover customFieldItems dateLastActivity desc due dueComplete id idList idShort labels locationName members name pos shortLink start staticMapUrl url'.split(
    ' ',
  ),
  board:
    'customFields dateLastActivity id idOrganization labels members memberships name shortLink url paidStatus'.split(
      ' ',
    ),
  list: 'id name cards'.split(' '),
  member: 'id fullName username initials avatar paidStatus'.split(' '),
}

function pick(kind: string, from: Record<string, unknown>, fields: unknown): Record<string, unknown> {
  const names = Array.isArray(fields) ? fields.map(String) : []
  const wanted = names.includes('all') ? (given[kind] ?? []) : names
  for (const name of wanted)
    if (!given[kind]?.includes(name)) throw new HostFailure('error', `${kind} has no field ${name}`)
  return Object.fromEntries(wanted.map((name) => [name, from[name] ?? null]))
}

function cardFields(id: unknown): Record<string, unknown> {
  const card = data.cards.find((one) => one.id === id)
  if (!card) throw new HostFailure('invalid context', 'missing card')
  return {
    ...card,
    members: data.members.filter((member) => card.idMembers.includes(member.id)),
    checklists: openedOnce.get(card.id) ?? [],
    url: `${location.origin}/c/${card.shortLink}`,
  }
}

const clicked = new Map<string, HTMLElement>()
function reference(element: HTMLElement): string {
  const id = `el-${clicked.size}-${Math.floor(performance.now())}`
  clicked.set(id, element)
  return id
}

const LARGEST_DATA = 4096

const commands = {
  data: (_options: Record<string, unknown>, context: Record<string, unknown>) =>
    get(`/data/plugin?board=${data.board.id}&card=${String(context['card'] ?? '')}&by=${who.member}`),
  set: async (options: Record<string, unknown>, context: Record<string, unknown>) => {
    const text = String(options['data'] ?? '')
    if (text.length > LARGEST_DATA)
      throw new HostFailure('error', `${String(options['scope'])} data is longer than ${LARGEST_DATA} characters`)
    if (/"[A-Za-z0-9_-]{60,}"/.test(text)) throw new HostFailure('error', 'shared data that looks like a secret')
    void act({
      do: 'pluginData',
      scope: options['scope'],
      visibility: options['visibility'],
      data: text,
      card: options['idCard'] ?? context['card'],
    })
    return null
  },
  card: (options: Record<string, unknown>, context: Record<string, unknown>) =>
    pick('card', cardFields(context['card']), options['fields']),
  cards: (options: Record<string, unknown>) =>
    data.cards.map((card) => pick('card', cardFields(card.id), options['fields'])),
  list: (options: Record<string, unknown>, context: Record<string, unknown>) =>
    pick('list', { ...(data.lists.find((list) => list.id === context['list']) ?? {}) }, options['fields']),
  lists: (options: Record<string, unknown>) =>
    data.lists.map((list) =>
      pick('list', { ...list, cards: data.cards.filter((card) => card.idList === list.id) }, options['fields']),
    ),
  member: (options: Record<string, unknown>) =>
    pick('member', { ...(data.members.find((member) => member.id === who.member) ?? {}) }, options['fields']),
  board: (options: Record<string, unknown>) =>
    pick(
      'board',
      { ...data.board, url: location.href, members: data.members.filter((one) => data.board.members.includes(one.id)) },
      options['fields'],
    ),
  organization: () => null,
  jwt: async (options: Record<string, unknown>, context: Record<string, unknown>) => {
    if (who.member === '') throw new HostFailure('not handled', 'signed out')
    if (options['includeCard'] === true && !context['card']) throw new HostFailure('error', 'there is no card')
    const { token } = await act({
      do: 'jwt',
      state: options['state'] ?? null,
      includeCard: options['includeCard'] === true,
      card: context['card'],
    })
    return token
  },
  popup: (options: Record<string, unknown>, context: Record<string, unknown>) => {
    if (!options['pos'] && !clicked.has(String(context['el'] ?? '')))
      throw new HostFailure('error', 'a popup needs the element that was clicked')
    openPopup(String(options['title'] ?? ''), options['content'] as Record<string, unknown>)
    return null
  },
  'close-popup': () => $<HTMLDialogElement>('popup').close(),
  'pop-popup': () => $<HTMLDialogElement>('popup').close(),
  modal: (options: Record<string, unknown>) => {
    openModal(options['content'] as Record<string, unknown>)
    return { closeListPluginActions: true }
  },
  'update-modal': (options: Record<string, unknown>) => {
    const content = options['content'] as { title?: string } | undefined
    if (content?.title) $('modal').querySelector('h2')?.replaceChildren(content.title)
    return null
  },
  'close-modal': () => closeModal(),
  resize: (options: Record<string, unknown>, _context: Record<string, unknown>, peer: { window: Window }) => {
    const frame = host.frameOf(peer.window)
    const inModal = frame?.closest('#modal')
    if (frame) frame.style.height = `${Math.min(1500, Number(options['height'] ?? 0))}px`
    if (frame && inModal && !inModal.classList.contains('full')) frame.style.maxHeight = '80vh'
    return null
  },
  alert: (options: Record<string, unknown>) => {
    const text = String(options['message'] ?? '')
    if (text.length < 1 || text.length > 140) throw new HostFailure('error', 'an alert has 1 to 140 characters')
    $('alert').textContent = text
    $('alert').classList.add('shown')
    setTimeout(() => $('alert').classList.remove('shown'), 5000)
    return null
  },
  hideAlert: () => null,
  navigate: (options: Record<string, unknown>) => {
    open(String(options['url']), '_blank')
    return null
  },
  showCard: (options: Record<string, unknown>) => void openCard(String(options['idCard'])),
  hideCard: () => closeCard(),
}

let modalOpener: HTMLElement | null = null

function openModal(content: Record<string, unknown>): void {
  const dialog = $<HTMLDialogElement>('modal')
  closeModal()
  modalOpener = document.activeElement as HTMLElement | null
  const frame = host.open(String(content['url']))
  frame.title = String(content['title'] ?? 'Production access')
  frame.style.height = `${Number(content['height'] ?? 400)}px`
  dialog.classList.toggle('full', content['fullscreen'] === true)
  if (content['fullscreen'] === true) frame.style.height = '100%'
  const head = el(
    'div',
    { class: 'head' },
    el('h2', { id: 'modal-title' }, String(content['title'] ?? '')),
    button('Close', closeModal, 'quiet'),
  )
  dialog.replaceChildren(head, frame)
  dialog.showModal()
}

function closeModal(): null {
  const dialog = $<HTMLDialogElement>('modal')
  for (const frame of dialog.querySelectorAll('iframe')) host.close(frame)
  if (dialog.open) dialog.close()
  modalOpener?.focus()
  if (opened) for (const frame of $('card').querySelectorAll('iframe')) host.render(frame)
  return null
}

function openPopup(title: string, content: Record<string, unknown>): void {
  const dialog = $<HTMLDialogElement>('popup')
  const body = el('div', { class: 'body' })
  const run = (callback: unknown) => {
    if (typeof callback === 'function') void (callback as Callback)({}, {})
    dialog.close()
  }
  if (content['type'] === 'confirm') {
    body.append(
      el('p', {}, String(content['message'] ?? '')),
      button(String(content['confirmText'] ?? 'OK'), () => run(content['onConfirm']), 'primary'),
      button(String(content['cancelText'] ?? 'Cancel'), () => run(content['onCancel'])),
    )
  } else if (content['type'] === 'list') {
    const items = Array.isArray(content['items']) ? (content['items'] as { text: string; callback?: Callback }[]) : []
    for (const item of items) body.append(button(item.text, () => run(item.callback)))
  } else if (content['type'] === 'iframe') {
    const frame = host.open(String(content['url']))
    frame.style.height = `${Number(content['height'] ?? 300)}px`
    body.append(frame)
  }
  dialog.replaceChildren(
    el(
      'div',
      { class: 'head' },
      el('h2', { id: 'popup-title' }, title),
      button('Close', () => dialog.close(), 'quiet'),
    ),
    body,
  )
  if (!dialog.open) dialog.showModal()
}

// --- badges ---

const FASTEST_REFRESH = 10
const loops = new Map<string, ReturnType<typeof setTimeout>[]>()

function drawBadge(badge: Badge, place: HTMLElement): void {
  if (badge.text === undefined || badge.text === '') place.replaceChildren()
  else place.replaceChildren(el('span', { class: `badge ${badge.color ?? ''}` }, String(badge.text)))
}

async function askBadges(card: Card, place: HTMLElement, command: 'card-badges' | 'card-detail-badges'): Promise<void> {
  const key = `${command} ${card.id}`
  for (const timer of loops.get(key) ?? []) clearTimeout(timer)
  loops.set(key, [])
  const answer = await host.ask(
    command,
    { card: card.id, list: card.idList },
    command === 'card-badges' ? { attachments: [] } : {},
  )
  if (!Array.isArray(answer)) return place.replaceChildren()
  place.replaceChildren(
    ...(answer as Badge[]).map((badge) => {
      const spot = el('span')
      if (badge.dynamic) void keepFresh(badge.dynamic, card, spot, key)
      else drawBadge(badge, spot)
      return spot
    }),
  )
}

async function keepFresh(dynamic: Callback, card: Card, spot: HTMLElement, key: string): Promise<void> {
  const badge = (await dynamic({}, { card: card.id, list: card.idList }).catch((error: unknown) => {
    complain(`dynamic badge: ${error instanceof Error ? error.message : String(error)}`)
    return null
  })) as Badge | null
  if (badge === null) return complain('a dynamic badge answered null and is dead now')
  drawBadge(badge, spot)
  if (typeof badge.refresh !== 'number') return
  const wait = Math.max(FASTEST_REFRESH, badge.refresh) * 1000 + Math.random() * 1000
  loops.get(key)?.push(setTimeout(() => void keepFresh(dynamic, card, spot, key), wait))
}

// --- lists ---

function drawLists(): void {
  const main = $('lists')
  const focus = document.activeElement?.getAttribute('data-card')
  const old = new Map(
    [...main.querySelectorAll<HTMLElement>('.front')].map((one) => [
      one.dataset['card'],
      one.querySelector<HTMLElement>('.power'),
    ]),
  )
  main.replaceChildren(
    ...data.lists.map((list) => {
      const cards = data.cards.filter((card) => card.idList === list.id)
      return el(
        'section',
        { class: 'list', 'aria-label': list.name },
        el(
          'h2',
          {},
          list.name,
          button('Sort', () => void sortList(list.id), 'quiet'),
        ),
        ...cards.map((card) => {
          const power = old.get(card.id) ?? el('span', { class: 'power badges' })
          const checks = card.badges?.checkItems ? `☑ ${card.badges.checkItemsChecked}/${card.badges.checkItems}` : ''
          const names = data.members
            .filter((member) => card.idMembers.includes(member.id))
            .map((member) => member.fullName)
          const front = el(
            'button',
            { type: 'button', class: 'front', 'data-card': card.id },
            ...(card.isTemplate ? [el('span', { class: 'template' }, 'Template')] : []),
            power,
            el('span', { class: 'name' }, card.name),
            el('span', { class: 'badges' }, [checks, names.join(', ')].filter(Boolean).join(' · ')),
          )
          front.addEventListener('click', () => void openCard(card.id))
          return front
        }),
        button(
          'Add a card',
          () => {
            const name = prompt('Title of the card')
            if (name) void act({ do: 'create', list: list.id, name })
          },
          'quiet',
        ),
      )
    }),
  )
  if (focus) main.querySelector<HTMLElement>(`[data-card="${focus}"]`)?.focus()
}

async function sortList(list: string): Promise<void> {
  const answer = await host.ask('list-sorters', { list })
  if (!Array.isArray(answer)) return
  const cards = data.cards.filter((card) => card.idList === list)
  const items = (answer as { text: string; callback: Callback }[]).map((sorter) => ({
    text: sorter.text,
    callback: async () => {
      const sorted = (await sorter.callback(
        { cards: cards.map((card) => ({ id: card.id, name: card.name, idList: card.idList })) },
        { list },
      )) as { sortedIds?: string[] } | null
      const order = sorted?.sortedIds ?? []
      data.cards.sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id))
      drawLists()
    },
  }))
  openPopup('Sort list', { type: 'list', items })
}

function frontBadges(card: Card): void {
  const place = document.querySelector<HTMLElement>(`[data-card="${card.id}"] .power`)
  if (place) void askBadges(card, place, 'card-badges')
}

// --- the card back ---

async function openCard(id: string): Promise<void> {
  const found = await get<{ card: Card; comments: NonNullable<typeof opened>['comments'] } | null>(`/data/card/${id}`)
  if (!found) {
    closeCard()
    return
  }
  openedOnce.set(found.card.id, found.card.checklists ?? [])
  const fresh = opened?.card.id !== found.card.id
  opened = found
  if (fresh) drawCard()
  else updateCard()
}

function closeCard(): null {
  const dialog = $<HTMLDialogElement>('card')
  for (const frame of dialog.querySelectorAll('iframe')) host.close(frame)
  opened = null
  if (dialog.open) dialog.close()
  return null
}

function drawCard(): void {
  if (!opened) return
  const { card } = opened
  const dialog = $<HTMLDialogElement>('card')
  for (const frame of dialog.querySelectorAll('iframe')) host.close(frame)
  dialog.replaceChildren(
    el('div', { class: 'head' }, el('h2', { id: 'card-title' }, card.name), button('Close', closeCard, 'quiet')),
    el(
      'div',
      { class: 'body' },
      el('div', { class: 'row', id: 'detail-badges' }),
      el('div', { class: 'row', id: 'card-buttons' }),
      el('div', { id: 'sections' }),
      el('div', { id: 'members' }),
      el('div', { id: 'checklists' }),
      el('div', { class: 'row', id: 'actions' }),
      el('div', {}, el('h3', {}, 'Comments'), commentForm(card), el('div', { id: 'comments' })),
    ),
  )
  updateCard()
  void detailBadges()
  void drawSection(card)
  void cardButtons(card)
  if (!dialog.open) dialog.showModal()
}

function updateCard(): void {
  if (!opened) return
  const { card, comments } = opened
  $('card-title').textContent = card.name
  const focused = document.activeElement?.id
  $('checklists').replaceChildren(
    ...(card.checklists ?? []).map((checklist) =>
      el(
        'section',
        {},
        el('h3', {}, checklist.name),
        el(
          'ul',
          { class: 'items' },
          ...checklist.checkItems.map((item) => {
            const box = el('input', { type: 'checkbox', id: `item-${item.id}` })
            box.checked = item.state === 'complete'
            box.addEventListener(
              'change',
              () => void act({ do: 'tick', card: card.id, item: item.id, complete: box.checked }),
            )
            return el('li', {}, el('label', {}, box, el('span', box.checked ? { class: 'done' } : {}, item.name)))
          }),
        ),
      ),
    ),
  )
  if (focused) document.getElementById(focused)?.focus()
  const choice = el(
    'select',
    { 'aria-label': 'Add a member' },
    el('option', { value: '' }, 'Add a member'),
    ...data.members
      .filter((member) => data.board.members.includes(member.id) && !card.idMembers.includes(member.id))
      .map((member) => el('option', { value: member.id }, member.fullName)),
  )
  choice.addEventListener('change', () => void act({ do: 'member', card: card.id, member: choice.value, on: true }))
  $('members').replaceChildren(
    el(
      'div',
      { class: 'row' },
      el('span', {}, 'Members:'),
      ...data.members
        .filter((member) => card.idMembers.includes(member.id))
        .map((member) =>
          button(
            `${member.fullName} ✕`,
            () => void act({ do: 'member', card: card.id, member: member.id, on: false }),
            'quiet',
          ),
        ),
      choice,
    ),
  )
  $('actions').replaceChildren(
    button('Copy card', () => {
      const name = prompt('Title of the copy', card.name.replace('template', '').trim())
      const list = data.lists.find((one) => one.name === 'To do') ?? data.lists[0]
      if (name && list)
        void act({ do: 'copy', card: card.id, list: list.id, name }).then((made) => openCard(String(made['id'])))
    }),
    button('Rename', () => {
      const name = prompt('New title', card.name)
      if (name) void act({ do: 'rename', card: card.id, name })
    }),
    button('Archive', () => void act({ do: 'close', card: card.id, closed: true }).then(closeCard)),
    button('Delete', () => void act({ do: 'delete', card: card.id }).then(closeCard)),
  )
  $('comments').replaceChildren(
    ...comments.map((comment) => {
      const author = data.members.find((member) => member.id === comment.idMemberCreator)?.fullName ?? 'Somebody'
      const words = comment.data.text
        .split(/(@[\w-]+)/)
        .map((word) => (word.startsWith('@') ? el('span', { class: 'mention' }, word) : word))
      return el('div', { class: 'comment' }, el('strong', {}, author), ...words)
    }),
  )
}

function commentForm(card: Card): HTMLElement {
  const input = el('input', { type: 'text', 'aria-label': 'Write a comment' })
  const send = button('Comment', () => {
    if (input.value) void act({ do: 'comment', card: card.id, text: input.value })
    input.value = ''
  })
  return el('div', { class: 'inline' }, input, send)
}

async function detailBadges(): Promise<void> {
  const place = document.getElementById('detail-badges')
  if (opened && place) await askBadges(opened.card, place, 'card-detail-badges')
}

let sectionUrl = ''

async function drawSection(card: Card): Promise<void> {
  const answer = (await host.ask('card-back-section', { card: card.id, list: card.idList })) as {
    title?: string
    icon?: string
    content?: { type: string; url: string; height?: number }
    action?: { text: string; callback: Callback }
  } | null
  const place = document.getElementById('sections')
  if (!place || opened?.card.id !== card.id) return
  if (!answer) return place.replaceChildren()
  if (typeof answer.title !== 'string' || typeof answer.icon !== 'string' || answer.content?.type !== 'iframe')
    return complain('a card-back section without title, icon or content')
  const head = el('div', { class: 'section-head' }, el('h3', {}, answer.title))
  const { action } = answer
  if (action) {
    const does = button(
      action.text,
      (event) =>
        void action.callback(
          {},
          { card: card.id, list: card.idList, el: reference(event.currentTarget as HTMLElement) },
        ),
    )
    head.append(does)
  }
  const old = place.querySelector('iframe')
  if (old && sectionUrl === answer.content.url) {
    place.querySelector('.section-head')?.replaceWith(head)
    return host.render(old)
  }
  if (old) host.close(old)
  sectionUrl = answer.content.url
  const frame = host.open(answer.content.url)
  frame.style.height = `${answer.content.height ?? 230}px`
  place.replaceChildren(head, frame)
}

async function cardButtons(card: Card): Promise<void> {
  const answer = await host.ask('card-buttons', { card: card.id, list: card.idList })
  const place = document.getElementById('card-buttons')
  if (!place || !Array.isArray(answer)) return
  place.replaceChildren(
    ...(answer as { text: string; callback: Callback }[]).map((one) =>
      button(
        one.text,
        (event) =>
          void one.callback(
            {},
            { card: card.id, list: card.idList, el: reference(event.currentTarget as HTMLElement) },
          ),
      ),
    ),
  )
}

// --- the page ---

async function boardButtons(): Promise<void> {
  const answer = await host.ask('board-buttons', {})
  if (Array.isArray(answer))
    $('board-buttons').replaceChildren(
      ...(answer as { text: string; callback: Callback }[]).map((one) =>
        button(one.text, (event) => void one.callback({}, { el: reference(event.currentTarget as HTMLElement) })),
      ),
    )
}

const pending = new Map<string, ReturnType<typeof setTimeout>>()
/** Trello asks for badges again half a second after a card changed. */
const ASK_AGAIN_AFTER = 500

async function heard(event: { card: string | null; type: string }): Promise<void> {
  const next = await get<Data>(`/data/board/${data.board.shortLink}`)
  data = { ...next, powerUp: data.powerUp }
  drawLists()
  for (const card of data.cards) {
    const place = document.querySelector<HTMLElement>(`[data-card="${card.id}"] .power`)
    if (place && place.childElementCount === 0 && !loops.has(`card-badges ${card.id}`)) frontBadges(card)
  }
  if (event.card) {
    const id = event.card
    clearTimeout(pending.get(id))
    pending.set(
      id,
      setTimeout(() => {
        const card = data.cards.find((one) => one.id === id)
        if (card) frontBadges(card)
        if (opened?.card.id === id) {
          void detailBadges()
          if (card) void drawSection(card)
        }
      }, ASK_AGAIN_AFTER),
    )
    if (opened?.card.id === id) await openCard(id)
  }
}

async function start(): Promise<void> {
  const [, kind = 'b', short = ''] = location.pathname.split('/')
  const found =
    kind === 'c' ? await get<{ card: Card; board: { shortLink: string } } | null>(`/data/card/${short}`) : null
  const boardShort = found?.board.shortLink ?? short
  data = await get<Data>(`/data/board/${boardShort}`)
  document.title = `${data.board.name} – practice board`
  $('board-name').textContent = data.board.name
  const as = params.get('as') ?? sessionStorage.getItem('as') ?? 'priya'
  who = {
    member: data.members.find((member) => member.username === as)?.id ?? '',
    theme: (params.get('theme') ?? sessionStorage.getItem('theme')) === 'dark' ? 'dark' : 'light',
  }
  sessionStorage.setItem('as', as)
  root.dataset['theme'] = who.theme
  const select = $<HTMLSelectElement>('who')
  select.append(
    ...data.members.map((member) => el('option', { value: member.username }, member.fullName)),
    el('option', { value: 'nobody' }, 'Signed out'),
  )
  select.value = as
  select.addEventListener('change', () => {
    sessionStorage.setItem('as', select.value)
    params.set('as', select.value)
    location.search = params.toString()
  })
  const theme = $<HTMLSelectElement>('theme')
  theme.value = who.theme
  theme.addEventListener('change', () => {
    who.theme = theme.value === 'dark' ? 'dark' : 'light'
    sessionStorage.setItem('theme', who.theme)
    root.dataset['theme'] = who.theme
    host.themeChanged(who.theme)
  })
  $('boards').replaceChildren(
    ...data.boards
      .filter((board) => board.members.includes(who.member) || who.member === '')
      .map((board) =>
        el(
          'a',
          { href: `/b/${board.shortLink}`, ...(board.id === data.board.id ? { 'aria-current': 'page' } : {}) },
          board.name,
        ),
      ),
  )
  host = createHost({ plugin: data.powerUp, board: data.board.id, who: () => who, commands, complain })
  $('settings').addEventListener(
    'click',
    (event) => void host.ask('show-settings', { el: reference(event.currentTarget as HTMLElement) }),
  )
  $('card').addEventListener('close', () => closeCard())
  $('modal').addEventListener('close', () => closeModal())
  document.addEventListener('frame-done', () => closeModal())
  drawLists()
  for (const card of data.cards) frontBadges(card)
  void boardButtons()
  new EventSource('/data/events').onmessage = (event: MessageEvent<string>) =>
    void heard(JSON.parse(event.data) as { card: string | null; type: string })
  if (found) await openCard(found.card.id)
}

void start()
