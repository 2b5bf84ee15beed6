import { render } from 'preact'
import type { Caller } from '../api.ts'
import { useEscape } from '../ui/escape.ts'
import { LiveRegion } from '../ui/live-region.tsx'
import { beginPage } from '../ui/page.ts'
import '../ui/style.css'
import { type At, Pane } from './pane.tsx'

/** A window of Trello's with one pane in it. What was typed is kept at every key, so that Escape loses nothing. */
function Window({ caller, start }: { caller: Caller; start: At }) {
  const close = () => void caller.t.closeModal()
  useEscape(close)
  return (
    <>
      <LiveRegion />
      <Pane caller={caller} start={start} close={close} />
    </>
  )
}

const caller = beginPage()
const root = document.getElementById('root')
const start = { name: String(caller.t.arg('name') ?? ''), subject: String(caller.t.arg('subject') ?? '') }
if (root) render(<Window caller={caller} start={start} />, root)
