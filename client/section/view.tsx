import type { SectionView } from '../../server/http/api.ts'
import { ButtonView, FoldView, type Press, Rows } from '../ui/parts.tsx'

/** Three blocks and two folds, always in this place: status, next, detail, plan, history. Trello draws title and button. */
export function SectionBody({
  view,
  press,
  toggled,
  said,
}: {
  view: SectionView
  press: Press
  toggled: () => void
  said: string
}) {
  return (
    <div class="section">
      {view.old && <p class="old">{view.old}</p>}
      <header>
        <div class="status">
          <h1>{view.status.headline}</h1>
          {view.status.since && (
            <time
              class="muted"
              dateTime={view.status.since}
              title={new Date(view.status.since).toLocaleString('en-GB')}
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
      {view.buttons.length > 0 && (
        <div class="actions">
          {view.buttons.map((button) => (
            <ButtonView key={button.text} button={button} press={press} />
          ))}
        </div>
      )}
      {view.folds.map((fold) => (
        <FoldView key={fold.id} fold={fold} press={press} toggled={toggled} />
      ))}
      {view.help && (
        <div class="foot">
          <ButtonView button={view.help} press={press} />
        </div>
      )}
    </div>
  )
}
