import { useEffect, useState } from 'preact/hooks'

/** The one polite live region of a frame: whole sentences, at most one in 5 seconds, the newest first. */

const APART_MS = 5_000

export interface Announcer {
  say(text: string): void
  listen(hear: (text: string) => void): () => void
}

export function createAnnouncer(now: () => number = Date.now): Announcer {
  let hear: (text: string) => void = () => {}
  let last = Number.NEGATIVE_INFINITY
  let waiting: ReturnType<typeof setTimeout> | undefined
  return {
    say(text) {
      if (text === '') return
      clearTimeout(waiting)
      const speak = () => {
        last = now()
        hear(text)
      }
      const wait = last + APART_MS - now()
      if (wait <= 0) speak()
      else waiting = setTimeout(speak, wait)
    },
    listen(listener) {
      hear = listener
      return () => {
        hear = () => {}
      }
    },
  }
}

const announcer = createAnnouncer()

/** Says a sentence to whoever listens to the page. */
export function announce(text: string): void {
  announcer.say(text)
}

export function LiveRegion() {
  const [text, setText] = useState('')
  useEffect(() => announcer.listen(setText), [])
  return (
    <div class="hidden" role="status">
      {text}
    </div>
  )
}
