import { render } from 'preact'
import { useState } from 'preact/hooks'
import type { Button, SettingsView } from '../../server/http/api.ts'
import { type Caller, call, standing } from '../api.ts'
import { useEscape } from '../ui/escape.ts'
import { LiveRegion } from '../ui/live-region.tsx'
import { OldNote } from '../ui/old-note.tsx'
import { beginPage, pressed } from '../ui/page.ts'
import { PagePart } from '../ui/page-part.tsx'
import { useReading } from '../ui/reading.ts'
import '../ui/style.css'

const LOOK_AGAIN_MS = 30_000

function Settings({ caller }: { caller: Caller }) {
  const [said, setSaid] = useState('')
  const { known, problem, load } = useReading(LOOK_AGAIN_MS, () => call<SettingsView>(caller, 'GET', '/api/settings'))
  useEscape(() => void caller.t.closeModal())
  const done = (text: string) => {
    setSaid(text)
    void load()
  }
  const press = (button: Button) => void pressed(caller, button).then((result) => done(result?.text ?? ''))
  const view = known?.view
  return (
    <main class="page">
      <LiveRegion />
      <h1>{view?.title ?? 'Production access settings'}</h1>
      {problem !== null && (
        <OldNote text={standing(problem, known?.at ?? null, new Date())} check={() => void load()} />
      )}
      {said && <p class="note">{said}</p>}
      {view?.lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {view?.parts.map((part) => (
        <PagePart key={part.title} caller={caller} part={part} press={press} done={done} />
      ))}
    </main>
  )
}

const caller = beginPage()
document.title = 'Production access settings'
const root = document.getElementById('root')
if (root) render(<Settings caller={{ ...caller, onCard: false }} />, root)
