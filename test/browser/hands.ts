import type { Frame, Locator } from 'playwright-core'

/** What somebody did with mouse and keyboard, and how much they had to read. */
export interface Tally {
  clicks: number
  keys: number
  /** Times a hand went from mouse to keyboard or back. */
  homings: number
  /** Things thought about: each click that is no tick under a sentence just read, each value typed. */
  thoughts: number
  /** Words shown on surfaces that were read as a whole. */
  words: number
  /** What was typed, by the field's label. */
  typed: Record<string, string>
}

/** Hands that count. Every act of a counted journey goes through them. */
export interface Hands {
  readonly tally: Tally
  click(what: Locator): Promise<void>
  /** A box whose sentence was read: reading it was the thinking. */
  tick(what: Locator): Promise<void>
  type(into: Frame, label: string, text: string): Promise<void>
  read(what: Locator): Promise<void>
}

export function countingHands(): Hands {
  const tally: Tally = { clicks: 0, keys: 0, homings: 0, thoughts: 0, words: 0, typed: {} }
  let at: 'mouse' | 'keyboard' = 'mouse'
  const home = (to: typeof at) => {
    if (to !== at) tally.homings += 1
    at = to
  }
  const press = async (what: Locator) => {
    home('mouse')
    await what.click()
    tally.clicks += 1
  }
  return {
    tally,
    async click(what) {
      await press(what)
      tally.thoughts += 1
    },
    tick: press,
    async type(into, label, text) {
      if (label in tally.typed) throw new Error(`${label} is typed a second time`)
      await press(into.getByLabel(label))
      home('keyboard')
      await into.getByLabel(label).pressSequentially(text)
      tally.keys += text.length
      tally.thoughts += 1
      tally.typed[label] = text
    },
    async read(what) {
      const all = await what.innerText()
      // Words for screen readers only are not read with the eyes, nor are the parts' numbers; what is pressed is found and
      // thought about, and that is counted where it is pressed.
      const unread = what.locator('.hidden, .number, button:visible, a:visible, summary:visible')
      tally.words += wordsIn(all) - wordsIn((await unread.allInnerTexts()).join(' '))
    },
  }
}

function wordsIn(text: string): number {
  return text.split(/\s+/).filter((word) => /\w/.test(word)).length
}

/**
 * Seconds of an experienced hand, by the keystroke-level model of Card, Moran and Newell (1983): a key or button press, pointing, moving
 * between mouse and keyboard, thinking.
 */
const MODEL = { press: 0.28, point: 1.1, home: 0.4, think: 1.35 }
/** Silent reading of non-fiction in English, words a minute (Brysbaert 2019). */
const READING = 238

/** A person's time in seconds, the machine's left out. Everything shown is read once, which few do: an upper side. */
export function personSeconds({ clicks, keys, homings, thoughts, words }: Tally): number {
  const { press, point, home, think } = MODEL
  return keys * press + clicks * (point + press) + homings * home + thoughts * think + (words / READING) * 60
}
