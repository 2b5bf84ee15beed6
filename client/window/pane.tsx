import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Button, SectionView, WindowView } from '../../server/http/api.ts'
import { type Caller, call, sentenceOf, standing } from '../api.ts'
import { follow } from '../live.ts'
import { SectionBody } from '../section/view.tsx'
import { announce } from '../ui/live-region.tsx'
import { OldNote } from '../ui/old-note.tsx'
import { pressed } from '../ui/page.ts'
import { WindowForm } from './form.tsx'

export interface At {
  name: string
  subject: string
}

/**
 * One window: a form of the server's, then its progress or its end. A button may turn it into another window. The queue
 * shows it in place; there it closes by itself when something was done.
 */
export function Pane({
  caller,
  start,
  close,
  finished,
  inPlace = false,
}: {
  caller: Caller
  start: At
  close: () => void
  finished?: (said: string) => void
  inPlace?: boolean
}) {
  const [at, setAt] = useState(start)
  const [view, setView] = useState<WindowView | null>(null)
  const [readAt, setReadAt] = useState<Date | null>(null)
  const [problem, setProblem] = useState<unknown>(null)
  const [said, setSaid] = useState('')
  const [following, setFollowing] = useState(false)
  const { card } = caller.t.getContext()

  const load = async () => {
    try {
      const fresh = await call<WindowView>(caller, 'GET', `/api/windows/${at.name}?subject=${at.subject}`)
      if (fresh) {
        setView(fresh)
        setReadAt(new Date())
        if (!inPlace) document.title = fresh.title
      }
      setProblem(null)
    } catch (error) {
      setProblem(error)
    }
  }
  useEffect(() => {
    setView(null)
    void load()
  }, [at])

  const press = (button: Button) => {
    const { does } = button
    if ('opens' in does) {
      setFollowing(false)
      setSaid('')
      return setAt({ name: does.opens, subject: does.args?.['subject'] ?? at.subject })
    }
    void pressed(caller, button).then((done) => {
      setSaid(done?.text ?? '')
      if (done && !done.failed && finished) finished(done.text)
      void load()
    })
  }
  const done = (text: string, form: WindowView) => {
    announce(text)
    if (finished) return finished(text)
    if (form.afterwards === 'progress' && card) {
      setSaid(text)
      setFollowing(true)
    } else setView({ ...form, act: '', parts: [], lines: [text], buttons: [], changed: [], refusal: null })
  }
  if (following && card)
    return <Progress caller={caller} card={card} title={view?.title ?? ''} said={said} press={press} close={close} />
  if (!view)
    return problem ? (
      <main class="page">
        <h1 tabIndex={-1}>This cannot be shown now</h1>
        <p class="refusal">{sentenceOf(problem)} Nothing is lost.</p>
        <div class="actions">
          <button type="button" onClick={() => void load()}>
            Try again
          </button>
          <button type="button" class="link" onClick={close}>
            Close
          </button>
        </div>
      </main>
    ) : null
  return (
    <>
      {problem && <OldNote text={standing(problem, readAt, new Date())} check={() => void load()} />}
      <WindowForm
        key={`${at.name} ${at.subject}`}
        caller={caller}
        first={view}
        said={said}
        done={done}
        press={press}
        close={close}
        inPlace={inPlace}
      />
    </>
  )
}

/** The window after the approval: what happens on the card, as it happens. */
function Progress({
  caller,
  card,
  title,
  said,
  press,
  close,
}: {
  caller: Caller
  card: string
  title: string
  said: string
  press: (button: Button) => void
  close: () => void
}) {
  const [view, setView] = useState<SectionView | null>(null)
  const [problem, setProblem] = useState<unknown>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const readAt = useRef<Date | null>(null)
  const announced = useRef('')
  const load = async (): Promise<boolean> => {
    try {
      const fresh = await call<SectionView>(caller, 'GET', `/api/cards/${card}`)
      if (fresh) {
        if (announced.current !== '' && announced.current !== fresh.announcement) announce(fresh.announcement)
        announced.current = fresh.announcement
        readAt.current = new Date()
        setView(fresh)
      }
      setProblem(null)
      return true
    } catch (error) {
      setProblem(error)
      return false
    }
  }
  useLayoutEffect(() => {
    heading.current?.focus()
    void load()
    return follow(caller, card, load)
  }, [])
  return (
    <main class="page">
      <h1 tabIndex={-1} ref={heading}>
        {title}
      </h1>
      {said && <p class="note">{said}</p>}
      {problem && <OldNote text={standing(problem, readAt.current, new Date())} check={() => void load()} />}
      {view && <SectionBody view={view} press={press} toggled={() => {}} said="" inWindow />}
      <div class="actions">
        <button type="button" class="primary" onClick={close}>
          Close
        </button>
      </div>
    </main>
  )
}
