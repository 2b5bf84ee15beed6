import type { StepPanel } from '../../server/http/api.ts'
import { CopyButton } from '../ui/copy.tsx'
import { Buttons, LinkView, type Press } from '../ui/parts.tsx'

/** One step with all that somebody needs who has never seen it: why, who approved, what to click, what right looks like. */
export function Panel({ panel, press }: { panel: StepPanel; press: Press }) {
  return (
    <>
      <h2>{panel.title}</h2>
      <p>{panel.why}</p>
      <p>
        {panel.approved} {panel.before}
      </p>
      {panel.taken && <p>{panel.taken}</p>}
      {panel.clicks.length > 0 && (
        <ol>
          {panel.clicks.map((click) => (
            <li key={click.text}>
              {click.text}{' '}
              {click.copy && (
                <span class="value">
                  <code>{click.copy.value}</code> <CopyButton {...click.copy} />
                </span>
              )}{' '}
              {click.link && <LinkView link={click.link} />}
            </li>
          ))}
        </ol>
      )}
      {panel.looksRight && <p>Right looks like: {panel.looksRight}</p>}
      {panel.cannotSee && <p>What is not seen: {panel.cannotSee}</p>}
      <Buttons buttons={panel.buttons} press={press} />
    </>
  )
}
