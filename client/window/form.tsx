import { useEffect, useRef, useState } from 'preact/hooks'
import type { Button, Problem, WindowView } from '../../server/http/api.ts'
import { act, type Caller, call, ProblemError, sentenceOf } from '../api.ts'
import { ButtonView, FoldView, type Press, Rows } from '../ui/parts.tsx'
import { FieldView, fieldId, initialValues, type Values } from './fields.tsx'

const DRAFT_AFTER_MS = 500

/** A window as a form: one column, the button at the end of the text. Pressed too early, it says what is left. */
export function WindowForm({
  caller,
  first,
  done,
  press,
  keepsDraft,
}: {
  caller: Caller
  first: WindowView
  done: (said: string, view: WindowView) => void
  press: Press
  keepsDraft: boolean
}) {
  const [view, setView] = useState(first)
  const [values, setValues] = useState<Values>(() => initialValues(first.parts.flatMap((part) => part.fields)))
  const [problem, setProblem] = useState<Problem | null>(null)
  const [sending, setSending] = useState(false)
  const top = useRef<HTMLDivElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const draft = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => heading.current?.focus(), [])
  useEffect(() => {
    if (problem) top.current?.focus()
  }, [problem])
  useEffect(() => setView(first), [first])

  const change = (name: string, value: Values[string]) => {
    const next = { ...values, [name]: value }
    setValues(next)
    clearTimeout(draft.current)
    if (keepsDraft)
      draft.current = setTimeout(
        () => void call(caller, 'PUT', `/api/drafts/${view.name}?subject=${view.subject}`, next).catch(() => {}),
        DRAFT_AFTER_MS,
      )
  }

  const send = async () => {
    if (sending) return
    setSending(true)
    try {
      const names = view.parts.flatMap((part) => part.fields.map((field) => field.name))
      const input = Object.fromEntries(names.map((name) => [name, values[name]]))
      const result = await act(caller, { act: view.act, subject: view.subject, input, seen: view.seen })
      clearTimeout(draft.current)
      done(result.said, view)
    } catch (error) {
      const found: Problem =
        error instanceof ProblemError ? error.problem : { type: '', title: '', status: 0, detail: sentenceOf(error) }
      if (found.window) {
        // Confirmations that still hold are kept; the rest of the window is as it stands now.
        setView({ ...found.window, changed: found.changed ?? [] })
        setValues({ ...initialValues(found.window.parts.flatMap((part) => part.fields)), ...values })
      }
      setProblem({ ...found })
    } finally {
      setSending(false)
    }
  }

  const errors = problem?.fields ?? {}
  return (
    <main class="page">
      <h1 tabIndex={-1} ref={heading}>
        {view.title}
      </h1>
      {problem && (
        <div class={view.changed.length > 0 ? 'changed' : 'summary'} tabIndex={-1} ref={top} role="alert">
          <h2>{problem.detail}</h2>
          {view.changed.length > 0 && (
            <ul>
              {view.changed.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          )}
          {Object.keys(errors).length > 0 && (
            <ul>
              {Object.entries(errors).map(([name, text]) => (
                <li key={name}>
                  <a href={`#${fieldId(name)}`} onClick={(event) => focusField(event, name)}>
                    {text}
                  </a>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
      {view.lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {view.refusal && <p class="refusal">{view.refusal}</p>}
      {!view.refusal &&
        view.parts.map((part, i) => (
          <section key={part.title}>
            <h2>
              {view.parts.length > 1 && <span class="number">{i + 1}</span>}
              {part.title} {part.aside && <span class="muted">{part.aside}</span>}
            </h2>
            <Rows rows={part.rows} press={press} label={part.title} />
            {part.text.map((line) => (
              <p key={line}>{line}</p>
            ))}
            {part.folds.map((fold) => (
              <FoldView key={fold.id} fold={fold} press={press} />
            ))}
            {part.fields.length > 0 &&
              (part.legend ? (
                <fieldset>
                  <legend>{part.legend}</legend>
                  {part.fields.map((field) => (
                    <FieldView
                      key={field.name}
                      field={field}
                      value={values[field.name]}
                      error={errors[field.name]}
                      change={(value) => change(field.name, value)}
                    />
                  ))}
                </fieldset>
              ) : (
                part.fields.map((field) => (
                  <FieldView
                    key={field.name}
                    field={field}
                    value={values[field.name]}
                    error={errors[field.name]}
                    change={(value) => change(field.name, value)}
                  />
                ))
              ))}
          </section>
        ))}
      <div class="actions">
        {view.act && !view.refusal && (
          <button type="button" class={view.submit.tone} onClick={() => void send()}>
            {sending ? 'Sending…' : view.submit.text}
          </button>
        )}
        {view.buttons.map((button: Button) => (
          <ButtonView key={button.text} button={button} press={press} />
        ))}
        <button type="button" class="link" onClick={() => void caller.t.closeModal()}>
          {view.act && !view.refusal ? 'Cancel' : 'Close'}
        </button>
      </div>
    </main>
  )
}

function focusField(event: Event, name: string): void {
  event.preventDefault()
  const field = document.getElementById(fieldId(name))
  const target = field instanceof HTMLFieldSetElement ? field.querySelector('input') : field
  target?.focus()
}
