import { byId } from './dom.ts'

/** The one line at the foot of the page that says what happened, for some seconds. */
export interface Alerts {
  alert(message: string, seconds: number): void
  hideAlert(): void
}

export function createAlerts(): Alerts {
  const line = byId('alert')
  let timer: ReturnType<typeof setTimeout> | undefined

  /** Outside an open dialog nothing is announced, and it would lie behind: so it moves with the topmost one. */
  function settle(): void {
    const [top = document.body] = [...document.querySelectorAll('dialog[open]')].toReversed()
    if (line.parentElement !== top) top.append(line)
  }
  document.addEventListener('toggle', settle, true)

  function hide(): void {
    line.hidden = true
    line.textContent = ''
  }

  return {
    alert(message, seconds) {
      settle()
      line.hidden = false
      line.textContent = message
      clearTimeout(timer)
      timer = setTimeout(hide, seconds * 1000)
    },
    hideAlert: hide,
  }
}
