/** References to what was clicked. A Power-Up gets one with the click, and it dies when the click's answer is there. */

const clicked = new Map<string, HTMLElement>()
let number = 0

export async function withClicked(element: HTMLElement, run: (reference: string) => Promise<unknown>): Promise<void> {
  const reference = `el-${++number}`
  clicked.set(reference, element)
  try {
    await run(reference)
  } finally {
    clicked.delete(reference)
  }
}

export function clickedElement(reference: unknown): HTMLElement | undefined {
  return clicked.get(String(reference ?? ''))
}
