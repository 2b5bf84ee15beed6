import type { Row, WindowPart } from '../../api.ts'

export function row(key: string, mark: Row['mark'], word: string, title: string, detail: string | null): Row {
  return { key, mark, word, title, detail, who: null, since: null, trap: null, buttons: [], links: [] }
}

export function section(title: string, rows: Row[], text: string[] = []): WindowPart {
  return { title, aside: null, text, rows, folds: [], legend: null, fields: [] }
}
