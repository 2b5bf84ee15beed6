import { render } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Button, PageView, PeopleView } from '../../server/http/api.ts'
import { type Caller, call, standing } from '../api.ts'
import { oneAtATime } from '../one-at-a-time.ts'
import { useEscape } from '../ui/escape.ts'
import { announce, LiveRegion } from '../ui/live-region.tsx'
import { OldNote } from '../ui/old-note.tsx'
import { beginPage, pressed } from '../ui/page.ts'
import '../ui/style.css'
import { type At, Pane } from '../window/pane.tsx'
import { PeopleList } from './list.tsx'
import { PersonPage } from './person.tsx'

const LOOK_AGAIN_MS = 30_000

type Known = { of: string; list: PeopleView } | { of: string; person: PageView }

/** Who holds what: a list that is searched, and one person's page. */
function People({ caller, first }: { caller: Caller; first: string }) {
  const [known, setKnown] = useState<{ view: Known; at: Date } | null>(null)
  const [person, setPerson] = useState(first)
  const [opened, setOpened] = useState<At | null>(null)
  const [said, setSaid] = useState('')
  const [problem, setProblem] = useState<unknown>(null)
  const wanted = useRef({ person: first, find: '' })
  const heading = useRef<HTMLHeadingElement>(null)
  const load = useMemo(
    () =>
      oneAtATime(async () => {
        const { person: of, find } = wanted.current
        try {
          const view = of
            ? { of, person: await call<PageView>(caller, 'GET', `/api/people/${of}`) }
            : { of, list: await call<PeopleView>(caller, 'POST', '/api/people', { find }) }
          if (isWhole(view)) setKnown({ view, at: new Date() })
          setProblem(null)
        } catch (error) {
          setProblem(error)
        }
      }),
    [],
  )
  useEffect(() => {
    void load()
    const timer = setInterval(() => !document.hidden && void load(), LOOK_AGAIN_MS)
    return () => clearInterval(timer)
  }, [])
  const go = (to: string) => {
    wanted.current = { ...wanted.current, person: to }
    setPerson(to)
    setSaid('')
    setProblem(null)
    void load().then(() => heading.current?.focus())
  }
  const done = (text: string) => {
    setSaid(text)
    announce(text)
    void load()
  }
  useEscape(() => {
    if (opened) setOpened(null)
    else if (person && !first) go('')
    else void caller.t.closeModal()
  })
  const press = (button: Button) => {
    const { does } = button
    if ('opens' in does) return setOpened({ name: does.opens, subject: does.args?.['subject'] ?? '' })
    void pressed(caller, button).then((result) => result && done(result.text))
  }
  if (opened)
    return (
      <Pane
        caller={caller}
        start={opened}
        close={() => setOpened(null)}
        finished={(text) => {
          setOpened(null)
          done(text)
        }}
        inPlace
      />
    )
  const view = known?.view.of === person ? known.view : null
  const title = view && 'person' in view ? view.person.title : 'People and access'
  return (
    <main class="page">
      <LiveRegion />
      <h1 tabIndex={-1} ref={heading}>
        {title}
      </h1>
      {problem !== null && (
        <OldNote text={standing(problem, view ? (known?.at ?? null) : null, new Date())} check={() => void load()} />
      )}
      {person !== '' && (
        <div class="actions">
          <button type="button" class="link" onClick={() => go('')}>
            All people
          </button>
        </div>
      )}
      <div class="said">{said && <p class="note">{said}</p>}</div>
      {view && 'person' in view && <PersonPage caller={caller} view={view.person} press={press} done={done} />}
      {view && 'list' in view && (
        <PeopleList
          view={view.list}
          press={press}
          go={go}
          look={(find) => {
            wanted.current = { ...wanted.current, find }
            void load()
          }}
        />
      )}
    </main>
  )
}

function isWhole(
  view: { of: string; list: PeopleView | null } | { of: string; person: PageView | null },
): view is Known {
  return 'list' in view ? view.list !== null : view.person !== null
}

const caller = beginPage()
document.title = 'People and access'
const root = document.getElementById('root')
const first = String(caller.t.arg('subject') ?? '')
if (root) render(<People caller={{ ...caller, onCard: false }} first={first} />, root)
