import { Fragment } from 'preact'
import { useRef } from 'preact/hooks'
import type { Button, QueueRow } from '../../server/http/api.ts'
import type { Caller } from '../api.ts'
import { useHeld } from '../ui/held.ts'
import { Buttons } from '../ui/parts.tsx'
import { type At, Pane } from '../window/pane.tsx'
import { Panel } from './panel.tsx'

/** What is open under one row: its step's panel, or a window in its place. */
export interface Opened {
  key: string
  window: At | null
}

function noLongerHere(row: QueueRow): QueueRow {
  return {
    ...row,
    overdue: false,
    what: `No longer waiting here: ${row.what}`,
    notes: [],
    taken: null,
    buttons: [],
    panel: null,
  }
}

export function QueueTable({
  caller,
  rows,
  opened,
  open,
  press,
  finished,
}: {
  caller: Caller
  rows: QueueRow[]
  opened: Opened | null
  open: (next: Opened | null) => void
  press: (row: QueueRow, button: Button) => void
  finished: (said: string) => void
}) {
  const now = useRef(opened)
  now.current = opened
  const held = useHeld(rows, noLongerHere, opened?.window ? opened.key : null)
  if (held.length === 0) return null
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Who</th>
          <th scope="col">Level</th>
          <th scope="col">What</th>
          <th scope="col">Since</th>
          <th scope="col">Do</th>
        </tr>
      </thead>
      <tbody>
        {held.map((row) => {
          const isOpen = opened?.key === row.key
          const close = () => {
            // An answer that comes late closes nothing that was opened since.
            if (now.current !== opened) return
            open(null)
            focusRow(row.key)
          }
          return (
            <Fragment key={row.key}>
              <tr data-row={row.key} tabIndex={-1}>
                <th scope="row">
                  {row.overdue && <span class="overdue">Overdue </span>}
                  {row.person}
                </th>
                <td>{row.level}</td>
                <td>
                  {row.panel ? (
                    <button
                      type="button"
                      class="link"
                      aria-expanded={isOpen}
                      onClick={() => open(isOpen ? null : { key: row.key, window: null })}
                    >
                      {row.what}
                    </button>
                  ) : (
                    row.what
                  )}
                  {row.notes?.map((note) => (
                    <span key={note} class="hint">
                      {note}
                    </span>
                  ))}
                </td>
                <td>
                  <time dateTime={row.since}>{row.sinceWord}</time>
                  {row.taken && <span class="hint">{row.taken}</span>}
                </td>
                <td>
                  <Buttons buttons={row.buttons} press={(button) => press(row, button)} />
                </td>
              </tr>
              {isOpen && (opened.window || row.panel) && (
                <tr data-under={row.key}>
                  <td colSpan={5} class="opened">
                    <div class="panel">
                      {opened.window ? (
                        <Pane
                          key={`${opened.window.name} ${opened.window.subject}`}
                          caller={caller}
                          start={opened.window}
                          close={close}
                          finished={(said) => {
                            close()
                            finished(said)
                          }}
                          inPlace
                        />
                      ) : (
                        row.panel && <Panel panel={row.panel} press={(button) => press(row, button)} />
                      )}
                    </div>
                  </td>
                </tr>
              )}
            </Fragment>
          )
        })}
      </tbody>
    </table>
  )
}

/** Gives the focus back to what opened it. */
function focusRow(key: string): void {
  const row = [...document.querySelectorAll<HTMLElement>('tr[data-row]')].find(
    (one) => one.getAttribute('data-row') === key,
  )
  const opener = row?.querySelector<HTMLElement>('button[aria-expanded]') ?? row?.querySelector('button') ?? row
  opener?.focus()
}
