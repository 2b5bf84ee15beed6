/** What the three formats have in common: where a list stands in a text, and what the whole text means. */

export interface Element {
  value: string
  /** The element itself, quotes included. */
  start: number
  end: number
  /** Where its comma is, or `null`. */
  comma: number | null
}

export type ListAt =
  | {
      shape: 'brackets'
      elements: Element[]
      /** Just after `[` and just before `]`. */
      open: number
      close: number
      /** Whether a list over several lines ends with a comma. */
      commaAtEnd: boolean
    }
  /** One element a line, each behind a dash. */
  | { shape: 'dashes'; elements: Element[] }

/** One entry of a list of records, as far as it is plain text. */
export type Fields = Record<string, string>

export interface RecordAt {
  fields: Fields
  /** From its first key to the end of its last value. */
  start: number
  end: number
}

/** Lists whose entries are records, such as people with a name and an address. */
export interface Records {
  /** @throws ListRefusal when the list is missing, twice there, or holds anything but plain records */
  locate(text: string, list: string): RecordAt[]
  /** The text with one record more, at the list's end and in its layout. @throws ListRefusal */
  add(text: string, list: string, fields: Fields): string
  remove(text: string, record: RecordAt): string
}

export interface Format {
  /** Finds a plain list by name at the top of the file. @throws ListRefusal when it is missing, twice there, or computed */
  locate(text: string, list: string): Promise<ListAt>
  /** What another parser makes of the whole text: the proof compares it. @throws ListRefusal */
  content(text: string, list: string): Promise<unknown>
  /** Writes a value as its neighbour is written. */
  write(value: string, neighbour: string | null): string
  /** Left out where lists of records are not edited. */
  records?: Records
}

/** The position of the comma that follows, with only blanks and comments before it. */
export function commaAfter(text: string, end: number): number | null {
  const blanks = /^(?:\s+#[^\r\n]*|\s)*/.exec(text.slice(end))?.[0].length ?? 0
  return text[end + blanks] === ',' ? end + blanks : null
}
