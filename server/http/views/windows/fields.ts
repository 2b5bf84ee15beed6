import type { Field, WindowPart, WindowView } from '../../api.ts'

/** What one form says about its window; the rest is filled in. */
export type Form = Partial<WindowView> & { title: string; act: string }

type Kind = 'text' | 'textarea' | 'email' | 'date'

export function field(
  kind: Kind,
  name: string,
  label: string,
  hint: string | null,
  value: string,
  required: boolean,
): Field {
  return { kind, name, label, hint, value, required, link: null }
}

export function choice(
  name: string,
  label: string,
  options: { value: string; text: string; hint: string | null }[],
): Extract<Field, { kind: 'choice' }> {
  return { kind: 'choice', name, label, hint: null, value: '', options, required: true, link: null }
}

export function checks(name: string, label: string, options: Extract<Field, { kind: 'checks' }>['options']): Field {
  return { kind: 'checks', name, label, hint: null, values: [], options, required: false, link: null }
}

export function part(title: string, fields: Field[], legend: string | null = null): WindowPart {
  return { title, aside: null, text: [], rows: [], folds: [], legend, fields }
}

export function tick(name: string, label: string, checked: boolean): Field {
  return { kind: 'check', name, label, hint: null, checked, required: false, link: null }
}
