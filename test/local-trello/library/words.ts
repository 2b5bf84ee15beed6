import { record } from './errors.ts'

/** Texts in the reader's language. Three ways to give them; the first that is there is taken. */

interface Localizer {
  localize(key: string, args?: readonly unknown[]): string
}

let localizer: Localizer | null = null

/** Loads the localizer. When this fails, the Power-Up never says that it is ready, and is dead without a word. */
export async function loadWords(options: Record<string, unknown>, locale: string): Promise<void> {
  const { localizer: given, loadLocalizer, localization } = options
  if (isLocalizer(given)) localizer = given
  else if (typeof loadLocalizer === 'function') localizer = asLocalizer(await loadLocalizer(locale))
  else if (localization !== undefined) localizer = await fetchWords(record(localization), locale)
}

export function localizeKey(key: string, args?: readonly unknown[]): string {
  if (!localizer) throw new Error('There is no localizer.')
  return localizer.localize(key, args)
}

async function fetchWords(options: Record<string, unknown>, locale: string): Promise<Localizer> {
  const { defaultLocale, supportedLocales, resourceUrl } = options
  if (typeof defaultLocale !== 'string' || typeof resourceUrl !== 'string')
    throw new Error('Missing defaultLocale/resourceUrl')
  const supported = Array.isArray(supportedLocales) && supportedLocales.includes(locale)
  const address = resourceUrl.replace('{locale}', supported ? locale : defaultLocale)
  const answer = await fetch(new URL(address, location.href))
  if (!answer.ok) throw new Error(`The texts at ${address} answered ${answer.status}.`)
  const texts = record(await answer.json())
  return { localize: (key) => String(texts[key] ?? key) }
}

function asLocalizer(given: unknown): Localizer {
  if (!isLocalizer(given)) throw new Error('loadLocalizer gives a localizer.')
  return given
}

function isLocalizer(given: unknown): given is Localizer {
  return typeof record(given)['localize'] === 'function'
}
