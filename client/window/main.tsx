import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Button, SectionView, WindowView } from '../../server/http/api.ts'
import { type Caller, call, sentenceOf } from '../api.ts'
import { follow } from '../section/live.ts'
import { SectionBody } from '../section/view.tsx'
import { beginPage, pressed } from '../ui/page.ts'
import '../ui/style.css'
import { WindowForm } from './form.tsx'

/** One window: a form of the server's, then its progress or its end. A button may turn it into another window. */
function Window({ caller, start }: { caller: Caller; start: { name: string; subject: string } }) {
  const [at, setAt] = useState(start)
  const [view, setView] = useState<WindowView | null>(null)
  const [problem, setProblem] = useState('')
  const [said, setSaid] = useState('')
  const [progress, setProgress] = useState<SectionView | null>(null)
  const [following, setFollowing] = useState(false)
  const { card } = caller.t.getContext()

  const load = async () => {
    try {
      const fresh = await call<WindowView>(caller, 'GET', `/api/windows/${at.name}?subject=${at.subject}`)
      if (fresh) setView(fresh)
      setProblem('')
    } catch (error) {
      setProblem(sentenceOf(error))
    }
  }
  useEffect(() => {
    setView(null)
    void load()
  }, [at])
  const loadProgress = async () => {
    if (card) setProgress(await call<SectionView>(caller, 'GET', `/api/cards/${card}`).catch(() => null))
  }
  useEffect(() => {
    if (!following || !card) return
    void loadProgress()
    return follow(caller, card, () => void loadProgress())
  }, [following])

  const press = (button: Button) => {
    const { does } = button
    if ('opens' in does) {
      setFollowing(false)
      setSaid('')
      return setAt({ name: does.opens, subject: does.args?.['subject'] ?? at.subject })
    }
    void pressed(caller, button).then((done) => {
      setSaid(done?.said ?? '')
      void load()
      void loadProgress()
    })
  }
  const done = (text: string, finished: WindowView) => {
    setSaid(text)
    if (finished.afterwards === 'progress' && card) setFollowing(true)
    else setView({ ...finished, act: '', parts: [], lines: [text], buttons: [], changed: [], refusal: null })
  }
  if (following && progress)
    return (
      <main class="page">
        <h1 tabIndex={-1}>{view?.title}</h1>
        <p role="status">{said}</p>
        <SectionBody view={progress} press={press} toggled={() => {}} said="" />
        <div class="actions">
          <button type="button" class="primary" onClick={() => void caller.t.closeModal()}>
            Close
          </button>
        </div>
      </main>
    )
  return (
    <>
      {problem && (
        <main class="page">
          <p class="refusal">{problem}</p>
          <button type="button" onClick={() => void caller.t.closeModal()}>
            Close
          </button>
        </main>
      )}
      {view && !problem && (
        <WindowForm
          key={`${at.name} ${at.subject}`}
          caller={caller}
          first={view}
          done={done}
          press={press}
          keepsDraft={['approve', 'ask', 'review'].includes(view.name)}
        />
      )}
      {view && said !== '' && view.act === '' && view.parts.length > 0 && (
        <p class="page note" role="status">
          {said}
        </p>
      )}
    </>
  )
}

const caller = beginPage()
const root = document.getElementById('root')
const start = { name: String(caller.t.arg('name') ?? ''), subject: String(caller.t.arg('subject') ?? '') }
if (root) render(<Window caller={caller} start={start} />, root)
