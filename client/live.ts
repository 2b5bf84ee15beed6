import { type Caller, token } from './api.ts'

/** Follows changes of one card: a stream while it lasts, asking every 15 s while it does not. */

const POLL_MS = 15_000
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 30_000

/**
 * @param changed called whenever something may have changed, also after each gap; answers whether it could be read. What
 *   could not be is asked for again, because a stream that is well and quiet would tell of nothing more
 * @returns stops following
 */
export function follow(caller: Caller, cardId: string, changed: () => Promise<boolean>): () => void {
  const stop = new AbortController()
  let last = ''
  let wait = FIRST_WAIT_MS
  let streaming = false
  let unread: ReturnType<typeof setTimeout> | undefined
  const look = async () => {
    clearTimeout(unread)
    if (!(await changed()) && !stop.signal.aborted) unread = setTimeout(look, POLL_MS)
  }
  const lookAgain = () => {
    if (!document.hidden) void look()
  }
  const poll = setInterval(() => !streaming && lookAgain(), POLL_MS)
  document.addEventListener('visibilitychange', lookAgain)

  async function once(): Promise<void> {
    const answer = await fetch(`/api/stream?card=${cardId}`, {
      headers: { Authorization: `Bearer ${await token(caller)}`, ...(last ? { 'Last-Event-ID': last } : {}) },
      signal: stop.signal,
    })
    const reader = answer.ok ? answer.body?.pipeThrough(new TextDecoderStream()).getReader() : undefined
    if (!reader) throw new Error('no stream')
    wait = FIRST_WAIT_MS
    streaming = true
    // What happened before this stream began may have been missed.
    void look()
    let text = ''
    while (!stop.signal.aborted) {
      const { value, done } = await reader.read()
      if (done) return
      text += value
      const events = text.split('\n\n')
      text = events.pop() ?? ''
      for (const event of events) {
        const id = /^id: (.*)$/m.exec(event)?.[1]
        if (id === undefined) continue
        last = id
        void look()
      }
    }
  }

  void (async () => {
    while (!stop.signal.aborted) {
      await once().catch(() => {})
      streaming = false
      if (stop.signal.aborted) return
      await new Promise((done) => setTimeout(done, wait * (0.75 + Math.random() / 2)))
      wait = Math.min(LONGEST_WAIT_MS, wait * 2)
    }
  })()
  return () => {
    stop.abort()
    clearInterval(poll)
    clearTimeout(unread)
    document.removeEventListener('visibilitychange', lookAgain)
  }
}
