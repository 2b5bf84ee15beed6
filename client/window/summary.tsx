import type { Ref } from 'preact'
import type { Problem } from '../../server/http/api.ts'
import { fieldId } from './fields.tsx'

/** What is left, what changed, or why nothing was done: on top, takes the focus, and leads to each field. */
export function Summary({
  problem,
  changed,
  reference,
  inPlace,
}: {
  problem: Problem
  changed: string[]
  reference: Ref<HTMLElement>
  inPlace: boolean
}) {
  const Heading = inPlace ? 'h3' : 'h2'
  const errors = Object.entries(problem.fields ?? {})
  return (
    <section
      class={changed.length > 0 ? 'changed' : 'summary'}
      tabIndex={-1}
      ref={reference}
      aria-labelledby="summary-title"
    >
      <Heading id="summary-title">{problem.detail}</Heading>
      {changed.length > 0 && (
        <ul>
          {changed.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {errors.length > 0 && (
        <ul>
          {errors.map(([name, text]) => (
            <li key={name}>
              <a href={`#${fieldId(name)}`} onClick={(event) => focusField(event, name)}>
                {text}
              </a>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function focusField(event: Event, name: string): void {
  event.preventDefault()
  const field = document.getElementById(fieldId(name))
  const target = field instanceof HTMLFieldSetElement ? field.querySelector('input') : field
  target?.focus()
}
