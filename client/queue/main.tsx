import { Fragment, render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Button, QueueView, StepPanel } from '../../server/http/api.ts'
import { type Caller, call, sentenceOf } from '../api.ts'
import { beginPage, pressed } from '../ui/page.ts'
import { ButtonView, CopyButton, LinkView, type Press } from '../ui/parts.tsx'
import '../ui/style.css'

const LOOK_AGAIN_MS = 10_000
const remembered = 'queueFilters'

function Panel({ panel, press }: { panel: StepPanel; press: Press }) {
  return (
    <div class="panel">
      <h2>{panel.title}</h2>
      <p>{panel.why}</p>
      <p>
        {panel.approved} {panel.before}
      </p>
      {panel.taken && <p>{panel.taken}</p>}
      <ol>
        {panel.clicks.map((click) => (
          <li key={click.text}>
            {click.text}{' '}
            {click.copy && (
              <>
                <code>{click.copy.value}</code> <CopyButton {...click.copy} />
              </>
            )}{' '}
            {click.link && <LinkView link={click.link} />}
          </li>
        ))}
      </ol>
      {panel.looksRight && <p>Right looks like: {panel.looksRight}</p>}
      <div class="actions">
        {panel.buttons.map((button) => (
          <ButtonView key={button.text} button={button} press={press} />
        ))}
      </div>
    </div>
  )
}

function Queue({ caller }: { caller: Caller }) {
  const [view, setView] = useState<QueueView | null>(null)
  const [filter, setFilter] = useState({ board: '', tab: '' })
  const [open, setOpen] = useState('')
  const [said, setSaid] = useState('')
  const [problem, setProblem] = useState('')
  const [handover, setHandover] = useState(false)
  const load = async (wanted = filter) => {
    try {
      const fresh = await call<QueueView>(caller, 'GET', `/api/queue?board=${wanted.board}&tab=${wanted.tab}`)
      if (fresh) setView(fresh)
      setProblem('')
    } catch (error) {
      setProblem(sentenceOf(error))
    }
  }
  useEffect(() => {
    void caller.t
      .get('member', 'private', remembered)
      .catch(() => null)
      .then((kept) => {
        const found =
          kept && typeof kept === 'object' && 'board' in kept && 'tab' in kept
            ? { board: String(kept.board), tab: String(kept.tab) }
            : filter
        setFilter(found)
        void load(found)
      })
  }, [])
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && void load(), LOOK_AGAIN_MS)
    return () => clearInterval(timer)
  })
  const choose = (next: Partial<typeof filter>) => {
    const chosen = { ...filter, ...next }
    setFilter(chosen)
    void Promise.resolve(caller.t.set('member', 'private', remembered, chosen)).catch(() => {})
    void load(chosen)
  }
  const press = (button: Button) => {
    void pressed(caller, button).then((done) => {
      if (done) setSaid(done.said)
      void load()
    })
  }
  return (
    <main class="page wide">
      <h1>Access queue</h1>
      {problem && <p class="refusal">{problem}</p>}
      <p role="status">{said}</p>
      {view && (
        <>
          <div class="actions">
            <label>
              Board{' '}
              <select value={filter.board} onChange={(event) => choose({ board: event.currentTarget.value })}>
                <option value="">This board</option>
                <option value="all">All boards that you may see</option>
                {view.boards.map((board) => (
                  <option key={board.id} value={board.id}>
                    {board.name}
                  </option>
                ))}
              </select>
            </label>
            <button type="button" aria-expanded={handover} onClick={() => setHandover(!handover)}>
              Handover
            </button>
          </div>
          {handover && (
            <section>
              <h2>Handover</h2>
              <pre>{view.handover.join('\n')}</pre>
              <CopyButton value={view.handover.join('\n')} label="Copy as Markdown" />
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
                }}
              >
                {tab.label} {tab.count}
              </a>
            ))}
          </nav>
          {view.rows.length === 0 ? (
            <p>{view.empty}</p>
          ) : (
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
                {view.rows.map((row) => (
                  <Fragment key={row.key}>
                    <tr>
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
                            aria-expanded={open === row.key}
                            onClick={() => setOpen(open === row.key ? '' : row.key)}
                          >
                            {row.what}
                          </button>
                        ) : (
                          row.what
                        )}
                      </td>
                      <td>
                        <time dateTime={row.since}>{row.sinceWord}</time>
                        {row.taken && <span class="hint">{row.taken}</span>}
                      </td>
                      <td>
                        <div class="actions">
                          {row.buttons.map((button) => (
                            <ButtonView key={button.text} button={button} press={press} />
                          ))}
                        </div>
                      </td>
                    </tr>
                    {row.panel && open === row.key && (
                      <tr>
                        <td colSpan={5}>
                          <Panel panel={row.panel} press={press} />
                        </td>
                      </tr>
                    )}
                  </Fragment>
                ))}
              </tbody>
            </table>
          )}
        </>
      )}
    </main>
  )
}

const caller = beginPage()
const root = document.getElementById('root')
if (root) render(<Queue caller={{ ...caller, onCard: false }} />, root)
