import { byId, el } from './dom.ts'
import { act } from './state.ts'

/** What the real page would hide is shown in a red strip and told to the server: it fails the run. */
export function complain(text: string): void {
  const strip = byId('problems')
  strip.hidden = false
  strip.append(el('li', {}, text))
  console.warn(`Trello would have hidden this: ${text}`)
  void act({ do: 'problem', text }).catch(() => null)
}
