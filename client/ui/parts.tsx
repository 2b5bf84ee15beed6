import { useState } from 'preact/hooks'
import type { Button, Fold, Link, Mark, Row } from '../../server/http/api.ts'

/** What every surface draws: rows, buttons, folds, links. Words come from the server. */

export type Press = (button: Button) => void

const icons: Record<Mark, string> = {
  todo: '○',
  yes: '✓',
  no: '✕',
  unknown: '?',
  later: '–',
  turn: '→',
  moving: '◔',
  warn: '!',
  stuck: '■',
  person: '●',
  none: '',
}
/** For readers who do not see the icon, where no word stands beside it. */
const spoken: Record<Mark, string> = {
  todo: 'To do',
  yes: 'Yes',
  no: 'No',
  unknown: 'Not known',
  later: 'Later',
  turn: 'Waiting',
  moving: 'Moving',
  warn: 'Not yet',
  stuck: 'Stuck',
  person: '',
  none: '',
}

function MarkView({ mark, word }: { mark: Mark; word: string }) {
  return (
    <span class={`mark ${mark}`}>
      {icons[mark] && <span aria-hidden="true">{icons[mark]} </span>}
      {word || <span class="hidden">{spoken[mark]}</span>}
    </span>
  )
}

export function LinkView({ link }: { link: Link }) {
  return (
    <a href={link.url} target="_blank" rel="noreferrer" aria-label={link.label ?? `${link.text}, opens in a new tab`}>
      {link.text} <span aria-hidden="true">↗</span>
    </a>
  )
}

export function ButtonView({ button, press, busy = false }: { button: Button; press: Press; busy?: boolean }) {
  return (
    <button type="button" class={button.tone} aria-label={button.label} onClick={() => !busy && press(button)}>
      {button.text}
    </button>
  )
}

export function CopyButton({ value, label }: { value: string; label: string }) {
  const [copied, setCopied] = useState(false)
  const copy = () => {
    const done = () => {
      setCopied(true)
      setTimeout(() => setCopied(false), 3000)
    }
    navigator.clipboard.writeText(value).then(done, done)
  }
  return (
    <button type="button" class="link" aria-label={copied ? `Copied ${value}` : label} onClick={copy}>
      {copied ? 'Copied' : 'Copy'}
    </button>
  )
}

export function Rows({ rows, press, label }: { rows: Row[]; press: Press; label?: string }) {
  if (rows.length === 0) return null
  return (
    <ul class="rows" aria-label={label}>
      {rows.map((row) => (
        <li key={row.key}>
          <MarkView mark={row.mark} word={row.word} />
          <span>
            <span class="row-title">{row.title}</span>
            {row.detail && <span class="row-detail">{row.detail}</span>}
            {row.trap && <span class="trap">{row.trap}</span>}
            {row.copy && (
              <span class="actions">
                <code>{row.copy.value}</code>
                <CopyButton {...row.copy} />
              </span>
            )}
            {row.links.map((link) => (
              <span key={link.url}>
                <LinkView link={link} />{' '}
              </span>
            ))}
          </span>
          <span class="row-side">
            {[row.who, row.since].filter(Boolean).join(', ')}
            {row.buttons.length > 0 && (
              <span class="actions">
                {row.buttons.map((button) => (
                  <ButtonView key={button.text} button={button} press={press} />
                ))}
              </span>
            )}
          </span>
        </li>
      ))}
    </ul>
  )
}

/** A fold keeps whether it is open through every update: it is keyed by its id. */
export function FoldView({ fold, press, toggled }: { fold: Fold; press: Press; toggled?: () => void }) {
  return (
    <details onToggle={toggled}>
      <summary>{fold.title}</summary>
      <Rows rows={fold.rows} press={press} label={fold.title} />
      {fold.text.length > 0 && (
        <ul class="plain">
          {fold.text.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </details>
  )
}
