import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Problem, WindowPart, WindowView } from '../../server/http/api.ts'
import { act, type Caller, call, ProblemError, sentenceOf } from '../api.ts'
import { createShelf } from '../kept.ts'
import { ButtonView, FoldView, type Press, Rows } from '../ui/parts.tsx'
import { createDraft } from './draft.ts'
import { FieldView, initialValues, type Values } from './fields.tsx'
import { Summary } from './summary.tsx'

/** A window as a form: one column, the button at the end of the text. Pressed too early, it says what is left. */
export function WindowForm({
  caller,
  first,
  said,
  done,
  press,
  close,
  inPlace,
}: {
  caller: Caller
  first: WindowView
  /** What came of the last button that was pressed in this window. */
  said: string
  done: (said: string, view: WindowView) => void
  press: Press
  close: () => void
  inPlace: boolean
}) {
  const draft = useMemo(() => {
    const key = `draft ${caller.t.getContext()?.member ?? ''} ${first.name} ${first.subject}`
    return createDraft(createShelf(), key, (values) =>
      call(caller, 'PUT', `/api/drafts/${first.name}?subject=${first.subject}`, values),
    )
  }, [])
  const [view, setView] = useState(first)
  const [values, setValues] = useState<Values>(() => ({
    ...initialValues(fieldsOf(first)),
    ...draft.read(first.basis),
  }))
  const [problem, setProblem] = useState<Problem | null>(null)
  const [sending, setSending] = useState(false)
  const top = useRef<HTMLElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  // Before the eye sees it, so that no key goes to what stood there.
  useLayoutEffect(() => {
    if (problem) top.current?.focus()
  }, [problem])
  useEffect(() => setView(first), [first])
  useLayoutEffect(() => {
    // What had the focus may be gone: the button that was pressed, the form that was sent.
    if (document.activeElement === document.body || document.activeElement === null) heading.current?.focus()
  }, [view])
  useLayoutEffect(() => heading.current?.focus(), [])

  const change = (name: string, value: Values[string]) => {
    const next = { ...values, [name]: value }
    setValues(next)
    if (view.act !== '') draft.change(typed(view, next), view.basis)
  }

  const send = async () => {
    if (sending) return
    setSending(true)
    setProblem(null)
    try {
      const input = Object.fromEntries(fieldsOf(view).map(({ name }) => [name, values[name]]))
      const result = await act(caller, { act: view.act, subject: view.subject, input, seen: view.seen, typed: true })
      draft.sent()
      done(result.said, view)
    } catch (error) {
      const found: Problem =
        error instanceof ProblemError ? error.problem : { type: '', title: '', status: 0, detail: sentenceOf(error) }
      if (found.window) {
        // Confirmations that still hold are kept; the rest of the window is as it stands now.
        const now = { ...found.window, changed: found.changed ?? [] }
        const kept = { ...initialValues(fieldsOf(now)), ...values }
        setView(now)
        setValues(kept)
        draft.change(typed(now, kept), now.basis)
      }
      setProblem(found)
    } finally {
      setSending(false)
    }
  }

  const Page = inPlace ? 'div' : 'main'
  const Title = inPlace ? 'h2' : 'h1'
  const errors = problem?.fields ?? {}
  const form = view.act !== '' && !view.refusal
  return (
    <Page class="page">
      <Title tabIndex={-1} ref={heading}>
        {view.title}
      </Title>
      {problem && <Summary problem={problem} changed={view.changed} reference={top} inPlace={inPlace} />}
      {said && <p class="note">{said}</p>}
      {view.lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {view.refusal && <p class="refusal">{view.refusal}</p>}
      {!view.refusal &&
        view.parts.map((part, i) => (
          <Part
            key={part.title}
            part={part}
            number={form && view.parts.length > 1 ? i + 1 : null}
            values={values}
            errors={errors}
            change={change}
            press={press}
            inPlace={inPlace}
          />
        ))}
      <div class="actions">
        {form && (
          <button type="button" class={view.submit.tone} onClick={() => void send()}>
            {sending ? 'Sending…' : view.submit.text}
          </button>
        )}
        {view.buttons.map((button) => (
          <ButtonView
            key={button.text}
            button={button}
            press={(pressed) => void draft.keep().then(() => press(pressed))}
          />
        ))}
        <button type="button" class="link" onClick={close}>
          {form ? 'Cancel' : 'Close'}
        </button>
      </div>
    </Page>
  )
}

function Part({
  part,
  number,
  values,
  errors,
  change,
  press,
  inPlace,
}: {
  part: WindowPart
  number: number | null
  values: Values
  errors: Record<string, string>
  change: (name: string, value: Values[string]) => void
  press: Press
  inPlace: boolean
}) {
  const Heading = inPlace ? 'h3' : 'h2'
  const fields = part.fields.map((field) => (
    <FieldView
      key={field.name}
      field={field}
      value={values[field.name]}
      error={errors[field.name]}
      change={(value) => change(field.name, value)}
    />
  ))
  return (
    <section>
      <Heading class="part">
        {number !== null && <span class="number">{number}</span>}
        {part.title} {part.aside && <span class="aside">{part.aside}</span>}
      </Heading>
      <Rows rows={part.rows} press={press} label={part.title} />
      {part.text.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {part.folds.map((fold) => (
        <FoldView key={fold.id} fold={fold} press={press} />
      ))}
      {part.legend && fields.length > 0 ? (
        <fieldset class="confirm">
          <legend>{part.legend}</legend>
          {fields}
        </fieldset>
      ) : (
        fields
      )}
    </section>
  )
}

function fieldsOf(view: WindowView) {
  return view.parts.flatMap((part) => part.fields)
}

/** What is kept of a form: nothing of a chosen file. */
function typed(view: WindowView, values: Values): Values {
  const kept = fieldsOf(view).filter(({ kind }) => kind !== 'file' && kind !== 'hidden')
  return Object.fromEntries(
    kept.flatMap(({ name }) => {
      const value = values[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
