import { render } from 'preact'
import { useRef, useState } from 'preact/hooks'
import type { Button, PageView, PeopleView } from '../../server/http/api.ts'
import { type Caller, call, standing } from '../api.ts'
import { useEscape } from '../ui/escape.ts'
import { announce, LiveRegion } from '../ui/live-region.tsx'
import { OldNote } from '../ui/old-note.tsx'
import { beginPage, pressed } from '../ui/page.ts'
import { useReading } from '../ui/reading.ts'
import '../ui/style.css'
import { type At, Pane } from '../window/pane.tsx'
import { PeopleList } from './list.tsx'
import { PersonPage } from './person.tsx'

const LOOK_AGAIN_MS = 30_000

type Known = { of: string; list: PeopleView } | { of: string; person: PageView }

/** Who holds what: a list that is searched, and one person's page. */
function People({ caller, first }: { caller: Caller; first: string }) {
  const [person, setPerson] = useState(first)
  const [opened, setOpened] = useState<At | null>(null)
  const [said, setSaid] = useState('')
  const wanted = useRef({ person: first, find: '' })
  const heading = useRef<HTMLHeadingElement>(null)
  const { known, problem, setProblem, load } = useReading<Known>(LOOK_AGAIN_MS, async () => {
    const { person: of, find } = wanted.current
    if (of) {
      const page = await call<PageView>(caller, 'GET', `/api/people/${of}`)
      return page && { of, person: page }
    }
    const list = await call<PeopleView>(caller, 'POST', '/api/people', { find })
    return list && { of, list }
  })
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

const caller = beginPage()
document.title = 'People and access'
const root = document.getElementById('root')
const first = String(caller.t.arg('subject') ?? '')
if (root) render(<People caller={{ ...caller, onCard: false }} first={first} />, root)
