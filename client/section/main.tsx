import { render } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Button, SectionView } from '../../server/http/api.ts'
import { type Caller, call, ProblemError, sentenceOf } from '../api.ts'
import { beginPage, pressed } from '../ui/page.ts'
import '../ui/style.css'
import { follow } from './live.ts'
import { SectionBody } from './view.tsx'

/** At most one announcement in this time. */
const ANNOUNCE_MS = 5_000

function Section({ caller, card }: { caller: Caller; card: string }) {
  const [view, setView] = useState<SectionView | null>(null)
  const [problem, setProblem] = useState('')
  const [said, setSaid] = useState('')
  const [announced, setAnnounced] = useState('')
  const announcing = useRef({ at: 0, text: '' })
  const root = useRef<HTMLDivElement>(null)
  const size = () => {
    if (root.current) void Promise.resolve(caller.t.sizeTo(root.current)).catch(() => {})
  }
  const load = async () => {
    try {
      const fresh = await call<SectionView>(caller, 'GET', `/api/cards/${card}`)
      if (fresh) setView(fresh)
      setProblem('')
    } catch (error) {
      // The last known state stays; only its age is said.
      setProblem(
        error instanceof ProblemError && error.problem.status === 404
          ? 'This card is not known to us yet.'
          : sentenceOf(error)
              .replace('Nothing has been changed because we', 'We')
              .replace(' Your answers are still here.', ''),
      )
    }
  }
  useEffect(() => {
    caller.t.render(() => void load())
    void load()
    return follow(caller, card, () => void load())
  }, [])
  useEffect(size)
  useEffect(() => {
    const text = view?.announcement ?? ''
    if (text === '' || text === announcing.current.text) return
    const wait = Math.max(0, announcing.current.at + ANNOUNCE_MS - Date.now())
    const timer = setTimeout(() => {
      // The first state is read like any page; only what changes later is announced.
      if (announcing.current.text !== '') setAnnounced(text)
      announcing.current = { at: Date.now(), text }
    }, wait)
    return () => clearTimeout(timer)
  }, [view?.announcement])
  const press = (button: Button) => {
    void pressed(caller, button).then((done) => {
      if (done) setSaid(done.said)
      void load()
    })
  }
  return (
    <main ref={root}>
      <div class="hidden" role="status">
        {announced}
      </div>
      {problem && <p class="old">{view ? `${problem} This is how it stood at ${view.asOf}.` : problem}</p>}
      {view && <SectionBody view={view} press={press} toggled={size} said={said} />}
    </main>
  )
}

const caller = beginPage()
const card = caller.t.getContext()?.card ?? String(caller.t.arg('card') ?? '')
const root = document.getElementById('root')
if (root) render(<Section caller={caller} card={card} />, root)
