import { render } from 'preact'
import { useRef, useState } from 'preact/hooks'
import type { Button, QueueRow, QueueView } from '../../server/http/api.ts'
import { type Caller, call, standing } from '../api.ts'
import { CopyButton } from '../ui/copy.tsx'
import { useEscape } from '../ui/escape.ts'
import { announce, LiveRegion } from '../ui/live-region.tsx'
import { OldNote } from '../ui/old-note.tsx'
import { beginPage, pressed } from '../ui/page.ts'
import { useReading } from '../ui/reading.ts'
import '../ui/style.css'
import { type Filter, keepFilter, queryOf, readFilter, unfiltered } from './filter.ts'
import { Filters } from './filters.tsx'
import { Picture } from './picture.tsx'
import { type Opened, QueueTable } from './table.tsx'

const LOOK_AGAIN_MS = 10_000

function Queue({ caller }: { caller: Caller }) {
  const [filter, setFilter] = useState<Filter>(unfiltered)
  const [opened, setOpened] = useState<Opened | null>(null)
  const [said, setSaid] = useState('')
  const [shown, setShown] = useState<'' | 'handover' | 'picture'>('')
  const wanted = useRef(filter)
  const use = (next: Filter) => {
    wanted.current = next
    setFilter(next)
  }
  const { known, problem, load } = useReading(
    LOOK_AGAIN_MS,
    () => {
      const { person } = wanted.current
      const path = `/api/queue?${queryOf(wanted.current)}`
      return person === '' ? call<QueueView>(caller, 'GET', path) : call<QueueView>(caller, 'POST', path, { person })
    },
    () => readFilter(caller.t).then(use),
  )
  useEscape(() => {
    if (opened) setOpened(null)
    else void caller.t.closeModal()
  })
  const choose = (next: Partial<Filter>) => {
    const chosen = { ...filter, ...next }
    keepFilter(caller.t, chosen)
    use(chosen)
    void load()
  }
  const finished = (text: string) => {
    setSaid(text)
    void load()
  }
  const press = (row: QueueRow, button: Button) => {
    const { does } = button
    if ('opens' in does)
      return setOpened({ key: row.key, window: { name: does.opens, subject: does.args?.['subject'] ?? '' } })
    void pressed(caller, button).then((done) => {
      // Whoever takes a step does it next: its panel opens under the row.
      if ('act' in does && does.act === 'take-step' && done?.failed === false && row.panel)
        setOpened({ key: row.key, window: null })
      finished(done?.text ?? '')
    })
  }
  const view = known?.view
  return (
    <main class="page wide">
      <LiveRegion />
      <h1>Access queue</h1>
      {problem !== null && (
        <OldNote text={standing(problem, known?.at ?? null, new Date())} check={() => void load()} />
      )}
      {/* Its place is kept, so that the rows do not move under the mouse when it is said. */}
      <div class="said">{said && <p class="note">{said}</p>}</div>
      {view && (
        <>
          <div class="actions tools">
            <label for="board">Board</label>
            <select
              id="board"
              value={filter.board || view.board}
              onChange={(event) => choose({ board: event.currentTarget.value })}
            >
              <option value="this">This board</option>
              <option value="all">All boards that you may see</option>
              {view.boards.map((board) => (
                <option key={board.id} value={board.id}>
                  {board.name}
                </option>
              ))}
            </select>
            {(['handover', 'picture'] as const).map((name) => (
              <button
                key={name}
                type="button"
                aria-expanded={shown === name}
                onClick={() => setShown(shown === name ? '' : name)}
              >
                {name === 'handover' ? 'Handover' : 'Where things wait'}
              </button>
            ))}
          </div>
          <Filters view={view} filter={filter} choose={choose} />
          {shown === 'picture' && <Picture places={view.picture} />}
          {shown === 'handover' && (
            <section class="value">
              <h2>Handover</h2>
              <pre>{view.handover.join('\n')}</pre>
              <CopyButton value={view.handover.join('\n')} label="Copy as Markdown: handover" text="Copy as Markdown" />
            </section>
          )}
          <p>{view.summary}</p>
          <nav class="tabs" aria-label="Whose turn">
            {view.tabs.map((tab) => (
              <a
                key={tab.id}
                href={`#${tab.id}`}
                aria-current={tab.selected ? 'page' : undefined}
                onClick={(event) => {
                  event.preventDefault()
                  choose({ tab: tab.id })
                  announce(`${tab.label}: ${tab.count} waiting.`)
                }}
              >
                {tab.label} <span class="count">{tab.count}</span>
              </a>
            ))}
          </nav>
          {view.rows.length === 0 && <p>{view.empty}</p>}
          <QueueTable
            caller={caller}
            rows={view.rows}
            opened={opened}
            open={setOpened}
            press={press}
            finished={finished}
          />
        </>
      )}
    </main>
  )
}

const caller = beginPage()
document.title = 'Access queue'
const root = document.getElementById('root')
if (root) render(<Queue caller={{ ...caller, onCard: false }} />, root)
