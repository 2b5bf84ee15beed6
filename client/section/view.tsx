import type { SectionView } from '../../server/http/api.ts'
import { Buttons, ButtonView, FoldView, type Press, Rows } from '../ui/parts.tsx'

/** Three blocks and two folds, always in this place: status, next, detail, plan, history. Trello draws title and button. */
export function SectionBody({
  view,
  press,
  toggled,
  said,
  inWindow = false,
}: {
  view: SectionView
  press: Press
  toggled: () => void
  said: string
  /** A window has its own heading above. */
  inWindow?: boolean
}) {
  const Heading = inWindow ? 'h2' : 'h1'
  const folds = view.folds.slice(0, -1)
  const last = view.folds.at(-1)
  return (
    <div class="section">
      <header>
        <div class="status">
          <Heading class="headline">{view.status.headline}</Heading>
          {view.status.since && (
            <time
              class="muted"
              dateTime={view.status.since}
              title={new Date(view.status.since).toLocaleString('en-GB', { timeZone: 'Europe/London' })}
            >
              {view.status.sinceWord}
            </time>
          )}
        </div>
        {view.status.lines.map((line) => line && <p key={line}>{line}</p>)}
        {said && <p class="note">{said}</p>}
      </header>
      <Rows rows={view.next} press={press} label="Next" />
      <Rows rows={view.detail} press={press} label="How it stands" />
      <Buttons buttons={view.buttons} press={press} />
      <div class="folds">
        {folds.map((fold) => (
          <FoldView key={fold.id} fold={fold} press={press} toggled={toggled} />
        ))}
        {(last || view.help) && (
          <div class="last">
            {last ? <FoldView key={last.id} fold={last} press={press} toggled={toggled} /> : <span />}
            {view.help && <ButtonView button={view.help} press={press} />}
          </div>
        )}
      </div>
    </div>
  )
}
