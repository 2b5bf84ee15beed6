import { useRef, useState } from 'preact/hooks'
import { announce } from './live-region.tsx'

const SHOWN_MS = 4_000

export type Copied = 'copied' | 'selected'

/** Framed pages are often refused the clipboard: then the old way is tried, and then the text is only selected. */
export async function copyText(text: string, shown: Element | null): Promise<Copied> {
  try {
    await navigator.clipboard.writeText(text)
    return 'copied'
  } catch {
    return copiedBySelection(text, shown)
  }
}

function copiedBySelection(text: string, shown: Element | null): Copied {
  const copies = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text)
    event.preventDefault()
  }
  if (shown) getSelection()?.selectAllChildren(shown)
  document.addEventListener('copy', copies)
  // Deprecated and without a successor where the clipboard is not granted to a frame.
  const done = document.execCommand('copy')
  document.removeEventListener('copy', copies)
  return done ? 'copied' : 'selected'
}

const words: Record<Copied, string> = {
  copied: 'Copied',
  selected: 'Selected: press Ctrl or ⌘ and C',
}

/** Stands beside the value that it copies, inside one `.value`; says what happened, and only what happened. */
export function CopyButton({ value, label, text = 'Copy' }: { value: string; label: string; text?: string }) {
  const [done, setDone] = useState<Copied | null>(null)
  const button = useRef<HTMLButtonElement>(null)
  const copy = async () => {
    const shown = button.current?.closest('.value')?.querySelector('code, pre') ?? null
    const result = await copyText(value, shown)
    setDone(result)
    announce(result === 'copied' ? 'Copied.' : 'Selected. Press Control or Command and C to copy.')
    setTimeout(() => setDone(null), SHOWN_MS)
  }
  return (
    <button
      type="button"
      class="link"
      ref={button}
      aria-label={done ? `${words[done]}: ${label}` : label}
      onClick={() => void copy()}
    >
      {done ? words[done] : text}
    </button>
  )
}
