import { render } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Button, SectionView } from '../../server/http/api.ts'
import { type Caller, call, ProblemError, standing } from '../api.ts'
import { createShelf } from '../kept.ts'
import { follow } from '../live.ts'
import { oneAtATime } from '../one-at-a-time.ts'
import { announce, LiveRegion } from '../ui/live-region.tsx'
import { OldNote } from '../ui/old-note.tsx'
import { beginPage, pressed, type Said } from '../ui/page.ts'
import '../ui/style.css'
import { createLastKnown, type Known } from './last-known.ts'
import { SectionBody } from './view.tsx'

function Section({ caller, card }: { caller: Caller; card: string }) {
  const lastKnown = useMemo(
    () => createLastKnown(createShelf(), import.meta.url, caller.t.getContext()?.member ?? '', card),
    [],
  )
  const [known, setKnown] = useState<Known | null>(() => lastKnown.read())
  const [problem, setProblem] = useState<unknown>(null)
  const [said, setSaid] = useState<Said | null>(null)
  const current = useRef<SectionView | null>(null)
  const root = useRef<HTMLElement>(null)
  const wasRead = useRef(false)
  const size = () => {
    if (root.current) void Promise.resolve(caller.t.sizeTo(root.current)).catch(() => {})
  }
  const take = (view: SectionView) => {
    const before = current.current
    current.current = view
    lastKnown.write(view, new Date())
    setKnown({ view, at: new Date() })
    document.title = view.frameTitle
    // The first state is read like any page; only what changes later is announced.
    if (before && before.announcement !== view.announcement) announce(view.announcement)
    // Trello asks for the header's button again only after a change of stored data.
    if (before && before.primary?.text !== view.primary?.text)
      void Promise.resolve(caller.t.set('card', 'private', 'button', view.primary?.text ?? '')).catch(() => {})
  }
  const load = useMemo(
    () =>
      oneAtATime(async () => {
        try {
          const view = await call<SectionView>(caller, 'GET', `/api/cards/${card}`)
          if (view) take(view)
          wasRead.current = true
          setProblem(null)
        } catch (error) {
          // The last known state stays; only its age is said.
          wasRead.current = false
          setProblem(error)
        }
      }),
    [],
  )
  useEffect(() => {
    caller.t.render(() => void load())
    void load()
    return follow(caller, card, () => load().then(() => wasRead.current))
  }, [])
  useEffect(size)
  const press = (button: Button) => {
    void pressed(caller, button).then((done) => {
      if (done) setSaid(done)
      void load()
    })
  }
  const notOurs = problem instanceof ProblemError && problem.problem.status === 404
  const old = problem
    ? notOurs
      ? 'This card is not known to us yet.'
      : standing(problem, known?.at ?? null, new Date())
    : (known?.view.old ?? null)
  return (
    <main ref={root}>
      <LiveRegion />
      {old && <OldNote text={old} check={() => void load()} />}
      {known && !notOurs && <SectionBody view={known.view} press={press} toggled={size} said={said?.text ?? ''} />}
    </main>
  )
}

const caller = beginPage()
const card = caller.t.getContext()?.card ?? String(caller.t.arg('card') ?? '')
const root = document.getElementById('root')
if (root) render(<Section caller={caller} card={card} />, root)
