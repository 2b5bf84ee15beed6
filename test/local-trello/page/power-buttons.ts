import { meets } from './context.ts'
import { button, el, field, isRecord, textField } from './dom.ts'
import type { Held } from './host/callbacks.ts'
import { buttonFault } from './host/checks.ts'
import type { Host } from './host/host.ts'
import { press } from './press.ts'
import { complain } from './problems.ts'
import { state } from './state.ts'

/** Buttons that the Power-Up puts on the board and on cards: for whom they are, sorted by their text. */
export interface PowerButtons {
  ask(): Promise<void>
  stop(): void
}

export function createPowerButtons(
  host: Host,
  capability: 'board-buttons' | 'card-buttons',
  place: HTMLElement,
  context: Record<string, unknown>,
): PowerButtons {
  let held: Held | null = null
  let stopped = false

  function made(one: unknown): HTMLElement {
    const does = button('', (self) => void press(capability, one, self, context))
    does.append(...icon(field(one, 'icon')), textField(one, 'text'))
    return does
  }

  return {
    async ask() {
      const fresh = await host.ask(capability, context)
      held?.release()
      held = fresh
      if (stopped) return fresh?.release()
      const given = fresh && Array.isArray(fresh.value) ? fresh.value : []
      for (const one of given) {
        const fault = buttonFault(one)
        if (fault !== null) complain(`${capability}: ${fault}`)
      }
      const shown = given.filter((one) => buttonFault(one) === null && meets(field(one, 'condition')))
      shown.sort((a, b) => textField(a, 'text').localeCompare(textField(b, 'text')))
      place.replaceChildren(...shown.map(made))
    },
    stop() {
      stopped = true
      held?.release()
      held = null
    },
  }
}

/** Of two icons, `dark` is the one for a dark background. */
function icon(given: unknown): HTMLElement[] {
  const src = isRecord(given) ? textField(given, state.theme) : given
  return typeof src === 'string' && src !== '' ? [el('img', { src, alt: '', width: '16', height: '16' })] : []
}
