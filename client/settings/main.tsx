import { render } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { Button, SettingsView, WindowPart } from '../../server/http/api.ts'
import { act, type Caller, call, ProblemError, sentenceOf, standing } from '../api.ts'
import { oneAtATime } from '../one-at-a-time.ts'
import { useEscape } from '../ui/escape.ts'
import { announce, LiveRegion } from '../ui/live-region.tsx'
import { OldNote } from '../ui/old-note.tsx'
import { beginPage, pressed } from '../ui/page.ts'
import { Buttons, Rows, TableOf } from '../ui/parts.tsx'
import '../ui/style.css'
import { FieldView, type Values } from '../window/fields.tsx'

const LOOK_AGAIN_MS = 30_000

function Part({
  caller,
  part,
  press,
  done,
}: {
  caller: Caller
  part: WindowPart
  press: (button: Button) => void
  done: (said: string) => void
}) {
  const [values, setValues] = useState<Values>({})
  const [errors, setErrors] = useState<Record<string, string>>({})
  const send = async () => {
    if (!part.form) return
    try {
      const { act: name, subject } = part.form
      const result = await act(caller, { act: name, subject, input: values, seen: '', typed: true })
      setErrors({})
      announce(result.said)
      done(result.said)
    } catch (error) {
      const fields = error instanceof ProblemError ? error.problem.fields : undefined
      const found = fields ?? { [part.fields[0]?.name ?? '']: sentenceOf(error) }
      setErrors(found)
      announce(Object.values(found)[0] ?? '')
    }
  }
  return (
    <section>
      <h2>{part.title}</h2>
      <Rows rows={part.rows} press={press} label={part.title} />
      {part.text.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {part.table && <TableOf table={part.table} />}
      <Buttons buttons={part.buttons ?? []} press={press} />
      {part.fields.map((field) => (
        <FieldView
          key={field.name}
          field={field}
          value={values[field.name]}
          error={errors[field.name]}
          change={(value) => setValues({ ...values, [field.name]: value })}
        />
      ))}
      {part.form && (
        <button type="button" onClick={() => void send()}>
          {part.form.submit}
        </button>
      )}
    </section>
  )
}

function Settings({ caller }: { caller: Caller }) {
  const [known, setKnown] = useState<{ view: SettingsView; at: Date } | null>(null)
  const [said, setSaid] = useState('')
  const [problem, setProblem] = useState<unknown>(null)
  const load = useMemo(
    () =>
      oneAtATime(async () => {
        try {
          const view = await call<SettingsView>(caller, 'GET', '/api/settings')
          if (view) setKnown({ view, at: new Date() })
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
        <Part key={part.title} caller={caller} part={part} press={press} done={done} />
      ))}
    </main>
  )
}

const caller = beginPage()
document.title = 'Production access settings'
const root = document.getElementById('root')
if (root) render(<Settings caller={{ ...caller, onCard: false }} />, root)
