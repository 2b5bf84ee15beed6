import { withClicked } from './clicked.ts'
import { field, textField } from './dom.ts'
import { isCallback } from './host/callbacks.ts'
import { HostFailure } from './host/failure.ts'
import { complain } from './problems.ts'

/** What runs in the Power-Up because somebody clicked. A failure is silent in Trello; here it is told. */

type Context = Record<string, unknown>

/** Opens the address or runs the callback of what was pressed, with a reference to the element while it runs. */
export async function press(where: string, pressed: unknown, element: HTMLElement, context: Context): Promise<void> {
  const url = textField(pressed, 'url')
  if (url) open(url, '_blank', 'noopener')
  await withClicked(element, (reference) =>
    runCallback(where, field(pressed, 'callback'), { ...context, el: reference }),
  )
}

/** Runs a callback in the frame it came from. When that frame has gone, it had nothing to say. */
export async function runCallback(where: string, callback: unknown, context: Context): Promise<void> {
  if (!isCallback(callback)) return
  await callback({}, context).catch((error: unknown) => {
    if (error instanceof HostFailure && error.code === 'gone') return
    complain(`${where}: what was pressed failed: ${error instanceof Error ? error.message : String(error)}`)
  })
}

/** Of a request's context, what the callbacks of the window that it opened get as well. */
export function openerOf(context: Context): Context {
  const { card, list } = context
  return { ...(card === undefined ? {} : { card }), ...(list === undefined ? {} : { list }) }
}
