import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Button, SettingsView, WindowPart } from '../../server/http/api.ts'
import { act, type Caller, call, ProblemError, sentenceOf } from '../api.ts'
import { beginPage, pressed } from '../ui/page.ts'
import { Rows } from '../ui/parts.tsx'
import '../ui/style.css'
import { FieldView, type Values } from '../window/fields.tsx'

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
      const result = await act(caller, { act: part.form.act, subject: part.form.subject, input: values, seen: '' })
      setErrors({})
      done(result.said)
    } catch (error) {
      setErrors(
        error instanceof ProblemError
          ? (error.problem.fields ?? { [part.fields[0]?.name ?? '']: error.message })
          : { [part.fields[0]?.name ?? '']: sentenceOf(error) },
      )
    }
  }
  return (
    <section>
      <h2>{part.title}</h2>
      <Rows rows={part.rows} press={press} label={part.title} />
      {part.text.map((line) => (
        <p key={line}>{line}</p>
      ))}
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
  const [view, setView] = useState<SettingsView | null>(null)
  const [said, setSaid] = useState('')
  const [problem, setProblem] = useState('')
  const load = () =>
    call<SettingsView>(caller, 'GET', '/api/settings').then(
      (fresh) => {
        if (fresh) setView(fresh)
        setProblem('')
      },
      (error: unknown) => setProblem(sentenceOf(error)),
    )
  useEffect(() => void load(), [])
  const done = (text: string) => {
    setSaid(text)
    void load()
  }
  const press = (button: Button) => void pressed(caller, button).then((result) => done(result?.said ?? ''))
  return (
    <main class="page">
      <h1>{view?.title ?? 'Production access settings'}</h1>
      {problem && <p class="refusal">{problem}</p>}
      <p role="status">{said}</p>
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
const root = document.getElementById('root')
if (root) render(<Settings caller={{ ...caller, onCard: false }} />, root)
