import type { Button, Fold, Link, Mark, Row, TableView } from '../../server/http/api.ts'
import { CopyButton } from './copy.tsx'
import { useHeld } from './held.ts'

/** What every surface draws: rows, buttons, folds, links. Words come from the server. */

export type Press = (button: Button) => void

const icons: Record<Mark, string> = {
  // Drawn by the style sheet: fonts disagree about how an empty circle looks.
  todo: ' ',
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
  warn: 'Note',
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

const newTab = 'opens in a new tab'

export function LinkView({ link }: { link: Link }) {
  const name = link.label ?? link.text
  return (
    <a
      href={link.url}
      target="_blank"
      rel="noreferrer"
      aria-label={name.includes(newTab) ? name : `${name}, ${newTab}`}
    >
      {link.text} <span aria-hidden="true">↗</span>
    </a>
  )
}

export function ButtonView({ button, press }: { button: Button; press: Press }) {
  return (
    <button type="button" class={button.tone} aria-label={button.label} onClick={() => press(button)}>
      {button.text}
    </button>
  )
}

export function Buttons({ buttons, press }: { buttons: Button[]; press: Press }) {
  if (buttons.length === 0) return null
  return (
    <span class="actions">
      {buttons.map((button) => (
        <ButtonView key={button.text} button={button} press={press} />
      ))}
    </span>
  )
}

function hasSide(row: Row): boolean {
  return row.who !== null || row.since !== null || row.buttons.length > 0
}

function noLongerHere(row: Row): Row {
  const { copy: _copy, ...rest } = row
  return {
    ...rest,
    mark: 'none',
    word: '',
    detail: 'This is no longer waiting here.',
    who: null,
    since: null,
    trap: null,
    buttons: [],
    links: [],
  }
}

export function Rows({ rows, press, label }: { rows: Row[]; press: Press; label?: string }) {
  const held = useHeld(rows, noLongerHere)
  if (held.length === 0) return null
  return (
    <ul class={held.some((row) => row.word !== '') ? 'rows worded' : 'rows'} aria-label={label}>
      {held.map((row) => (
        <li key={row.key} data-row={row.key} tabIndex={-1}>
          <MarkView mark={row.mark} word={row.word} />
          <span class={hasSide(row) ? 'row-what' : 'row-what wide'}>
            <span class="row-title">{row.title}</span>
            {row.detail && <span class="row-detail">{row.detail}</span>}
            {row.copy && (
              <span class="value">
                <code>{row.copy.value}</code> <CopyButton {...row.copy} />
              </span>
            )}
            {row.trap && <span class="trap">{row.trap}</span>}
            {row.links.map((link) => (
              <span key={link.url} class="row-link">
                <LinkView link={link} />
              </span>
            ))}
          </span>
          {hasSide(row) && (
            <span class="row-side">
              {[row.who, row.since].filter(Boolean).join(', ')}
              <Buttons buttons={row.buttons} press={press} />
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}

export function TableOf({ table }: { table: TableView }) {
  return (
    <table>
      <caption>{table.caption}</caption>
      <thead>
        <tr>
          {table.columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {table.rows.map(({ key, cells: [name, ...others] }) => (
          <tr key={key}>
            <th scope="row">{name}</th>
            {others.map((cell, at) => (
              <td key={table.columns[at + 1]}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
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
      <Buttons buttons={fold.buttons ?? []} press={press} />
    </details>
  )
}
