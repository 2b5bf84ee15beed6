import type { Field } from '../../server/http/api.ts'
import { LinkView } from '../ui/parts.tsx'

export type Values = Record<string, string | boolean | string[]>

/** What the fields hold at first: what the server knows, and what was typed before. */
export function initialValues(fields: Field[]): Values {
  return Object.fromEntries(
    fields.map((field): [string, string | boolean | string[]] => {
      if (field.kind === 'check') return [field.name, field.checked]
      if (field.kind === 'checks') return [field.name, field.values]
      return [field.name, field.kind === 'file' ? '' : field.value]
    }),
  )
}

/** @param form where several forms stand on one page: the same name may be in each */
export function fieldId(name: string, form = ''): string {
  return `field-${form.replaceAll(/\W+/g, '-')}${name}`
}

interface Props {
  form?: string
  field: Field
  value: string | boolean | string[] | undefined
  error: string | undefined
  change: (value: string | boolean | string[]) => void
}

/** One field with its label, hint and error; the guidance link stands outside the label. */
export function FieldView({ form, field, value, error, change }: Props) {
  if (field.kind === 'hidden') return null
  const id = fieldId(field.name, form)
  const described = [field.hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ') || undefined
  const hint = field.hint && (
    <span class="hint" id={`${id}-hint`}>
      {field.hint}
    </span>
  )
  const wrong = error && (
    <span class="error" id={`${id}-error`}>
      <span class="hidden">Error: </span>
      {error}
    </span>
  )
  const common = { id, 'aria-describedby': described, 'aria-invalid': error ? ('true' as const) : undefined }
  if (field.kind === 'check')
    return (
      <div class="field">
        {wrong}
        <div class="check">
          <input
            type="checkbox"
            {...common}
            checked={value === true}
            onChange={(event) => change(event.currentTarget.checked)}
          />
          <label for={id}>{field.label}</label>
          {field.link && <LinkView link={field.link} />}
        </div>
        {hint}
      </div>
    )
  if (field.kind === 'checks' || (field.kind === 'choice' && field.options.length <= 6 && field.options.length > 0)) {
    const many = Array.isArray(value)
    const chosen = many ? value : [value]
    return (
      <fieldset class="field" id={id} aria-describedby={described}>
        <legend>{field.label}</legend>
        {hint}
        {wrong}
        {field.options.map((option, i) => (
          <div class="check" key={option.value}>
            <input
              type={many ? 'checkbox' : 'radio'}
              name={id}
              id={`${id}-${i}`}
              checked={chosen.includes(option.value)}
              onChange={(event) => {
                const rest = many ? value.filter((one) => one !== option.value) : []
                change(many ? (event.currentTarget.checked ? [...rest, option.value] : rest) : option.value)
              }}
            />
            <label for={`${id}-${i}`}>
              {option.text}
              {option.hint && <span class="hint">{option.hint}</span>}
            </label>
          </div>
        ))}
      </fieldset>
    )
  }
  return (
    <div class="field">
      <label for={id}>{field.label}</label>
      {hint}
      {wrong}
      {field.kind === 'textarea' && (
        <textarea {...common} value={String(value ?? '')} onInput={(event) => change(event.currentTarget.value)} />
      )}
      {field.kind === 'choice' && (
        <select {...common} value={String(value ?? '')} onChange={(event) => change(event.currentTarget.value)}>
          <option value="">Choose</option>
          {field.options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.hint ? `${option.text} (${option.hint})` : option.text}
            </option>
          ))}
        </select>
      )}
      {field.kind === 'file' && (
        <input
          type="file"
          {...common}
          accept={field.accept}
          onChange={(event) => void event.currentTarget.files?.[0]?.text().then(change)}
        />
      )}
      {(field.kind === 'text' || field.kind === 'email') && (
        <input
          type="text"
          inputMode={field.kind === 'email' ? 'email' : 'text'}
          {...common}
          value={String(value ?? '')}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => change(event.currentTarget.value)}
        />
      )}
      {field.kind === 'date' && (
        <input
          type="date"
          {...common}
          value={String(value ?? '')}
          onInput={(event) => change(event.currentTarget.value)}
        />
      )}
    </div>
  )
}
