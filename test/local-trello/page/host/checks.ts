import { field, isRecord } from '../dom.ts'
import { HostFailure } from './failure.ts'

/** What Trello's page checks without a word. Each check answers what is wrong, or nothing. */

const FIELDS: Record<string, readonly string[]> = {
  card: words(
    'address attachments badges checklists closed coordinates cover customFieldItems dateLastActivity desc due dueComplete id idList idShort labels locationName members name pos shortLink start staticMapUrl url',
  ),
  board: words(
    'customFields dateLastActivity id idOrganization labels members memberships name shortLink url paidStatus',
  ),
  list: words('id name cards'),
  member: words('id fullName username initials avatar paidStatus'),
  organization: words('id name paidStatus'),
}

/** Gives the fields asked for. A name that Trello does not give fails the whole call. */
export function pick(kind: string, whole: Record<string, unknown>, asked: unknown): Record<string, unknown> {
  const known = FIELDS[kind] ?? []
  const names = Array.isArray(asked) ? asked.map(String) : []
  const wanted = names.includes('all') ? known : names
  for (const name of wanted)
    if (!known.includes(name))
      throw new HostFailure('error', `the field ${name} of a ${kind} is not given to Power-Ups`)
  return Object.fromEntries(wanted.map((name) => [name, whole[name] ?? null]))
}

/** One bad address anywhere makes Trello throw the whole answer away. */
export function badUrl(value: unknown): string | null {
  if (Array.isArray(value)) return firstOf(value, badUrl)
  if (!isRecord(value)) return null
  const { url } = value
  if (url !== undefined && url !== null && !(typeof url === 'string' && isAddress(url))) return String(url)
  return firstOf(Object.values(value), badUrl)
}

export function badgeFault(badge: unknown): string | null {
  if (!isRecord(badge)) return 'a badge is an object'
  const { text, icon, title, dynamic, refresh, color } = badge
  if (text !== undefined && text !== null && typeof text !== 'string' && !Number.isFinite(text))
    return 'text of a badge is a string or a number'
  if (icon !== undefined && icon !== null && !isIcon(icon))
    return 'icon of a badge is an http(s) address or a base64 image'
  if (title !== undefined && typeof title !== 'string') return 'title of a badge is a string'
  if (dynamic !== undefined && typeof dynamic !== 'function') return 'dynamic of a badge is a function'
  if (refresh !== undefined && !Number.isFinite(refresh)) return 'refresh of a badge is a number of seconds'
  if (color !== undefined && color !== null && !COLOURS.includes(String(color)))
    return `${String(color)} is no colour of a badge`
  return null
}

export function sectionFault(section: unknown): string | null {
  if (!isRecord(section)) return 'a card-back section is one object'
  const content = section['content']
  if (typeof section['title'] !== 'string' || section['title'] === '')
    return 'a card-back section needs a title that is a string'
  if (!isIcon(section['icon'])) return 'a card-back section needs an icon'
  if (field(content, 'type') !== 'iframe') return 'the content of a card-back section is an iframe'
  const url = field(content, 'url')
  if (typeof url !== 'string' || !/^https?:/.test(url))
    return 'the content of a card-back section needs an http(s) address'
  const { action } = section
  if (action === undefined || action === null) return null
  if (typeof field(action, 'text') !== 'string' || typeof field(action, 'callback') !== 'function')
    return 'the action of a card-back section has a text and a callback'
  return null
}

export function buttonFault(one: unknown): string | null {
  if (!isRecord(one) || typeof one['text'] !== 'string' || one['text'] === '') return 'a button needs a text'
  if (typeof one['callback'] !== 'function' && typeof one['url'] !== 'string')
    return 'a button needs a callback or a url'
  return null
}

/** Shared data that looks like a credential is refused. */
export function looksSecret(data: string): boolean {
  return /"(?:auth_?)?token"\s*:|"secret"\s*:/i.test(data)
}

export const COLOURS: readonly string[] = words('blue green orange red yellow purple pink sky lime light-gray')

function isIcon(value: unknown): boolean {
  return typeof value === 'string' && isAddress(value) && !/["']/.test(value)
}

function isAddress(text: string): boolean {
  return /^https?:\/\/|^data:image\/[a-z+.-]+;base64,/.test(text)
}

function firstOf(values: readonly unknown[], check: (value: unknown) => string | null): string | null {
  for (const value of values) {
    const found = check(value)
    if (found !== null) return found
  }
  return null
}

function words(text: string): string[] {
  return text.split(' ')
}
