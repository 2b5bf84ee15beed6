import { type Caller, token } from '../api.ts'

/** Follows changes of one card: a stream while it lasts, asking every 15 s while it does not. */

const POLL_MS = 15_000
const LONGEST_WAIT_MS = 30_000

export function follow(caller: Caller, cardId: string, changed: () => void): () => void {
  let stopped = false
  let last = ''
  let wait = 1_000
  const poll = setInterval(() => {
    if (!document.hidden) changed()
  }, POLL_MS)

  async function once(): Promise<void> {
    const answer = await fetch(`/api/stream?card=${cardId}`, {
      headers: { Authorization: `Bearer ${await token(caller)}`, ...(last ? { 'Last-Event-ID': last } : {}) },
    })
    const reader = answer.ok ? answer.body?.pipeThrough(new TextDecoderStream()).getReader() : undefined
    if (!reader) throw new Error('no stream')
    wait = 1_000
    let text = ''
    while (!stopped) {
      const { value, done } = await reader.read()
      if (done) return
      text += value
      const events = text.split('\n\n')
      text = events.pop() ?? ''
      for (const event of events) {
        const id = /^id: (.*)$/m.exec(event)?.[1]
        if (id === undefined) continue
        last = id
        changed()
      }
    }
    await reader.cancel()
  }

  void (async () => {
    while (!stopped) {
      await once().catch(() => {})
      await new Promise((done) => setTimeout(done, wait * (0.75 + Math.random() / 2)))
      wait = Math.min(LONGEST_WAIT_MS, wait * 2)
    }
  })()
  return () => {
    stopped = true
    clearInterval(poll)
  }
}
