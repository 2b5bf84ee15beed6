import { useState } from 'preact/hooks'
import type { Button, Field, WindowPart } from '../../server/http/api.ts'
import { act, type Caller, ProblemError, sentenceOf } from '../api.ts'
import { FieldView, type Values } from '../window/fields.tsx'
import { announce } from './live-region.tsx'
import { Buttons, FoldView, Rows, TableOf } from './parts.tsx'

function hiddenValues(fields: Field[]): Values {
  return Object.fromEntries(fields.flatMap((field) => (field.kind === 'hidden' ? [[field.name, field.value]] : [])))
}

/** One part of a page: rows, words, a table, folds, and perhaps a form of its own. */
export function PagePart({
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
      const input = { ...hiddenValues(part.fields), ...values }
      const result = await act(caller, { act: name, subject, input, seen: '', typed: true })
      setErrors({})
      announce(result.said)
      done(result.said)
    } catch (error) {
      const fields = error instanceof ProblemError ? error.problem.fields : undefined
      const first = part.fields.find(({ kind }) => kind !== 'hidden')
      const found = fields ?? { [first?.name ?? '']: sentenceOf(error) }
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
      {part.folds.map((fold) => (
        <FoldView key={fold.id} fold={fold} press={press} />
      ))}
      <Buttons buttons={part.buttons ?? []} press={press} />
      {part.fields.map((field) => (
        <FieldView
          key={field.name}
          form={`${part.title}-`}
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
